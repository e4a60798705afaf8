import CognitronKernels

/// What a prediction costs: a number to make small, and its gradient.
///
///     let (loss, gradient) = Loss.meanSquaredError(output, y)
///
/// Every loss is a mean: over the last axis for those that compare numbers, then over all rows of the batch.
/// With weights, each sample's (or row's) part is multiplied by its weight before the mean is taken over the
/// count of rows, not over the weights, as in Keras.
///
/// - Source: Keras `losses`, reduction `sum_over_batch_size`.
public struct Loss: Sendable {
    /// The name in Keras's spelling, as history and messages show it.
    public let name: String
    let targets: Targets
    let form: Form
    /// A loss of probabilities knows what makes them, and itself from the numbers before that.
    let fused: Fused?
    /// What makes probabilities of logits, and which of the two the predictions are; nil for losses of other
    /// numbers.
    let probabilities: (activation: ActivationFunction, fromLogits: Bool)?
    let labelSmoothing: Float
    /// Invalid arguments of a loss of the user's own.
    var problem: RuleProblem?

    /// What the targets are.
    public enum Targets: Sendable {
        /// One number for each of the prediction's; brought to its shape.
        case values
        /// The number of a class for each row of the prediction: `(N, …)` for predictions `(N, …, C)`.
        case classes
        /// Anything: the loss gets them as they are.
        case any
    }

    enum Form: Sendable {
        case rows(LossRows.Row)
        case custom(@Sendable (_ prediction: Tensor, _ target: Tensor) -> (losses: Tensor, gradient: Tensor))
    }

    struct Fused: Sendable {
        let activation: ActivationFunction
        let row: LossRows.Row
    }

    /// The mean loss of the batch and its gradient with respect to the prediction.
    ///
    /// - Parameters:
    ///   - prediction: `(N, …, C)`.
    ///   - target: the same shape, or `(N, …)` whole numbers for a sparse loss.
    ///   - sampleWeight: `(N)`, or one weight a row, `(N, …)`.
    public func callAsFunction(
        _ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor? = nil
    ) -> (loss: Float, gradient: Tensor) {
        do {
            try validate(target, classCount: prediction.shape.last ?? 1)
        } catch { fail("\(error)") }
        if let sampleWeight, let problem = Self.weightProblem(sampleWeight.shape, prediction.shape) {
            fail("\(name): \(problem)")
        }
        return evaluate(prediction, target, sampleWeight, fusedWithActivation: false)
    }

    /// - Parameter fusedWithActivation: whether `prediction` is what comes before the activation of `fused`.
    func evaluate(
        _ prediction: Tensor, _ target: Tensor, _ sampleWeight: Tensor?, fusedWithActivation: Bool
    ) -> (loss: Float, gradient: Tensor) {
        if let error = mismatch(prediction.shape, target.shape) { fail(error.description) }
        if fusedWithActivation, let fused {
            return Self.byRow(fused.row, targets, prediction, target, sampleWeight)
        }
        switch form {
        case .rows(let row): return Self.byRow(row, targets, prediction, target, sampleWeight)
        case .custom(let function):
            return custom(function, prediction, aligned(target, to: prediction.shape), sampleWeight)
        }
    }

    /// Targets in the form that a loss or a metric computes with: in the prediction's shape, or of one class
    /// number for each of its rows; as they are where neither fits.
    func aligned(_ target: Tensor, to prediction: Shape) -> Tensor {
        if targets == .any || target.shape == prediction { return target }
        if targets != .classes, target.count == prediction.elementCount { return target.reshaped(prediction) }
        let rows = Shape(prediction.dropLast())
        return target.count == rows.elementCount ? target.reshaped(rows) : target
    }

    /// What is wrong with weights of this shape; nil where they are one a sample or one a row.
    static func weightProblem(_ weights: Shape, _ prediction: Shape) -> String? {
        if weights.rank >= 1, weights.rank <= max(1, prediction.rank - 1),
            weights.elementsEqual(prediction.prefix(weights.rank))
        {
            return nil
        }
        return "sample weights of shape \(weights), expected one a sample or one a row of \(prediction)"
    }

    private static func byRow(
        _ row: LossRows.Row, _ form: Targets, _ prediction: Tensor, _ target: Tensor, _ sampleWeight: Tensor?
    ) -> (loss: Float, gradient: Tensor) {
        let columns = prediction.shape.last ?? 1
        let rows = prediction.count / max(1, columns)
        let rowsPerWeight = max(1, rows / max(1, sampleWeight?.count ?? 1))
        let targetStep = form == .classes ? 1 : columns
        var gradient = Tensor(uninitialized: prediction.shape)
        let dp = gradient.mutablePointer
        let losses = Buffer(rows)
        WorkerPool.shared.run(total: rows, grain: max(1, Elementwise.grain / max(1, columns))) { range, _ in
            for r in range {
                let weight = sampleWeight.map { $0.pointer[r / rowsPerWeight] } ?? 1
                let loss = row(
                    prediction.pointer + r * columns, target.pointer + r * targetStep, columns,
                    dp + r * columns)
                losses.pointer[r] = weight == 0 ? 0 : weight * loss
                let scale = weight / Float(rows)
                for i in 0..<columns { dp[r * columns + i] *= scale }
            }
        }
        let total = Reduction.sum(losses.pointer, count: rows)
        withExtendedLifetime((prediction, target, sampleWeight, losses)) {}
        return (Float(total / Double(max(1, rows))), gradient)
    }

