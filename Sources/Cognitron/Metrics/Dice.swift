// The Dice coefficient: what target and prediction share of a class, over the mean of what they hold of it.
//
//     Dice = 2 · true positives / (2 · true positives + false positives + false negatives)
//
// It is the F1 score of a class. Classes that never occur are left out of means.

extension Metric where Self == RowMetric {
    /// The mean Dice coefficient of some classes; arguments as those of `iou`.
    public static func dice(
        classCount: Int, targetClassIds: [Int], ignoreClass: Int? = nil, sparseYTrue: Bool? = nil,
        sparseYPred: Bool? = nil, axis: Int = -1
    ) -> RowMetric {
        let pairs = ClassPairs(
            "dice", classCount, ignoreClass, isOneHotTarget: sparseYTrue.map(!),
            isOneHotPrediction: sparseYPred.map(!), axis: axis)
        return overlap("dice", pairs, targetClassIds, .dice)
    }

    /// The mean Dice coefficient of all classes; arguments as those of `iou`.
    public static func meanDice(
        classCount: Int, ignoreClass: Int? = nil, sparseYTrue: Bool? = nil, sparseYPred: Bool? = nil,
        axis: Int = -1
    ) -> RowMetric {
        dice(
            classCount: classCount, targetClassIds: Array(0..<max(0, classCount)), ignoreClass: ignoreClass,
            sparseYTrue: sparseYTrue, sparseYPred: sparseYPred, axis: axis
        ).named("mean_dice")
    }
}
