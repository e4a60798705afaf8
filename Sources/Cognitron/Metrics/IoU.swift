import CognitronKernels

// Intersection over union: what target and prediction share of a class, over what either holds of it.
//
//     IoU = true positives / (true positives + false positives + false negatives)
//
// Classes that never occur are left out of means.

extension Metric where Self == RowMetric {
    /// The mean IoU of some classes.
    ///
    ///     .iou(classCount: 3, targetClassIds: [1, 2])
    ///
    /// - Parameters:
    ///   - classCount: how many classes there are, Keras's `num_classes`.
    ///   - targetClassIds: the classes whose mean is wanted.
    ///   - ignoreClass: the class whose targets do not count, such as 255 for what nobody has labelled.
    ///   - sparseYTrue, sparseYPred: whether targets, and outputs, are class numbers and not one number a
    ///     class. Where nothing is said, outputs with `classCount` numbers along `axis` and one target each
    ///     are no class numbers, and both are what the loss takes; otherwise both are class numbers, as in
    ///     Keras.
    ///   - axis: the axis of the classes.
    public static func iou(
        classCount: Int, targetClassIds: [Int], ignoreClass: Int? = nil, sparseYTrue: Bool? = nil,
        sparseYPred: Bool? = nil, axis: Int = -1
    ) -> RowMetric {
        overlap(
            "io_u",
            ClassPairs(
                "io_u", classCount, ignoreClass, isOneHotTarget: sparseYTrue.map(!),
                isOneHotPrediction: sparseYPred.map(!), axis: axis), targetClassIds)
    }

    /// The mean IoU of all classes; arguments as those of `iou`.
    public static func meanIoU(
        classCount: Int, ignoreClass: Int? = nil, sparseYTrue: Bool? = nil, sparseYPred: Bool? = nil,
        axis: Int = -1
    ) -> RowMetric {
        iou(
            classCount: classCount, targetClassIds: Array(0..<max(0, classCount)), ignoreClass: ignoreClass,
            sparseYTrue: sparseYTrue, sparseYPred: sparseYPred, axis: axis
        ).named("mean_io_u")
    }

    /// The mean IoU of some classes, of one-hot targets and, unless `sparseYPred`, one output a class.
    public static func oneHotIoU(
        classCount: Int, targetClassIds: [Int], ignoreClass: Int? = nil, sparseYPred: Bool = false,
        axis: Int = -1
    ) -> RowMetric {
        iou(
            classCount: classCount, targetClassIds: targetClassIds, ignoreClass: ignoreClass,
            sparseYTrue: false, sparseYPred: sparseYPred, axis: axis
        ).named("one_hot_io_u")
    }

    /// The mean IoU of all classes, of one-hot targets and, unless `sparseYPred`, one output a class.
    public static func oneHotMeanIoU(
        classCount: Int, ignoreClass: Int? = nil, sparseYPred: Bool = false, axis: Int = -1
    ) -> RowMetric {
        meanIoU(
            classCount: classCount, ignoreClass: ignoreClass, sparseYTrue: false, sparseYPred: sparseYPred,
            axis: axis
        ).named("one_hot_mean_io_u")
    }

    /// The mean IoU of what lies below one half and what does not.
    public static var binaryIoU: RowMetric { binaryIoU() }

    /// - Parameters:
    ///   - targetClassIds: the classes whose mean is wanted: 0 for outputs below the threshold, 1 for others.
    ///   - threshold: 0 for logits.
    public static func binaryIoU(targetClassIds: [Int] = [0, 1], threshold: Float = 0.5) -> RowMetric {
        let pairs = ClassPairs("binary_io_u", 2, nil, isOneHotTarget: false, isOneHotPrediction: false)
        return overlap("binary_io_u", pairs, targetClassIds) { $0 .>= threshold }
    }

    /// The mean over some classes of what target and prediction share.
    ///
    /// - Parameter classes: makes class numbers of predictions.
    static func overlap(
        _ name: String, _ pairs: ClassPairs, _ ids: [Int], _ measure: ClassOverlap = .intersectionOverUnion,
        _ classes: @escaping @Sendable (Tensor) -> Tensor = { $0 }
    ) -> RowMetric {
        let invalid = ids.first { !(0..<pairs.count).contains($0) }
        let problem = invalid.map {
            CognitronError(
                .argument, name, "invalid targetClassIds",
                expected: "numbers from 0 to \(pairs.count - 1)",
                got: "\($0)")
        }
        @Sendable func plan(_ pairs: ClassPairs) -> RowMetric.Plan {
            RowMetric.Plan(
                sum: pairs.sum, width: { _ in pairs.width },
                results: { [measure.mean($0, pairs.count, ids)] },
                prepare: { pairs.numbers(classes($0), $1) }, check: { pairs.check($0, $1) },
                adapt: { (loss: Loss) -> RowMetric.Plan? in
                    // A loss of classes says what outputs and targets are.
                    guard loss.probabilities?.activation == .softmax else { return nil }
                    var adapted = pairs
                    adapted.isOneHotPrediction = pairs.isOneHotPrediction ?? true
                    adapted.isOneHotTarget = pairs.isOneHotTarget ?? (loss.targets == .values)
                    return plan(adapted)
                }, problem: pairs.problem ?? problem)
        }
        return RowMetric(name, .maximize, plan(pairs))
    }
}

/// How much target and prediction share of a class.
enum ClassOverlap: Sendable {
    /// shared / (target + predicted − shared)
    case intersectionOverUnion
    /// 2 · shared / (target + predicted)
    case dice

    private static let epsilon = 1e-7

    /// - Parameters:
    ///   - pairs: (target's class, predicted class).
    ///   - count: of classes.
    /// - Returns: nil where neither target nor prediction have the class.
    func value(_ pairs: [Double], _ count: Int, of id: Int) -> Double? {
        let shared = pairs[id * count + id]
        let both = (0..<count).reduce(0) { $0 + pairs[id * count + $1] + pairs[$1 * count + id] }
        guard both - shared > 1e-9 else { return nil }
        return switch self {
        case .intersectionOverUnion: shared / (both - shared + Self.epsilon)
        case .dice: 2 * shared / (both + Self.epsilon)
        }
    }

    /// The mean over the classes that occur.
    func mean(_ pairs: [Double], _ count: Int, _ ids: [Int]) -> Double {
        let values = ids.compactMap { value(pairs, count, of: $0) }
        return values.reduce(0, +) / (Double(values.count) + Self.epsilon)
    }
}
