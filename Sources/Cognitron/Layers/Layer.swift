/// Whether a layer is being trained or used.
public struct Phase: Hashable, Sendable {
    /// Dropout drops and batch normalisation takes the batch's own statistics; layers may update their state.
    public static let training = Phase(isTraining: true, needsInputGradient: true, needsPullback: true)
    /// Nothing in the layer changes: several threads may run it at once.
    public static let inference = Phase(isTraining: false, needsInputGradient: true, needsPullback: true)
    /// Inference of which only the outputs are wanted, as in `predict`.
    static let prediction = Phase(isTraining: false, needsInputGradient: false, needsPullback: false)

    public let isTraining: Bool

    /// False where nobody will look at the gradient with respect to the layer's input, as for the layer that reads
    /// the data. The pullback may then return any tensor; to ignore this is always right.
    public let needsInputGradient: Bool

    /// False where nobody will run the backward pass. The layer may then return any pullback and keep nothing for it;
    /// to ignore this is always right, because the pullback is let go at once.
    public let needsPullback: Bool

    func needingInputGradient(_ needed: Bool) -> Phase {
        Phase(isTraining: isTraining, needsInputGradient: needed, needsPullback: needsPullback)
    }
}

/// A layer's backward pass: takes the gradient of the loss with respect to the layer's output, adds to the gradients
/// of its parameters, and returns the gradient with respect to its input.
public typealias Pullback = (_ outputGradient: consuming Tensor) -> Tensor

/// The backward pass of a layer with several inputs or outputs: one gradient an output in, one an input out.
public typealias MultiPullback = (_ outputGradients: consuming [Tensor]) -> [Tensor]

/// What every layer is to a model: a function from tensors to tensors, with parameters.
///
/// To write a layer, conform to `Layer` (one input, one output) or `MergingLayer` (several inputs, one output).
///
/// Shapes given to `build` are those of one sample; tensors given to `forward` have the batch as a further, first
/// axis.
public protocol AnyLayer: AnyObject, Sendable {
    /// The name the user gave, used in messages, summaries and files. A model names layers without one after their
    /// type: `conv2d`, `conv2d_1` …
    var name: String? { get }

    /// In Keras's order: kernel, bias; gamma, beta, movingMean, movingVariance.
    var parameters: [Parameter] { get }

    /// The random numbers the layer draws while training.
    var randomStreams: [RandomStream] { get }

    /// Checks the inputs' shapes, declares the parameters and returns the outputs' shapes.
    func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape]

    func forward(inputs: consuming [Tensor], _ phase: Phase) -> (outputs: [Tensor], pullback: MultiPullback)

    /// Multiplications (each with an addition) that one sample's forward pass costs; elementwise work is not counted.
    func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int
}

extension AnyLayer {
    public var parameters: [Parameter] { [] }
    public var randomStreams: [RandomStream] { [] }
    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int { 0 }

    /// The name of the type, as files spell it.
    static var typeName: String { String(describing: Self.self) }

    /// The name of the layer's own type. Not `type(of: self).typeName`: seen as a `Model`, a `Sequential` would call
    /// itself one.
    var typeName: String { String(describing: type(of: self as AnyObject)) }

    /// Whether training changes the layer: true unless all of its parameters are frozen. Setting it freezes all of them
    /// or none, of a model those of all its layers.
    ///
    ///     base.isTrainable = false          // Keras: base.trainable = False
    public var isTrainable: Bool {
        get { parameters.isEmpty || parameters.contains { !$0.isFrozen } }
        set { for parameter in parameters { parameter.isTrainable = newValue } }
    }

    /// The parameters that training changes.
    public var trainableParameters: [Parameter] { parameters.filter(\.isTrainable) }
}

/// A layer with one input and one output.
///
///     final class Scale: Layer {
///         let name: String? = nil
///         let factor = Parameter()
///         var parameters: [Parameter] { [factor] }
///
///         func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
///             try context.declare(factor, "factor", [], .ones)
///             return input
///         }
///
///         func forward(_ input: consuming Tensor, _ phase: Phase) -> (output: Tensor, pullback: Pullback) {
///             let (x, f) = (input, factor.value)
///             return (x * f, { [factor] dy in
///                 factor.accumulate((x * dy).sum(axes: Array(0..<x.rank)))
///                 return dy * f
///             })
///         }
///     }
///
/// The pullback works with the values that the forward pass had: `f`, not `factor.value`, which an optimizer may have
/// moved in between.
public protocol Layer: AnyLayer {
    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape
    func forward(_ input: consuming Tensor, _ phase: Phase) -> (output: Tensor, pullback: Pullback)
}

extension Layer {
    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        guard inputs.count == 1 else {
            throw context.error(.shape, "takes one input", got: "\(inputs.count)")
        }
        return [try build(inputs[0], &context)]
    }

    public func forward(
        inputs: consuming [Tensor], _ phase: Phase
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        let (output, pullback) = forward(inputs.removeLast(), phase)
        return (
            [output],
            { outputGradients in
                var gradients = outputGradients
                return [pullback(gradients.removeLast())]
            }
        )
    }
}

/// A layer with several inputs of the kind that its `build` accepts, and one output.
public protocol MergingLayer: AnyLayer {
    func build(_ inputs: [Shape], _ context: inout BuildContext) throws -> Shape
    func forward(_ inputs: consuming [Tensor], _ phase: Phase) -> (output: Tensor, pullback: MergingPullback)
}

/// The backward pass of a merging layer: one gradient in, one an input out.
public typealias MergingPullback = (_ outputGradient: consuming Tensor) -> [Tensor]

extension MergingLayer {
    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        [try build(inputs, &context)]
    }

    public func forward(
        inputs: consuming [Tensor], _ phase: Phase
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        let (output, pullback) = forward(inputs, phase)
        return (
            [output],
            { outputGradients in
                var gradients = outputGradients
                return pullback(gradients.removeLast())
            }
        )
    }
}

/// A layer that ends in an activation function: `output = activation(linear(input))`.
///
/// A model whose last layer is one computes a softmax and its cross-entropy together, from the linear part, because
/// the logarithm of a softmax that has underflowed to zero says nothing any more.
public protocol ActivatedLayer: Layer {
    var activation: ActivationFunction { get }

    /// The layer without its activation function.
    func forwardLinear(_ input: consuming Tensor, _ phase: Phase) -> (output: Tensor, pullback: Pullback)
}

extension ActivatedLayer {
    public func forward(_ input: consuming Tensor, _ phase: Phase) -> (output: Tensor, pullback: Pullback) {
        forwardWithActivation(input, phase)
    }

    /// The linear part, then the activation function.
    func forwardWithActivation(
        _ input: consuming Tensor, _ phase: Phase
    ) -> (output: Tensor, pullback: Pullback) {
        let (linear, linearPullback) = forwardLinear(input, phase)
        guard activation != .linear else { return (linear, linearPullback) }
        let (output, activationPullback) = activation.forward(linear)
        return (output, { linearPullback(activationPullback($0)) })
    }
}
