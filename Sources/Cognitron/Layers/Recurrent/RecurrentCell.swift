/// One step of a recurrent layer as a layer of its own: what `RNN` takes through a sequence.
///
///     (output, states′) = cell(input, states)
///
/// A cell's inputs are the input of one step `(N, …)` and its states; its outputs are the output of the step
/// and the next states. To write one, write such a layer and say what its states look like:
///
///     final class MinimalCell: RecurrentCell {
///         let name: String? = nil
///         let kernel = Parameter()
///         var parameters: [Parameter] { [kernel] }
///         let stateCount = 1
///         func stateShapes(_ input: Shape) -> [Shape] { [input] }
///
///         func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
///             try context.declare(kernel, "kernel", [inputs[0][0], inputs[0][0]], .orthogonal)
///             return [inputs[0], inputs[0]]
///         }
///
///         func forward(inputs: consuming [Tensor], _ pass: Pass) -> (
///             outputs: [Tensor], pullback: MultiPullback
///         ) {
///             let (x, h, w) = (inputs[0], inputs[1], kernel.value)
///             let output = x + h.matmul(w)
///             return ([output, output], { [kernel] gradients in
///                 let gradient = gradients[0] + gradients[1]
///                 kernel.accumulate(h.matmul(gradient, transposingSelf: true))
///                 return [gradient, gradient.matmul(w, transposingOther: true)]
///             })
///         }
///     }
///
/// - Source: Keras's cells, such as `LSTMCell`.
public protocol RecurrentCell: AnyLayer {
    /// How many states the cell has.
    var stateCount: Int { get }

    /// The shapes of one sample of the states, given that of a step's input.
    func stateShapes(_ input: Shape) -> [Shape]

    /// The shape of one sample of a step's output. By default that of the first state.
    func outputShape(_ input: Shape) -> Shape

    /// The function that takes all steps of one sequence. What stays the same for all of them, such as a
    /// dropout mask, is drawn here. By default it calls `forward`.
    func begin(_ pass: Pass) -> CellStep

    /// A cell with the same arguments and parameters of its own, which `Bidirectional` needs; nil, the
    /// default, where there is no way to make one.
    func copy() -> Self?
}

/// One step: of an input and the states, the output and the next states.
public typealias CellStep = (_ input: Tensor, _ states: [Tensor]) -> (
    output: Tensor, states: [Tensor], pullback: CellPullback
)

/// The backward pass of a step, from the gradients of the output and of the next states.
public typealias CellPullback = (_ output: Tensor, _ states: [Tensor]) -> (input: Tensor, states: [Tensor])

extension RecurrentCell {
    public var outputCount: Int { 1 + stateCount }

    public func outputShape(_ input: Shape) -> Shape { stateShapes(input)[0] }

    public func copy() -> Self? { nil }

    public func begin(_ pass: Pass) -> CellStep {
        { [self] input, states in
            let (outputs, pullback) = forward(inputs: [input] + states, pass)
            return (
                outputs[0], Array(outputs.dropFirst()),
                { output, states in
                    let gradients = pullback([output] + states)
                    return (gradients[0], Array(gradients.dropFirst()))
                }
            )
        }
    }

    /// One step of `begin`, from zeros where no states are given.
    func step(inputs: consuming [Tensor], _ pass: Pass) -> (outputs: [Tensor], pullback: MultiPullback) {
        let x = inputs.removeFirst()
        let isFirst = inputs.isEmpty
        let states =
            isFirst ? stateShapes(x.shape.sample).map { Tensor.zeros($0.batched(x.shape[0])) } : inputs
        let result = begin(pass)(x, states)
        return (
            [result.output] + result.states,
            { gradients in
                let (input, states) = result.pullback(gradients[0], Array(gradients.dropFirst()))
                return isFirst ? [input] : [input] + states
            }
        )
    }

    /// No axis of a cell's outputs is time.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    /// Throws unless the inputs are a step's input and the cell's states, or the input alone.
    func requireStates(_ inputs: [Shape], _ context: BuildContext) throws {
        let states = stateShapes(inputs[0])
        guard inputs.count == 1 || Array(inputs.dropFirst()) == states else {
            throw context.error(
                .shape, "its states do not fit", expected: states.map(\.description).joined(separator: ", "),
                got: inputs.dropFirst().map(\.description).joined(separator: ", "))
        }
    }
}
