import Cognitron

// What a region proposal network learns.

extension RegionProposals {
    /// The losses of the anchors of all levels that are chosen to be learnt.
    ///
    /// - Returns: the loss of objectness, and of the offsets of anchors that hold objects, with the gradient
    ///   with respect to each level's outputs.
    func losses(
        _ outputs: [AnchorOutputs], anchors: [Box], _ truth: [RegionTruth], _ key: RandomKey
    ) -> (objectness: Float, offsets: Float, gradients: [[Tensor]]) {
        var (positives, negatives, wanted) = ([Int](), [Int](), [SIMD4<Float>]())
        for (picture, truth) in truth.enumerated() {
            let matches = matcher.match(anchors, to: truth.boxes)
            let chosen = sampler.sample(matches, key.folding(picture))
            let first = picture * anchors.count
            positives += chosen.positives.map { first + $0 }
            negatives += chosen.negatives.map { first + $0 }
            wanted += chosen.positives.compactMap { anchor in
                matches[anchor].object.map { coder.encode(truth.boxes[$0], from: anchors[anchor]) }
            }
        }
        let objectness = RegionLosses.objectness(
            Self.joined(outputs.map(\.objectness), 1).reshaped([truth.count * anchors.count]),
            positives: positives, negatives: negatives)
        let offsets = RegionLosses.offsets(
            Self.joined(outputs.map(\.offsets), 4).reshaped([truth.count * anchors.count, 4]),
            rows: positives, wanted: wanted, count: positives.count + negatives.count)
        let gradients = zip(
            Self.parted(objectness.gradient, as: outputs.map(\.objectness)),
            Self.parted(offsets.gradient, as: outputs.map(\.offsets)))
        return (objectness.loss, offsets.loss, gradients.map { [$0, $1] })
    }

    /// The numbers of all levels' anchors (N, anchors, width).
    private static func joined(_ levels: [Tensor], _ width: Int) -> Tensor {
        .concatenated(
            levels.map { $0.reshaped([$0.shape[0], $0.shape.sample.elementCount / width, width]) }, axis: 1)
    }

    /// The way back: the numbers of each level in its shape.
    private static func parted(_ numbers: Tensor, as levels: [Tensor]) -> [Tensor] {
        let counts = levels.map(\.shape.sample.elementCount)
        let pictures = levels.first?.shape[0] ?? 1
        return zip(numbers.reshaped([pictures, counts.reduce(0, +)]).split(counts, axis: 1), levels)
            .map { $0.reshaped($1.shape) }
    }
}
