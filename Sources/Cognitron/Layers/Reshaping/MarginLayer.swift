/// A layer over sequences, images or volumes that takes something away around them or puts something there.
protocol MarginLayer: Layer {
    /// The axes between the batch and the channels: 1 to 3.
    static var rank: Int { get }
    var margins: Margins { get }
}

extension MarginLayer {
    /// Time steps, rows and columns move: masks are not passed on.
    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] { [] }

    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? { field }

    /// Checks the input and the margins, which messages call `argument`.
    func check(_ argument: String, _ input: Shape, _ context: BuildContext) throws {
        guard input.rank == Self.rank + 1 else {
            let kinds = ["sequences", "images", "volumes"]
            let axes = ["steps", "height × width", "depth × height × width"]
            throw context.error(
                .shape, "needs \(kinds[Self.rank - 1])",
                expected: "an input of shape \(axes[Self.rank - 1]) × channels", got: "\(input)")
        }
        try context.require(argument, margins, rank: Self.rank)
    }

    /// The amounts for every axis of a batch.
    var amounts: [(before: Int, after: Int)] {
        let inner = (0..<Self.rank).map { margins.amounts(axis: $0, of: Self.rank) ?? (0, 0) }
        return [(0, 0)] + inner + [(0, 0)]
    }
}
