import Cognitron
import CognitronData

/// The objects that are really in a picture: what detectors learn, and what they are judged by.
public struct GroundTruth: Sendable {
    public var boxes: [Box]

    /// The number of each box's class.
    public var labels: [Int]

    /// (H, W): for each pixel 0, or one more than the number of its object's box; nil where only boxes are
    /// known.
    public var instances: Tensor?

    /// How each object counts when detections are judged; empty where all do.
    public var statuses: [ObjectStatus]

    public init(
        boxes: [Box] = [], labels: [Int] = [], instances: Tensor? = nil, statuses: [ObjectStatus] = []
    ) {
        precondition(boxes.count == labels.count, "\(boxes.count) boxes with \(labels.count) labels")
        precondition(
            statuses.isEmpty || statuses.count == boxes.count,
            "\(boxes.count) boxes with \(statuses.count) statuses")
        (self.boxes, self.labels, self.instances, self.statuses) = (boxes, labels, instances, statuses)
    }
}

extension GroundTruth {
    /// The objects of each picture of a batch.
    ///
    /// - Parameters:
    ///   - boxes: (N, M, 5), rows in `BoxRow`'s form; those of class −1 are none.
    ///   - instances: (N, H, W), as `DataTask.instances` has them.
    ///   - withStatuses: whether objects that do not count are among them, as judging wants it; they are not
    ///     to be learnt.
    public static func pictures(
        boxes: Tensor, instances: Tensor? = nil, withStatuses: Bool = false
    ) -> [GroundTruth] {
        (0..<boxes.shape[0]).map { picture in
            let rows = BoxRow.rows(of: boxes.slice(axis: 0, picture)).filter {
                $0.label >= 0 && (withStatuses || $0.isCounted)
            }
            return GroundTruth(
                boxes: rows.map { Box($0) }, labels: rows.map(\.label),
                instances: instances.map { $0.slice(axis: 0, picture) },
                statuses: withStatuses ? rows.map(\.status) : [])
        }
    }
}
