/// The axes that an attention layer attends along, where its inputs are not plain sequences.
///
/// They become one axis of steps; the axes beside them become further samples:
/// `(N, others…, axes…, d)` → `(N · others, steps, d)`.
struct AttentionAxes {
    private let last: LastAxes

    /// - Parameters:
    ///   - axes: nil for all between the batch and the features.
    ///   - rank: of the batch.
    /// - Returns: nil for sequences, which stay as they are.
    init?(_ axes: [Int]?, rank: Int) {
        guard rank > 3 else { return nil }
        let chosen = axes.map { $0.map { $0 < 0 ? $0 + rank - 1 : $0 } } ?? Array(1..<rank - 1)
        last = LastAxes(chosen + [rank - 1], rank: rank)
    }

    /// The sizes of the axes beside the attention axes, and of the latter, of a batch or a sample of it.
    func sizes(_ batch: Shape) -> (others: [Int], attended: [Int]) {
        let attended = last.axes.dropLast()
        let others = (0..<batch.rank - 1).filter { !attended.contains($0) }
        return (others.map { batch[$0] }, attended.map { batch[$0] })
    }

    /// Runs a layer on sequences of the inputs, and brings back its outputs and gradients.
    func forward(
        _ inputs: [Tensor], _ pass: Pass,
        by layer: ([Tensor], Pass) -> (outputs: [Tensor], pullback: MultiPullback)
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        let moved = inputs.map { last.moved($0) }
        let (outputs, pullback) = layer(moved.map(sequences), pass)
        let shape = moved[0].shape.replacingLast(with: outputs[0].shape[2])
        let weights = outputs.dropFirst().map { weights in
            let (query, key) = (sizes(inputs[0].shape), sizes(inputs[1].shape))
            return weights.reshaped(
                Shape(query.others + [weights.shape[1]] + query.attended + key.attended))
        }
        return (
            [last.restored(outputs[0].reshaped(shape))] + weights,
            { gradients in
                let weights = zip(gradients.dropFirst(), outputs.dropFirst()).map { $0.reshaped($1.shape) }
                return zip(pullback([sequences(last.moved(gradients[0]))] + weights), moved).map {
                    last.restored($0.reshaped($1.shape))
                }
            }
        )
    }

    private func sequences(_ moved: Tensor) -> Tensor {
        let steps = moved.shape.suffix(last.axes.count).dropLast().reduce(1, *)
        return moved.reshaped([-1, steps, moved.shape[moved.rank - 1]])
    }
}

extension BuildContext {
    /// Builds an attention layer along some axes of its inputs' samples.
    ///
    /// - Parameters:
    ///   - axes: see `AttentionAxes`.
    ///   - build: builds it for sequences, `(steps, features)`.
    mutating func alongAxes(
        _ axes: [Int]?, _ inputs: [Shape],
        _ build: ([Shape], inout BuildContext) throws -> [Shape]
    ) throws -> [Shape] {
        let rank = (inputs.first?.rank ?? 0) + 1
        if let axes, let input = inputs.first, rank > 2 {
            _ = try requireAxes(axes, of: Shape(input.dropLast()))
        }
        guard let attention = AttentionAxes(axes, rank: rank) else { return try build(inputs, &self) }
        let sizes = inputs.map { $0.rank + 1 == rank ? attention.sizes($0.batched(1)) : nil }
        guard inputs.count <= 3, sizes.allSatisfy({ $0 != nil && $0?.others == sizes[0]?.others }) else {
            throw error(
                .shape, "its inputs do not fit each other beside the axes that it attends along",
                expected: "query, value and key of \(rank - 1) axes, no mask",
                got: inputs.map(\.description).joined(separator: ", "))
        }
        let known = sizes.compactMap { $0 }
        let sequences = zip(known, inputs).map { Shape([$0.attended.reduce(1, *), $1[$1.rank - 1]]) }
        let built = try build(sequences, &self)
        let weights = built.dropFirst().map {
            Shape(known[0].others.dropFirst() + [$0[0]] + known[0].attended + known[1].attended)
        }
        return [inputs[0].replacingLast(with: built[0][1])] + weights
    }
}
