import CognitronKernels

// Losses of probabilities. Those of a model that ends in the matching activation are computed from the
// logits before it.

extension Loss {
    /// −mean (t·ln p + (1 − t)·ln(1 − p)) of probabilities p, such as a sigmoid gives.
    public static let binaryCrossentropy = binaryCrossentropy()

    /// The binary cross-entropy of probabilities, or of the logits whose sigmoid they are.
    ///
    /// - Parameters:
    ///   - labelSmoothing: from 0 to 1: targets move so far towards ½ that 0 and 1 become
    ///     `labelSmoothing / 2` and `1 − labelSmoothing / 2`.
    ///   - axis: the axis that the mean is taken over.
    public static func binaryCrossentropy(
        fromLogits: Bool = false, labelSmoothing: Float = 0, axis: Int = -1,
        reduction: Reduction = .sumOverBatchSize
    ) -> Loss {
        Loss(
            "binary_crossentropy", .values, .sigmoid, fromLogits, labelSmoothing, axis, reduction,
            probabilities: LossRows.binaryFromProbabilities, logits: LossRows.binaryFromLogits
        ) { LossRows.smoothed($0, by: labelSmoothing, isBinary: true) }
    }

    /// −Σ t·ln p of probabilities p, such as a softmax gives, and one-hot (or soft) targets t.
    public static let categoricalCrossentropy = categoricalCrossentropy()

    /// The cross-entropy of probabilities, or of the logits whose softmax they are.
    ///
    /// - Parameters:
    ///   - labelSmoothing: from 0 to 1: the share of every target that is spread evenly over all classes, so
    ///     that the model is not rewarded for being surer than that. Szegedy et al., "Rethinking the
    ///     Inception Architecture for Computer Vision" (2016).
    ///   - axis: the axis of the classes.
    public static func categoricalCrossentropy(
        fromLogits: Bool = false, labelSmoothing: Float = 0, axis: Int = -1,
        reduction: Reduction = .sumOverBatchSize
    ) -> Loss {
        Loss(
            "categorical_crossentropy", .values, .softmax, fromLogits, labelSmoothing, axis, reduction,
            probabilities: LossRows.categoricalFromProbabilities, logits: LossRows.categoricalFromLogits
        ) { LossRows.smoothed($0, by: labelSmoothing, isBinary: false) }
    }

    /// −ln p[class] of probabilities p, such as a softmax gives, and the number of the right class.
    public static let sparseCategoricalCrossentropy = sparseCategoricalCrossentropy()

    /// The sparse cross-entropy of probabilities, or of the logits whose softmax they are.
    ///
    /// - Parameters:
    ///   - ignoreClass: the class whose rows do not count, such as −1 or 255 for pixels without a label;
    ///     the mean is over the other rows.
    ///   - labelSmoothing: as that of `categoricalCrossentropy`, whose value for one-hot targets this then
    ///     has. (Keras has none here; PyTorch's `CrossEntropyLoss` does.)
    ///   - classWeights: how much a row of each class counts, one number for each output; nil for 1 each. The
    ///     mean is over the count of rows, as with Keras's `class_weight`; PyTorch's is over the sum of the
    ///     rows' weights.
    ///   - axis: the axis of the classes.
    public static func sparseCategoricalCrossentropy(
        fromLogits: Bool = false, ignoreClass: Int? = nil, labelSmoothing: Float = 0,
        classWeights: [Float]? = nil, axis: Int = -1, reduction: Reduction = .sumOverBatchSize
    ) -> Loss {
        let (name, isSoft) = ("sparse_categorical_crossentropy", labelSmoothing != 0)
        func row(_ hard: @escaping LossRows.Row, _ soft: @escaping LossRows.Row) -> LossRows.Row {
            let row = isSoft ? LossRows.smoothedClass(soft, by: labelSmoothing) : hard
            return classWeights.map { LossRows.weighted(row, byClass: $0) } ?? row
        }
        return Loss(
            name, .classes, .softmax, fromLogits, labelSmoothing, axis, reduction, ignoreClass: ignoreClass,
            probabilities: row(LossRows.sparseFromProbabilities, LossRows.categoricalFromProbabilities),
            logits: row(LossRows.sparseFromLogits, LossRows.categoricalFromLogits),
            problem: classWeights?.compactMap { CognitronError.notNegative(name, "class weight", $0) }.first)
    }

    /// (1 − √p[class]) / ½ of probabilities p: less moved by wrong labels than the cross-entropy.
    public static let categoricalGeneralizedCrossEntropy = categoricalGeneralizedCrossEntropy()

    /// (1 − p[class]^q) / q of probabilities p and the number of the right class.
    ///
    /// - Parameter q: between 0, where this becomes the cross-entropy, and 1, the absolute error.
    /// - Source: Zhang and Sabuncu, "Generalized Cross Entropy Loss for Training Deep Neural Networks with
    ///   Noisy Labels" (2018).
    public static func categoricalGeneralizedCrossEntropy(
        q: Float = 0.5, reduction: Reduction = .sumOverBatchSize
    ) -> Loss {
        let name = "categorical_generalized_cross_entropy"
        return Loss(
            name, .classes, .softmax, false, 0, -1, reduction,
            probabilities: LossRows.generalizedFromProbabilities(q),
            logits: LossRows.generalizedFromLogits(q),
            problem: q > 0 && q < 1
                ? nil
                : CognitronError(
                    .argument, name, "invalid q", expected: "a number between 0 and 1", got: q.text))
    }

    /// Σ t·ln(t / p) of probabilities p and t, both kept between 10⁻⁷ and 1: the Kullback-Leibler divergence.
    public static let klDivergence = klDivergence()
    public static func klDivergence(reduction: Reduction = .sumOverBatchSize) -> Loss {
        Loss("kl_divergence", LossRows.divergence, reduction)
    }

    /// - Parameter smoothing: makes of a function of targets the same with targets smoothed by
    ///   `labelSmoothing`.
    init(
        _ name: String, _ targets: Targets, _ activation: ActivationFunction, _ fromLogits: Bool,
        _ labelSmoothing: Float, _ axis: Int, _ reduction: Reduction, ignoreClass: Int? = nil,
        probabilities: @escaping LossRows.Row, logits: @escaping LossRows.Row,
        problem: CognitronError? = nil,
        smoothing: (@escaping LossRows.Row) -> LossRows.Row = { $0 }
    ) {
        let (probabilities, logits) =
            labelSmoothing == 0 ? (probabilities, logits) : (smoothing(probabilities), smoothing(logits))
        self.init(
            name, targets, .rows(fromLogits ? logits : probabilities), reduction, axis: axis,
            // The activation goes along the last axis.
            fused: fromLogits || axis != -1 ? nil : Fused(activation: activation, row: logits),
            probabilities: (activation, fromLogits),
            ignoredClass: ignoreClass,
            problem: problem ?? .share(name, "labelSmoothing", labelSmoothing))
    }
}
