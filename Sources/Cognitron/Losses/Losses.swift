import CognitronKernels

// The losses by name.

extension Loss {
    /// mean (prediction − target)²
    public static let meanSquaredError = Loss("mean_squared_error", LossRows.squaredError)

    /// mean |prediction − target|
    public static let meanAbsoluteError = Loss("mean_absolute_error", LossRows.absoluteError)

    /// mean of ½d² where |d| ≤ 1, and of |d| − ½ beyond: Huber, "Robust Estimation of a Location Parameter" (1964).
    public static let huber = huber(delta: 1)

    /// mean of ½d² where |d| ≤ delta, and of delta·(|d| − ½delta) beyond.
    public static func huber(delta: Float) -> Loss { Loss("huber", LossRows.huber(delta)) }

    /// −mean (t·ln p + (1 − t)·ln(1 − p)) of probabilities p, such as a sigmoid gives.
    public static let binaryCrossentropy = binaryCrossentropy(fromLogits: false)

    /// The binary cross-entropy of probabilities, or of the logits whose sigmoid they are.
    public static func binaryCrossentropy(fromLogits: Bool) -> Loss {
        Loss(
            "binary_crossentropy", probabilities: LossRows.binaryFromProbabilities,
            logits: LossRows.binaryFromLogits,
            .sigmoid, fromLogits)
    }

    /// −Σ t·ln p of probabilities p, such as a softmax gives, and one-hot (or soft) targets t.
    public static let categoricalCrossentropy = categoricalCrossentropy(fromLogits: false)

    /// The cross-entropy of probabilities, or of the logits whose softmax they are.
    public static func categoricalCrossentropy(fromLogits: Bool) -> Loss {
        Loss(
            "categorical_crossentropy", probabilities: LossRows.categoricalFromProbabilities,
            logits: LossRows.categoricalFromLogits, .softmax, fromLogits)
    }

    /// −ln p[class] of probabilities p, such as a softmax gives, and the number of the right class.
    public static let sparseCategoricalCrossentropy = sparseCategoricalCrossentropy(fromLogits: false)

    /// The sparse cross-entropy of probabilities, or of the logits whose softmax they are.
    public static func sparseCategoricalCrossentropy(fromLogits: Bool) -> Loss {
        Loss(
            "sparse_categorical_crossentropy", .classes, probabilities: LossRows.sparseFromProbabilities,
            logits: LossRows.sparseFromLogits, .softmax, fromLogits)
    }

    /// A loss of your own.
    ///
    /// - Parameter function: from a prediction `(N, …)` and its target, the loss of each sample `(N)` and the gradient
    ///   of their sum with respect to the prediction.
    public init(
        _ name: String,
        _ function:
            @escaping @Sendable (_ prediction: Tensor, _ target: Tensor) -> (losses: Tensor, gradient: Tensor)
    ) {
        self.init(name: name, target: .values, form: .custom(function), fused: nil)
    }

    private init(_ name: String, _ row: @escaping LossRows.Row) {
        self.init(name: name, target: .values, form: .rows(row), fused: nil)
    }

    private init(
        _ name: String, _ target: Target = .values, probabilities: @escaping LossRows.Row,
        logits: @escaping LossRows.Row, _ activation: ActivationFunction, _ fromLogits: Bool
    ) {
        self.init(
            name: name, target: target, form: .rows(fromLogits ? logits : probabilities),
            fused: fromLogits ? nil : Fused(activation: activation, row: logits))
    }
}
