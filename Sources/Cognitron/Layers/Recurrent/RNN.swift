/// Takes a cell through a sequence.
///
///     (outputₜ, statesₜ) = cell(xₜ, statesₜ₋₁)
///
///     let outputs = RNN(StackedRNNCells([LSTMCell(64), LSTMCell(32)]), returnSequences: true)(x)
///
/// Runs the cell once a step: for `SimpleRNN`, `LSTM` and `GRU` the layers of those names are several times
/// as fast.
///
/// - Input shapes: `(N, T, …)`, optionally the cell's first states as further inputs; output shapes: see
///   `RecurrentLayer`.
/// - Parameters: those of the cell, under `cell`.
/// - Throws: from `build`, a `CognitronError` where the input is no sequence or has no step, a state does not
///   fit, the cell does not take the input, or its outputs are not its output and states.
/// - Source: Keras `RNN`.
public final class RNN: RecurrentLayer {
    public let cell: any RecurrentCell
    public let options: SequenceOptions
    public let name: String?
    public let states: [LayerState]

    public var children: [(name: String, layer: any AnyLayer)] { [("cell", cell)] }
    public var stateCount: Int { cell.stateCount }

    /// - Parameters:
    ///   - cell: the cell; `RNN([…])` stacks several.
    ///   - returnSequences: whether the outputs of all steps are given instead of the last one.
    ///   - returnState: whether the last states are further outputs.
    ///   - goBackwards: whether the last time step is taken first; the outputs have the order of the steps.
    ///   - stateful: whether a batch starts with the states that the one before ended with.
    ///   - zeroOutputForMask: whether the output of a masked step is zero instead of the one before it.
    ///   - name: what messages, summaries and files call the layer; by default they number its type.
    public convenience init(
        _ cell: any RecurrentCell, returnSequences: Bool = false, returnState: Bool = false,
        goBackwards: Bool = false, stateful: Bool = false, zeroOutputForMask: Bool = false,
        name: String? = nil
    ) {
        self.init(
            cell,
            SequenceOptions(
                returnSequences: returnSequences, returnState: returnState, goBackwards: goBackwards,
                stateful: stateful, zeroOutputForMask: zeroOutputForMask), name: name)
    }

    /// The same over `StackedRNNCells(cells)`.
    public convenience init(
        _ cells: [any RecurrentCell], returnSequences: Bool = false, returnState: Bool = false,
        goBackwards: Bool = false, stateful: Bool = false, zeroOutputForMask: Bool = false,
        name: String? = nil
    ) {
        self.init(
            StackedRNNCells(cells), returnSequences: returnSequences, returnState: returnState,
            goBackwards: goBackwards, stateful: stateful, zeroOutputForMask: zeroOutputForMask, name: name)
    }

    init(_ cell: any RecurrentCell, _ options: SequenceOptions, name: String?) {
        (self.cell, self.options, self.name) = (cell, options, name)
        states = options.stateful ? (0..<cell.stateCount).map { _ in LayerState() } : []
    }

    public func copy(_ options: SequenceOptions) -> RNN? {
        cell.copy().map { RNN($0, options, name: nil) }
    }

    public func stateShapes(_ step: Shape) -> [Shape] { cell.stateShapes(step) }

    public func buildStep(_ step: Shape, _ context: inout BuildContext) throws -> Shape {
        let states = cell.stateShapes(step)
        let expected = [cell.outputShape(step)] + states
        let outputs = try context.child("cell", cell, [step] + states)
        guard outputs == expected else {
            throw context.error(
                .shape, "its cell's outputs do not fit what it says of them",
                expected: expected.map(\.description).joined(separator: ", "),
                got: outputs.map(\.description).joined(separator: ", "),
                advice: "a cell gives its output and then its states")
        }
        return outputs[0]
    }

    public func run(
        _ sequence: consuming Tensor, _ states: [Tensor], mask: Tensor?, _ options: SequenceOptions,
        _ pass: Pass
    ) -> SequenceRun {
        let output = cell.outputShape(Shape(sequence.shape.dropFirst(2)))
        return CellLoop(pass.masking([]).child("cell", cell), outputShape: output, mask: mask, options)
            .run(sequence, states)
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        let step = Shape(inputs[0].dropFirst())
        let states = cell.stateShapes(step)
        return inputs[0][0]
            * cell.multiplyAdds(inputs: [step] + states, outputs: [cell.outputShape(step)] + states)
    }
}
