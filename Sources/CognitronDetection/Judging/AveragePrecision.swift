import Cognitron

/// How well objects are found: the area under the curve of precision by recall.
///
///     var judge = AveragePrecision(.coco, classCount: 10)
///     for (found, truth) in zip(try detector.detections(in: pictures), truths) {
///         try judge.add(found, truth: truth)
///     }
///     judge.value()               // the mean over IoU 0.5, 0.55 … 0.95, and over all classes
///     judge.value(at: 0.5)        // at IoU 0.5
///     judge.value(at: 0.75, area: .small, label: 3)
///
/// Detections of a class are taken by falling score. One that overlaps an object of its class enough, and
/// none before it did, is a hit, any other is a false alarm:
///
///     precision = hits / detections so far        recall = hits / objects
///
/// | rules | a detection's object | average over | IoU |
/// |---|---|---|---|
/// | `.voc2007` | the one that it overlaps most, found already or not | 11 recalls | 0.5 |
/// | `.voc2012` | the same | all recalls | 0.5 |
/// | `.coco` | of those not yet found the one that it overlaps most | 101 recalls | 0.5, 0.55 … 0.95 |
///
/// - Source: Everingham et al., "The PASCAL Visual Object Classes Challenge: A Retrospective" (2015), and its
///   development kits; Lin et al., "Microsoft COCO" (2014), and pycocotools' `COCOeval`.
public struct AveragePrecision: Sendable {
    /// How detections are matched to objects, and precision is averaged over recall.
    public enum Rules: String, CaseIterable, Sendable { case voc2007, voc2012, coco }

    /// What must overlap.
    public enum Compared: String, Sendable { case boxes, masks }

    public let rules: Rules
    public let compared: Compared

    /// The least intersections over unions of a hit, rising.
    public let overlaps: [Double]

    /// How many detections of a class and picture count, those of the highest scores.
    public let maximumDetections: Int

    /// The number of pictures added.
    public private(set) var pictureCount = 0

    /// What was found of each class.
    private(set) var classes: [ClassTally]

    public var classCount: Int { classes.count }

    /// Those of COCO, as numpy's `linspace` has them.
    public static let cocoOverlaps: [Double] = {
        let step: Double = (0.95 - 0.5) / 9
        return (0..<9).map { 0.5 + Double($0) * step } + [0.95]
    }()

    /// - Parameters:
    ///   - overlaps: at most 16, rising; by default those of the rules.
    ///   - maximumDetections: by default COCO's 100, and no limit of PASCAL VOC's rules.
    public init(
        _ rules: Rules = .coco, classCount: Int, of compared: Compared = .boxes, overlaps: [Double]? = nil,
        maximumDetections: Int? = nil
    ) {
        let overlaps = overlaps ?? (rules == .coco ? Self.cocoOverlaps : [0.5])
        precondition(
            (1...JudgedDetection.mostOverlaps).contains(overlaps.count) && overlaps == overlaps.sorted(),
            "overlaps \(overlaps); expected 1 to \(JudgedDetection.mostOverlaps), rising")
        (self.rules, self.compared, self.overlaps) = (rules, compared, overlaps)
        self.maximumDetections = maximumDetections ?? (rules == .coco ? 100 : .max)
        classes = Array(repeating: ClassTally(), count: classCount)
    }

    /// Adds what was found in a picture.
    ///
    /// - Parameter detections: in any order; of equal scores, the earlier counts as the higher.
    /// - Throws: `CognitronError.data` where a class is none of those judged, a score or a box is not finite,
    ///   masks are missing where they are compared, or are of another size than the truth's.
    public mutating func add(_ detections: [Detection], truth: GroundTruth) throws {
        try truth.require(classCount: classCount, pictureCount)
        for detection in detections { try detection.require(classCount: classCount, pictureCount) }
        let objects = Dictionary(grouping: truth.boxes.indices, by: { truth.labels[$0] })
        let found = Dictionary(grouping: detections.indices, by: { detections[$0].label })
        for label in Set(objects.keys).union(found.keys) {
            let own = found[label] ?? []
            let best = own.map { detections[$0].score }.descendingOrder().map { own[$0] }
            let matching = try Matching(
                best.prefix(maximumDetections).map { detections[$0] }, objects[label] ?? [], truth, compared,
                picture: pictureCount)
            classes[label].add(rules == .coco ? matching.coco(overlaps) : matching.voc(overlaps))
        }
        pictureCount += 1
    }

    /// Adds the pictures that another value of the same rules was given.
    public mutating func merge(_ other: AveragePrecision) {
        precondition(
            rules == other.rules && compared == other.compared && overlaps == other.overlaps
                && classCount == other.classCount, "other rules")
        for label in classes.indices { classes[label].add(other.classes[label]) }
        pictureCount += other.pictureCount
    }
}

/// A detection after matching: for each size of objects, one bit for each overlap.
struct JudgedDetection: Sendable {
    let score: Float
    /// Its place among those of its class and picture.
    let rank: Int
    /// By the numbers of `ObjectArea`: whether an object was hit.
    var hits = SIMD4<UInt16>()
    /// Whether it counts neither as a hit nor as a false alarm.
    var ignored = SIMD4<UInt16>()

    static let mostOverlaps = UInt16.bitWidth
}

/// What was found of one class, and how many objects there were.
struct ClassTally: Sendable {
    var detections: [JudgedDetection] = []
    /// By the numbers of `ObjectArea`.
    var objectCounts = SIMD4<Int>()

    mutating func add(_ tally: ClassTally) {
        detections += tally.detections
        objectCounts &+= tally.objectCounts
    }
}
