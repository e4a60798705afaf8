import Cognitron

/// Makes regions of what a region proposal network says of its anchors.
///
/// Of each level the anchors with the highest objectness are moved by their offsets and clipped to the
/// picture; those that are left of size are suppressed where a better one of their level covers them, and the
/// best of all levels are kept.
///
/// - Source: Ren et al., "Faster R-CNN" (2015), section 3; torchvision `RegionProposalNetwork`.
public struct RegionProposals: Sendable {
    public var anchors: AnchorGrid
    public var coder = BoxCoder()

    /// How many anchors of a level are looked at, and how many regions are kept.
    public var counts: Counts
    public var trainingCounts: Counts

    /// The overlap from which on the worse of two regions is dropped.
    public var overlap: Float = 0.7

    /// Regions with a shorter side than this, in pixels, are dropped.
    public var smallestSide: Float = 1e-3

    /// From which overlap on an anchor is learnt as an object and up to which as background; the best anchor
    /// of each object is one of the former.
    public var matcher = BoxMatcher(high: 0.7, low: 0.3, allowsLowQuality: true)
    public var sampler = BalancedSampler(count: 256, positiveShare: 0.5)

    public struct Counts: Sendable {
        /// Anchors of each level before suppression.
        public var before: Int
        /// Regions of all levels after it.
        public var after: Int

        public init(before: Int, after: Int) { (self.before, self.after) = (before, after) }
    }

    public init(
        anchors: AnchorGrid, counts: Counts = Counts(before: 1000, after: 1000),
        trainingCounts: Counts = Counts(before: 2000, after: 2000)
    ) {
        (self.anchors, self.counts, self.trainingCounts) = (anchors, counts, trainingCounts)
    }

    /// The regions of each picture, the best first.
    ///
    /// - Parameters:
    ///   - outputs: of the network, for each level.
    ///   - anchors: of all levels, one level after the other.
    ///   - sizes: of the pictures.
    func regions(
        _ outputs: [AnchorOutputs], anchors: [Box], sizes: [PictureSize], isTraining: Bool
    ) -> [[Box]] {
        sizes.enumerated().map { regions(outputs, $0, anchors, $1, isTraining ? trainingCounts : counts) }
    }

    /// The regions of one picture.
    private func regions(
        _ outputs: [AnchorOutputs], _ picture: Int, _ anchors: [Box], _ size: PictureSize, _ counts: Counts
    ) -> [Box] {
        var (boxes, scores, levels, first) = ([Box](), [Float](), [Int](), 0)
        for (level, output) in outputs.enumerated() {
            let (best, offsets) = output.best(counts.before, of: picture)
            for (anchor, (score, offset)) in zip(best.indices, zip(best.values, offsets)) {
                let box = coder.decode(offset, from: anchors[first + anchor])
                    .clipped(width: Float(size.width), height: Float(size.height))
                guard box.width >= smallestSide, box.height >= smallestSide else { continue }
                boxes.append(box)
                scores.append(score)
                levels.append(level)
            }
            first += output.anchorCount
        }
        let kept = NonMaximumSuppression.kept(boxes, scores: scores, labels: levels, threshold: overlap)
        return kept.prefix(counts.after).map { boxes[$0] }
    }
}

/// What a region proposal network says of the anchors of one level.
struct AnchorOutputs {
    /// (N, h, w, A): logits.
    let objectness: Tensor
    /// (N, h, w, 4·A).
    let offsets: Tensor

    init(_ outputs: [Tensor]) { (objectness, offsets) = (outputs[0], outputs[1]) }

    /// Of one picture.
    var anchorCount: Int { objectness.shape.sample.elementCount }

    /// The numbers of the anchors of a picture with the highest objectness, at most `count`, the highest
    /// first.
    func best(
        _ count: Int, of picture: Int
    ) -> (anchors: (indices: [Int], values: [Float]), offsets: [SIMD4<Float>]) {
        let (values, indices) = objectness.slice(axis: 0, picture).reshaped([anchorCount])
            .topK(min(count, anchorCount))
        let numbers = indices.scalars.map { Int($0) }
        let rows = offsets.slice(axis: 0, picture).reshaped([anchorCount, 4]).gathering(numbers, axis: 0)
        return ((numbers, values.scalars), rows.vectors)
    }
}

extension Tensor {
    /// Rows of four numbers (R, 4).
    var vectors: [SIMD4<Float>] {
        withUnsafeScalars { x in
            stride(from: 0, to: x.count, by: 4).map { SIMD4(x[$0], x[$0 + 1], x[$0 + 2], x[$0 + 3]) }
        }
    }

    /// (R, 4).
    init(_ vectors: [SIMD4<Float>]) {
        self.init(vectors.flatMap { [$0.x, $0.y, $0.z, $0.w] }, shape: [vectors.count, 4])
    }
}
