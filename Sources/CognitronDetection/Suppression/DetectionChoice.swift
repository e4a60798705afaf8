/// Which of the boxes that a network proposes for a picture are its detections.
///
/// Boxes below `score` are dropped; of boxes of one class that overlap by more than `overlap`, the one with
/// the highest score stays; at most `limit` are left.
public struct DetectionChoice: Sendable {
    /// The lowest score, from 0 to 1.
    public var score: Float
    /// The largest intersection over union of two boxes of a class.
    public var overlap: Float
    /// The largest number of detections in a picture.
    public var limit: Int

    public init(score: Float = 0.01, overlap: Float = 0.5, limit: Int = 100) {
        (self.score, self.overlap, self.limit) = (score, overlap, limit)
    }

    /// The detections among what a network proposes, from the highest score to the lowest.
    ///
    /// - Parameter height, width: the picture's size, which boxes are clipped to.
    public func callAsFunction(_ proposals: [Detection], height: Int, width: Int) -> [Detection] {
        let able = proposals.compactMap { proposal -> Detection? in
            guard proposal.score >= score else { return nil }
            var detection = proposal
            detection.box = proposal.box.clipped(width: Float(width), height: Float(height))
            return detection.box.isValid ? detection : nil
        }
        let kept = NonMaximumSuppression.kept(
            able.map(\.box), scores: able.map(\.score), labels: able.map(\.label), threshold: overlap)
        return kept.prefix(limit).map { able[$0] }
    }
}