    private func custom(
        _ function: (Tensor, Tensor) -> (losses: Tensor, gradient: Tensor), _ prediction: Tensor,
        _ target: Tensor, _ sampleWeight: Tensor?
    ) -> (loss: Float, gradient: Tensor) {
        var (losses, gradient) = function(prediction, target)
        require(
            losses.rank >= 1 && losses.shape.elementsEqual(prediction.shape.prefix(losses.rank)),
            "\(name) gives losses of shape \(losses.shape), expected \(prediction.shape[0]), one a sample, or one a row"
        )
        require(
            gradient.shape == prediction.shape,
            "\(name) gives a gradient of shape \(gradient.shape), expected \(prediction.shape)")
        if var sampleWeight {
            // Of a loss of whole samples the weights of their rows are the mean, as in Keras.
            if sampleWeight.rank > losses.rank {
                sampleWeight = sampleWeight.mean(axes: Array(losses.rank..<sampleWeight.rank))
            }
            losses *= sampleWeight.spread(over: losses.shape)
            gradient *= sampleWeight.spread(over: gradient.shape)
        }
        return (losses.mean(), gradient / Float(losses.count))
    }
}

extension Loss {
    /// What is wrong with targets of this shape for predictions of that one; nil where they fit.
    func mismatch(_ prediction: Shape, _ target: Shape) -> CognitronError? {
        if targets == .any { return nil }
        let expected = targets == .classes ? Shape(prediction.dropLast()) : prediction
        let squeezed = target.last == 1 ? Shape(target.dropLast()) : nil
        if target == expected || squeezed == expected
            || expected.last == 1 && target == Shape(expected.dropLast())
        {
            return nil
        }
        let classes = prediction.last ?? 1
        let advice =
            targets == .classes
            ? "give one class number a sample, or use categoricalCrossentropy for one-hot targets"
            : target.elementCount == expected.elementCount / max(1, classes)
                ? "for class numbers use sparseCategoricalCrossentropy, or toCategorical(_:classCount: \(classes))"
                : "give the model's last layer as many outputs as a target has numbers"
        return CognitronError(
            .shape, name, "targets do not fit the model's output", expected: "shape \(expected)",
            got: "\(target)",
            advice: advice)
    }

    /// Whether each output is a yes or no of its own.
    var isBinary: Bool { probabilities?.activation == .sigmoid }

    /// What a yes or no is told by: one half of probabilities, 0 of logits.
    var logitThreshold: Float { probabilities?.fromLogits == true ? 0 : 0.5 }

    /// Throws where an argument is outside what it may be. Called by `compile`.
    func validate() throws {
        if let problem {
            throw CognitronError(
                .argument, name, "invalid argument", expected: problem.expected, got: problem.got)
        }
        guard !(0...1).contains(labelSmoothing) else { return }
        throw CognitronError(
            .argument, name, "invalid labelSmoothing", expected: "a number from 0 to 1",
            got: labelSmoothing.text)
    }

    /// Throws where a target cannot be learned: not finite, not a whole number or not one of the classes.
    ///
    /// - Parameter samples: the numbers that messages give to the samples; by default from 0.
    func validate(_ target: Tensor, classCount: Int, _ samples: [Int]? = nil) throws {
        let numbersPerSample = max(1, target.count / max(1, target.shape.first ?? 1))
        let bad = target.withUnsafeScalars { scalars in
            scalars.firstIndex {
                !$0.isFinite
                    || self.targets == .classes && ($0 < 0 || $0 >= Float(classCount) || $0 != $0.rounded())
            }
        }
        guard let bad else { return }
        let value = target.withUnsafeScalars { $0[bad] }
        let text = value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : value.text
        let row = bad / numbersPerSample
        let place = "\(name): target of sample \(samples?[row] ?? row)"
        if !value.isFinite {
            throw CognitronError(
                .data, place, "is not finite", expected: "numbers", got: text,
                advice: "clean the data before training")
        }
        throw CognitronError(
            .data, place, "is not one of the model's classes",
            expected: "a whole number from 0 to \(classCount - 1)",
            got: text,
            advice: "correct the label, or give the last layer as many outputs as there are classes")
    }
}
