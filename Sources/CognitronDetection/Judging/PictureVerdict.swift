/// The detections of one picture beside its objects, at one overlap: which are hits, which are not, and which
/// objects are missed.
///
///     let verdict = PictureVerdict(found, truth: truth)
///     verdict.isHit[0]            // of the first detection
///     verdict.missed              // numbers of the truth's boxes
///
/// Detections are matched by falling score, each to the object of its class that it overlaps most and that no
/// other has.
public struct PictureVerdict: Sendable {
    /// For each detection, whether it found an object.
    public let isHit: [Bool]

    /// The objects that no detection found, as numbers of the truth's boxes.
    public let missed: [Int]

    /// - Parameter overlap: the least intersection over union of a hit.
    public init(_ detections: [Detection], truth: GroundTruth, overlap: Float = 0.5) {
        var isHit = detections.map { _ in false }
        var left = Set(truth.boxes.indices)
        for number in detections.map(\.score).descendingOrder() {
            let detection = detections[number]
            let candidates = left.filter { truth.labels[$0] == detection.label }.sorted()
            let best = candidates.max {
                detection.box.iou(truth.boxes[$0]) < detection.box.iou(truth.boxes[$1])
            }
            guard let best, detection.box.iou(truth.boxes[best]) >= overlap else { continue }
            isHit[number] = true
            left.remove(best)
        }
        self.isHit = isHit
        missed = left.filter { truth.status(of: $0) == .counted }.sorted()
    }
}
