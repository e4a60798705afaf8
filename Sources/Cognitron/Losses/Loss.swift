import CognitronKernels

/// What a prediction costs: a number to make small, and its gradient.
///
///     let (loss, gradient) = Loss.meanSquaredError(output, y)
///     let robust = Loss.huber(delta: 0.5, reduction: .sum)
///
/// A loss has one number for each row (the last axis) or each sample, `losses(_:_:)`, and by `reduction` one
/// for the batch: by default their mean. With weights, each loss is multiplied by its weight before the mean
/// is taken over the count of losses, not over the weights, as in Keras.
///
/// - Source: Keras `losses`.
public struct Loss: Sendable {
    /// The name in Keras's spelling, as history and messages show it.
    public let name: String
    /// How the losses of a batch become one number.
    public let reduction: Reduction
    let targets: Targets
    let form: Form
    /// The axis of a row.
    let axis: Int
    /// Axes that one loss spans.
    let spannedAxes: [Int]
    /// A loss of probabilities knows what makes them, and itself from the numbers before that.
    let fused: Fused?
    /// What makes probabilities of logits, and which of the two the predictions are; nil for losses of other
    /// numbers.
    let probabilities: (activation: ActivationFunction, fromLogits: Bool)?
    /// The class whose rows do not count.
    let ignoredClass: Int?
    /// What is wrong with the arguments.
    let problem: CognitronError?

    /// What the targets are.
    public enum Targets: Sendable, Equatable {
        /// One number for each of the prediction's; brought to its shape.
        case values
        /// The number of a class for each row of the prediction: `(N, …)` for predictions `(N, …, C)`.
        case classes
        /// A whole number for each row, equal for rows that belong together.
        case labels
        /// Class numbers `(N, L)`, in sequences that are padded with a blank.
        case sequences(blank: Int)
        /// Anything: the loss gets them as they are.
        case any
    }

    enum Form: Sendable {
        case rows(LossRows.Row)
        case whole(Whole)
    }

    /// Losses of a batch that are not losses of rows.
    ///
    /// - Parameter mask: which rows of the prediction count, for losses of sequences.
    typealias Whole =
        @Sendable (_ prediction: Tensor, _ target: Tensor, _ mask: Tensor?) -> WholeLosses

    struct WholeLosses {
        /// One a sample or row, or one for the batch, without axes.
        let losses: Tensor
        /// Which of the losses count, where not all do.
        var counted: Tensor?
        /// Whether the loss has taken the mask into account itself.
        var usesMask = false
        /// From the gradient of each loss, with axes of size 1 at the end, that of the prediction.
        let pullback: (_ lossGradient: Tensor) -> Tensor
    }

    struct Fused: Sendable {
        let activation: ActivationFunction
        let row: LossRows.Row
    }

    init(
        _ name: String, _ targets: Targets, _ form: Form, _ reduction: Reduction, axis: Int = -1,
        spannedAxes: [Int] = [], fused: Fused? = nil,
        probabilities: (activation: ActivationFunction, fromLogits: Bool)? = nil,
        ignoredClass: Int? = nil, problem: CognitronError? = nil
    ) {
        (self.name, self.targets, self.form, self.reduction) = (name, targets, form, reduction)
        (self.axis, self.spannedAxes) = (axis, spannedAxes)
        (self.fused, self.probabilities) = (fused, probabilities)
        (self.ignoredClass, self.problem) = (ignoredClass, problem)
    }

    /// A loss of numbers, each row by itself.
    init(
        _ name: String, _ row: @escaping LossRows.Row, _ reduction: Reduction, axis: Int = -1,
        problem: CognitronError? = nil
    ) {
        self.init(name, .values, .rows(row), reduction, axis: axis, problem: problem)
    }

    /// A loss of your own.
    ///
    /// - Parameters:
    ///   - targets: `.values` brings the targets to the prediction's shape first, `.classes` and `.labels` to
    ///     one number a row; `.any` leaves them as they are.
    ///   - problem: invalid arguments of your loss; `compile` throws them.
    ///   - function: from a prediction `(N, …)` and its target, the loss of each sample `(N)`, or of each row
    ///     `(N, T)`, and the gradient of their sum with respect to the prediction.
    public init(
        _ name: String, targets: Targets = .values, reduction: Reduction = .sumOverBatchSize,
        problem: RuleProblem? = nil,
        _ function:
            @escaping @Sendable (_ prediction: Tensor, _ target: Tensor) -> (losses: Tensor, gradient: Tensor)
    ) {
        let whole: Whole = { prediction, target, _ in
            let (losses, gradient) = function(prediction, target)
            require(
                losses.rank >= 1 && losses.shape.elementsEqual(prediction.shape.prefix(losses.rank)),
                "\(name) gives losses of shape \(losses.shape), expected \(prediction.shape[0]), one a sample, "
                    + "or one a row"
            )
            require(
                gradient.shape == prediction.shape,
                "\(name) gives a gradient of shape \(gradient.shape), expected \(prediction.shape)")
            return WholeLosses(losses: losses) { gradient * $0.withAxes(gradient.rank) }
        }
        self.init(
            name, targets, .whole(whole), reduction, problem: problem.map { CognitronError($0, of: name) })
    }
}

