import CognitronKernels

// The losses by name.

extension Loss {
    /// mean (prediction − target)²
    public static let meanSquaredError = Loss("mean_squared_error", LossRows.squaredError)

    /// mean |prediction − target|
    public static let meanAbsoluteError = Loss("mean_absolute_error", LossRows.absoluteError)

    /// mean of ½d² where |d| ≤ 1, and of |d| − ½ beyond: Huber, "Robust Estimation of a Location Parameter"
    /// (1964).
    public static let huber = huber(delta: 1)

    /// mean of ½d² where |d| ≤ delta, and of delta·(|d| − ½delta) beyond.
    public static func huber(delta: Float) -> Loss { Loss("huber", LossRows.huber(delta)) }

    /// −mean (t·ln p + (1 − t)·ln(1 − p)) of probabilities p, such as a sigmoid gives.
    public static let binaryCrossentropy = binaryCrossentropy()

    /// The binary cross-entropy of probabilities, or of the logits whose sigmoid they are.
    ///
    /// - Parameter labelSmoothing: from 0 to 1: targets move so far towards ½ that 0 and 1 become
    ///   `labelSmoothing / 2` and `1 − labelSmoothing / 2`.
    public static func binaryCrossentropy(fromLogits: Bool = false, labelSmoothing: Float = 0) -> Loss {
        Loss(
            "binary_crossentropy", .values, .sigmoid, fromLogits, labelSmoothing,
            probabilities: LossRows.binaryFromProbabilities, logits: LossRows.binaryFromLogits
        ) { LossRows.smoothed($0, by: labelSmoothing, isBinary: true) }
    }

    /// −Σ t·ln p of probabilities p, such as a softmax gives, and one-hot (or soft) targets t.
    public static let categoricalCrossentropy = categoricalCrossentropy()

    /// The cross-entropy of probabilities, or of the logits whose softmax they are.
    ///
    /// - Parameter labelSmoothing: from 0 to 1: the share of every target that is spread evenly over all
    ///   classes, so that the model is not rewarded for being surer than that. Szegedy et al., "Rethinking
    ///   the Inception Architecture for Computer Vision" (2016).
    public static func categoricalCrossentropy(fromLogits: Bool = false, labelSmoothing: Float = 0) -> Loss {
        Loss(
            "categorical_crossentropy", .values, .softmax, fromLogits, labelSmoothing,
            probabilities: LossRows.categoricalFromProbabilities, logits: LossRows.categoricalFromLogits
        ) { LossRows.smoothed($0, by: labelSmoothing, isBinary: false) }
    }

    /// −ln p[class] of probabilities p, such as a softmax gives, and the number of the right class.
    public static let sparseCategoricalCrossentropy = sparseCategoricalCrossentropy()

    /// The sparse cross-entropy of probabilities, or of the logits whose softmax they are.
    ///
    /// - Parameter labelSmoothing: as that of `categoricalCrossentropy`, whose value for one-hot targets this
    ///   then has. (Keras has none here; PyTorch's `CrossEntropyLoss` does.)
    public static func sparseCategoricalCrossentropy(
        fromLogits: Bool = false, labelSmoothing: Float = 0
    ) -> Loss {
        let isSoft = labelSmoothing != 0
        return Loss(
            "sparse_categorical_crossentropy", .classes, .softmax, fromLogits, labelSmoothing,
            probabilities: isSoft ? LossRows.categoricalFromProbabilities : LossRows.sparseFromProbabilities,
            logits: isSoft ? LossRows.categoricalFromLogits : LossRows.sparseFromLogits
        ) { LossRows.smoothedClass($0, by: labelSmoothing) }
    }

    /// A loss of your own.
    ///
    /// - Parameters:
    ///   - targets: `.values` brings the targets to the prediction's shape first, `.classes` to one number a
    ///     row; `.any` leaves them as they are.
    ///   - problem: invalid arguments of your loss; `compile` throws them.
    ///   - function: from a prediction `(N, …)` and its target, the loss of each sample `(N)`, or of each row
    ///     `(N, T)`, and the gradient of their sum with respect to the prediction.
    public init(
        _ name: String, targets: Targets = .values, problem: RuleProblem? = nil,
        _ function:
            @escaping @Sendable (_ prediction: Tensor, _ target: Tensor) -> (losses: Tensor, gradient: Tensor)
    ) {
        self.init(
            name: name, targets: targets, form: .custom(function), fused: nil, probabilities: nil,
            labelSmoothing: 0, problem: problem)
    }

    private init(_ name: String, _ row: @escaping LossRows.Row) {
        self.init(
            name: name, targets: .values, form: .rows(row), fused: nil, probabilities: nil, labelSmoothing: 0)
    }

    /// - Parameter smoothing: makes of a function of targets the same with targets smoothed by
    ///   `labelSmoothing`.
    private init(
        _ name: String, _ targets: Targets, _ activation: ActivationFunction, _ fromLogits: Bool,
        _ labelSmoothing: Float, probabilities: @escaping LossRows.Row, logits: @escaping LossRows.Row,
        smoothing: (@escaping LossRows.Row) -> LossRows.Row
    ) {
        let (probabilities, logits) =
            labelSmoothing == 0 ? (probabilities, logits) : (smoothing(probabilities), smoothing(logits))
        self.init(
            name: name, targets: targets, form: .rows(fromLogits ? logits : probabilities),
            fused: fromLogits ? nil : Fused(activation: activation, row: logits),
            probabilities: (activation, fromLogits),
            labelSmoothing: labelSmoothing)
    }
}
