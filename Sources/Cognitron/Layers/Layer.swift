/// A layer's backward pass: takes the gradient of the loss with respect to the layer's output, adds to the
/// gradients of its parameters, and returns the gradient with respect to its input.
public typealias Pullback = (_ outputGradient: consuming Tensor) -> Tensor

/// The backward pass of a layer with several inputs or outputs: one gradient an output in, one an input out.
public typealias MultiPullback = (_ outputGradients: consuming [Tensor]) -> [Tensor]

/// A function from tensors to tensors, with parameters.
///
/// To write a layer, conform to `Layer` (one input, one output) or `MergingLayer` (several inputs, one
/// output); to `AnyLayer` itself for several outputs.
///
/// Shapes given to `build` are those of one sample; tensors given to `forward` have the batch as a further,
/// first axis.
public protocol AnyLayer: AnyObject, Sendable {
    /// The name given by the user, for messages, summaries and files. A model names other layers after their
    /// type: `conv2d`, `conv2d_1` …
    var name: String? { get }

    /// The layer's own parameters, without those of its children, in Keras's order: kernel, bias; gamma,
    /// beta, movingMean, movingVariance.
    var parameters: [Parameter] { get }

    /// The streams of random numbers that the layer itself draws in training.
    var randomStreams: [RandomStream] { get }

    /// The layer's own state from batch to batch.
    var states: [LayerState] { get }

    /// The layers inside this one, by their names in their parameters' paths: `attention/query/kernel`. They
    /// are saved, counted and frozen with it. `build` builds them (`BuildContext.child`), `forward` runs
    /// them (`Pass.child`).
    var children: [(name: String, layer: any AnyLayer)] { get }

    /// The number of outputs.
    var outputCount: Int { get }

    /// Which time steps of the outputs count, given the inputs' masks (see `Pass.mask`). By default the first
    /// input's mask belongs to every output that still has the mask's axes. Layers that make a mask, such as
    /// `Embedding(maskZero:)`, override it, and so do those whose output has other time steps.
    ///
    /// - Source: Keras `Layer.compute_mask`.
    func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?]

    /// Checks the inputs' shapes, declares the parameters and returns the outputs' shapes.
    func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape]

    func forward(inputs: consuming [Tensor], _ pass: Pass) -> (outputs: [Tensor], pullback: MultiPullback)

    /// Multiplications (each with an addition) in one sample's forward pass, without elementwise work.
    func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int

    /// What a pixel of the output depends on, given what a pixel of the input does; nil for the whole input.
    /// By default the same where the output has the input's sizes, else nil.
    func receptiveField(_ field: ReceptiveField, inputs: [Shape], outputs: [Shape]) -> ReceptiveField?
}

extension AnyLayer {
    public var parameters: [Parameter] { [] }
    public var randomStreams: [RandomStream] { [] }
    public var states: [LayerState] { [] }
    public var children: [(name: String, layer: any AnyLayer)] { [] }
    public var outputCount: Int { 1 }
    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int { 0 }

    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? {
        guard let input = inputs.first, let output = outputs.first else { return nil }
        return input.rank >= 2 && input.dropLast() == output.dropLast() ? field : nil
    }

    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] {
        guard let mask = masks.first, mask != nil else { return [] }
        return Array(repeating: mask, count: outputCount)
    }

    /// The name of the type, as files spell it.
    static var typeName: String { String(describing: Self.self) }

    /// The name of the layer's dynamic type. Not `type(of: self).typeName`, which for a `Sequential` used as
    /// a `Model` gives `Model`.
    var typeName: String { String(describing: type(of: self as AnyObject)) }
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
///         func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
///             let (x, f) = (input, factor.value)
///             return (x * f, { [factor] dy in
///                 factor.accumulate((x * dy).sum(axes: Array(0..<x.rank)))
///                 return dy * f
///             })
///         }
///     }
///
/// The pullback uses the values of the forward pass: `f`, not `factor.value`, which an optimizer may have
/// changed since.
public protocol Layer: AnyLayer {
    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape
    func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback)
}

extension Layer {
    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        guard inputs.count == 1 else {
            throw context.error(.shape, "takes one input", got: "\(inputs.count)")
        }
        return [try build(inputs[0], &context)]
    }

    public func forward(
        inputs: consuming [Tensor], _ pass: Pass
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        let (output, pullback) = forward(inputs.removeLast(), pass)
        return (
            [output],
            { outputGradients in
                var gradients = outputGradients
                return [pullback(gradients.removeLast())]
            }
        )
    }
}

/// A layer with several inputs and one output.
public protocol MergingLayer: AnyLayer {
    func build(_ inputs: [Shape], _ context: inout BuildContext) throws -> Shape
    func forward(_ inputs: consuming [Tensor], _ pass: Pass) -> (output: Tensor, pullback: MergingPullback)
}

/// The backward pass of a merging layer: one gradient in, one an input out.
public typealias MergingPullback = (_ outputGradient: consuming Tensor) -> [Tensor]

extension MergingLayer {
    /// The union of the inputs' masks; none if an input has none.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] {
        let known = masks.compactMap { $0 }
        guard let first = known.first, known.count == inputs.count,
            Shape.broadcast(known.map(\.shape)) != nil
        else { return [] }
        return [known.dropFirst().reduce(first) { $0.maximum($1) }]
    }

    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        [try build(inputs, &context)]
    }

    public func forward(
        inputs: consuming [Tensor], _ pass: Pass
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        let (output, pullback) = forward(inputs, pass)
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
/// A model whose last layer is one computes a softmax and its cross-entropy together, from the linear part:
/// the logarithm of a softmax that has underflowed to zero would be −∞.
public protocol ActivatedLayer: Layer {
    var activation: ActivationFunction { get }

    /// What the loss is charged for the output; nil, the default, for nothing.
    var activityRegularizer: Regularizer? { get }

    /// The layer without its activation function.
    func forwardLinear(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback)
}

extension ActivatedLayer {
    public var activityRegularizer: Regularizer? { nil }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        forwardWithActivation(input, pass)
    }

    /// The linear part, then the activation function.
    func forwardWithActivation(
        _ input: consuming Tensor, _ pass: Pass
    ) -> (output: Tensor, pullback: Pullback) {
        let (linear, linearPullback) = forwardLinear(input, pass)
        guard activation != .linear else {
            return (linear, pass.charging(activityRegularizer, for: linear, linearPullback))
        }
        let (output, activationPullback) = activation.forward(linear)
        return (
            output,
            pass.charging(activityRegularizer, for: output) { linearPullback(activationPullback($0)) }
        )
    }
}