extension Loss {
    /// The loss of the batch and its gradient with respect to the prediction.
    ///
    /// - Parameters:
    ///   - prediction: `(N, …, C)`.
    ///   - target: the same shape, or `(N, …)` whole numbers for a sparse loss.
    ///   - sampleWeight: `(N)`, or one weight a row, `(N, …)`.
    ///   - mask: of the same shapes, 1 for rows that count and 0 for others.
    public func callAsFunction(
        _ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor? = nil, mask: Tensor? = nil
    ) -> (loss: Float, gradient: Tensor) {
        check(prediction, target)
        for weights in [sampleWeight, mask].compactMap({ $0 }) {
            if let problem = Self.weightProblem(weights.shape, prediction.shape) {
                fail("\(name): \(problem)")
            }
        }
        return evaluate(prediction, target, sampleWeight, mask: mask, fusedWithActivation: false)
    }

    /// The losses before reduction: one a row, `(N, …)`, or one a sample, `(N)`.
    ///
    /// - Source: Keras's losses as functions, and `reduction="none"`.
    public func losses(_ prediction: Tensor, _ target: Tensor) -> Tensor {
        check(prediction, target)
        let (p, t) = rows(prediction, aligned(target, to: prediction.shape))
        switch form {
        case .rows(let row):
            return RowLosses.evaluate(row, p, t, weights: ignoredMask(t), divisor: 1).losses
        case .whole(let function): return function(p, t, nil).losses
        }
    }

    private func check(_ prediction: Tensor, _ target: Tensor) {
        do {
            try validate()
            if let error = mismatch(prediction.shape, target.shape) { throw error }
            try validate(target, output: prediction.shape)
        } catch { fail("\(error)") }
    }

    /// - Parameter fusedWithActivation: whether `prediction` is what comes before the activation of `fused`.
    func evaluate(
        _ prediction: Tensor, _ target: Tensor, _ sampleWeight: Tensor?, mask: Tensor? = nil,
        fusedWithActivation: Bool
    ) -> (loss: Float, gradient: Tensor) {
        if let error = mismatch(prediction.shape, target.shape) { fail(error.description) }
        let (p, t) = rows(prediction, aligned(target, to: prediction.shape))
        switch fusedWithActivation ? fused.map({ .rows($0.row) }) ?? form : form {
        case .rows(let row):
            let mask = ignoredMask(t).map { $0.weighted(by: mask) } ?? mask
            let (weights, divisor) = reduction.weighting(sampleWeight, mask, Shape(p.shape.dropLast()))
            let (losses, gradient) = RowLosses.evaluate(row, p, t, weights: weights, divisor: divisor)
            return (Float(losses.preciseSum / Double(divisor)), gradient.movingEnd(toAxis: axis))
        case .whole(let function):
            return reduced(function(p, t, mask), sampleWeight, mask)
        }
    }

    private func reduced(
        _ whole: WholeLosses, _ sampleWeight: Tensor?, _ mask: Tensor?
    ) -> (loss: Float, gradient: Tensor) {
        let rank = whole.losses.rank
        var mask = whole.usesMask ? nil : mask
        if let counted = whole.counted { mask = counted.weighted(by: mask) }
        // One loss for the whole batch counts as the loss of each sample.
        let shape = rank == 0 ? (sampleWeight ?? mask)?.shape ?? [] : whole.losses.shape
        let (given, divisor) = reduction.weighting(sampleWeight, mask, shape)
        guard let given else {
            let share = Tensor(repeating: 1 / divisor, shape: whole.losses.shape)
            return (whole.losses.sum() / divisor, whole.pullback(share))
        }
        // Weights of samples count for each loss of theirs.
        let weights =
            rank == 0 ? Tensor(given.sum()) : Tensor.ones(whole.losses.shape) * given.withAxes(rank)
        return ((whole.losses * weights).sum() / divisor, whole.pullback(weights / divisor))
    }

    /// Predictions and targets with their rows along the last axis.
    func rows(_ prediction: Tensor, _ target: Tensor) -> (Tensor, Tensor) {
        guard axis != -1 else { return (prediction, target) }
        return (
            prediction.movingAxisToEnd(axis), targets == .values ? target.movingAxisToEnd(axis) : target
        )
    }

    /// 1 for rows that are not of the ignored class; nil where no class is.
    func ignoredMask(_ target: Tensor) -> Tensor? { ignoredClass.map { target .!= Float($0) } }
}
