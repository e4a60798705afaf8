import Cognitron

/// How well a detector finds the objects of a data set, by COCO's rules.
///
///     let scores = try detector.scores(on: test.source, classNames: test.task.classNames)
///     scores["AP"], scores["AP@0.5"]                  // from 0 to 1; nil where there are no such objects
///     for (name, value) in scores.all { print(name, value ?? .nan) }
public struct DetectionScores: Sendable {
    public let boxes: AveragePrecision
    /// nil unless both the data set and the detector have masks.
    public let masks: AveragePrecision?
    public let classNames: [String]

    /// The names of all scores: AP is the mean over the overlaps, AR the recall. A score of masks has "mask "
    /// before its name.
    public static let names = measures.map(\.name)

    private typealias Measure = @Sendable (AveragePrecision) -> Float?

    private static let measures: [(name: String, value: Measure)] = [
        ("AP", { $0.value() }), ("AP@0.5", { $0.value(at: 0.5) }), ("AP@0.75", { $0.value(at: 0.75) }),
        ("AP small", { $0.value(area: .small) }), ("AP medium", { $0.value(area: .medium) }),
        ("AP large", { $0.value(area: .large) }), ("AR@1", { $0.recall(maximum: 1) }),
        ("AR@10", { $0.recall(maximum: 10) }), ("AR@100", { $0.recall(maximum: 100) }),
    ]

    private static let maskPrefix = "mask "

    /// The score of a name; nil where there are no such objects, or no masks.
    public subscript(_ name: String) -> Float? {
        let isOfMasks = name.hasPrefix(Self.maskPrefix)
        let own = isOfMasks ? String(name.dropFirst(Self.maskPrefix.count)) : name
        guard let judge = isOfMasks ? masks : boxes else { return nil }
        return Self.measures.first { $0.name == own }.flatMap { $0.value(judge) }
    }

    /// All scores, those of boxes first.
    public var all: [(name: String, value: Float?)] {
        let names = Self.names + (masks == nil ? [] : Self.names.map { Self.maskPrefix + $0 })
        return names.map { ($0, self[$0]) }
    }
}

extension Detector {
    /// Finds the objects of all pictures of a source, and compares them with the truth.
    ///
    /// - Parameters:
    ///   - source: pictures with the targets of detection, or of instances.
    ///   - classNames: those of the detector's classes.
    /// - Throws: `CognitronError` where the source has no boxes, or classes that there are not.
    public func scores(on source: any BatchSource, classNames: [String]) throws -> DetectionScores {
        var boxes = AveragePrecision(.coco, classCount: classNames.count)
        var masks: AveragePrecision? = AveragePrecision(.coco, classCount: classNames.count, of: .masks)
        var hasMasks = false
        let count = source.sampleCount ?? .max
        let batchSize = Self.batchSize(of: model.inputShape)
        for start in stride(from: 0, to: count, by: batchSize) {
            let numbers = Array(start..<min(start + batchSize, count))
            guard let batch = try source.batch(numbers, nil), let picture = batch.inputs.first else { break }
            guard let target = batch.targets.first, target.rank == 3 else {
                throw CognitronError(
                    .data, "the data", "have no boxes", expected: "targets (N, M, 5)",
                    got: batch.targets.first.map { "\($0.shape)" } ?? "none")
            }
            let truths = GroundTruth.pictures(
                boxes: target, instances: batch.targets.count > 1 ? batch.targets[1] : nil,
                withStatuses: true)
            for (found, truth) in zip(try detections(in: picture), truths) {
                try boxes.add(found, truth: truth)
                if truth.instances == nil || found.contains(where: { $0.mask == nil }) { masks = nil }
                hasMasks = hasMasks || !found.isEmpty
                try masks?.add(found, truth: truth)
            }
        }
        return DetectionScores(boxes: boxes, masks: hasMasks ? masks : nil, classNames: classNames)
    }

    /// As many pictures as keep the masks of a hundred objects in each within 100 MB; 16 at most.
    private static func batchSize(of sample: Shape?) -> Int {
        let pixels = max(1, sample.map { $0[0] * $0[1] } ?? 1)
        return min(16, max(1, 16 * 128 * 128 / pixels))
    }
}
