/// Cells on top of each other as one: each takes the output of the one below it.
///
///     outputₖ, statesₖ′ = cellₖ(outputₖ₋₁, statesₖ)
///
/// - Inputs: that of the first cell and optionally the states of all cells, the first cell's first; outputs:
///   that of the last cell and all states.
/// - Parameters: those of the cells, under `cell_0`, `cell_1` …
/// - Throws: from `build`, a `CognitronError` where there are no cells or one does not take its input.
/// - Source: Keras `StackedRNNCells`.
public final class StackedRNNCells: RecurrentCell {
    public let cells: [any RecurrentCell]
    public let name: String?

    public var children: [(name: String, layer: any AnyLayer)] {
        cells.enumerated().map { ("cell_\($0)", $1) }
    }
    public var stateCount: Int { cells.reduce(0) { $0 + $1.stateCount } }

    public init(_ cells: [any RecurrentCell], name: String? = nil) {
        self.cells = cells
        self.name = name
    }

    public func copy() -> StackedRNNCells? {
        let copies = cells.compactMap { $0.copy() }
        return copies.count == cells.count ? StackedRNNCells(copies, name: name) : nil
    }

    /// The shapes of the cells' inputs, and of the last one's output.
    private func outputShapes(_ input: Shape) -> [Shape] {
        cells.reduce(into: [input]) { shapes, cell in
            shapes.append(cell.outputShape(shapes[shapes.count - 1]))
        }
    }

    public func stateShapes(_ input: Shape) -> [Shape] {
        zip(cells, outputShapes(input)).flatMap { $0.stateShapes($1) }
    }

    public func outputShape(_ input: Shape) -> Shape { outputShapes(input)[cells.count] }

    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        guard !cells.isEmpty else {
            throw context.error(.argument, "has no cells", expected: "at least one")
        }
        try requireStates(inputs, context)
        var (output, states) = (inputs[0], [Shape]())
        for (number, cell) in cells.enumerated() {
            let built = try context.child("cell_\(number)", cell, [output] + cell.stateShapes(output))
            (output, states) = (built[0], states + built.dropFirst())
        }
        return [output] + states
    }

    public func forward(
        inputs: consuming [Tensor], _ pass: Pass
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        step(inputs: inputs, pass)
    }

    public func begin(_ pass: Pass) -> CellStep {
        let steps = cells.enumerated().map { pass.child("cell_\($0)", $1) }
        return { [counts = cells.map(\.stateCount)] input, states in
            var (value, next, pullbacks, first) = (input, [Tensor](), [CellPullback](), 0)
            for (step, count) in zip(steps, counts) {
                let result = step(value, Array(states[first..<first + count]))
                (value, first) = (result.output, first + count)
                next += result.states
                pullbacks.append(result.pullback)
            }
            return (
                value, next,
                { output, states in
                    var (gradient, back, last) = (output, [Tensor](), states.count)
                    for (pullback, count) in zip(pullbacks, counts).reversed() {
                        let result = pullback(gradient, Array(states[last - count..<last]))
                        (gradient, back) = (result.input, result.states + back)
                        last -= count
                    }
                    return (gradient, back)
                }
            )
        }
    }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        zip(cells, outputShapes(inputs[0])).reduce(0) { sum, pair in
            let (cell, input) = pair
            let states = cell.stateShapes(input)
            return sum
                + cell.multiplyAdds(inputs: [input] + states, outputs: [cell.outputShape(input)] + states)
        }
    }
}
