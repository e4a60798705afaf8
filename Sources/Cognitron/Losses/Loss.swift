import CognitronKernels

/// What a prediction costs: a number to make small, and its gradient.
///
///     let (loss, gradient) = Loss.meanSquaredError(output, y)
///
/// Every loss is a mean: over the last axis for those that compare numbers, then over all rows of the batch. With
/// weights, each sample's part is multiplied by its weight before the mean is taken over the count of rows, not over
/// the weights, as in Keras.
///
/// - Source: Keras `losses`, reduction `sum_over_batch_size`.
public struct Loss: Sendable {
    /// The name in Keras's spelling, as history and messages show it.
    public let name: String
    let target: Target
    let form: Form
    /// A loss of probabilities knows what makes them, and itself from the numbers before that.
    let fused: Fused?
    let labelSmoothing: Float

    /// What the targets are.
    enum Target: Sendable {
        /// One number for each of the prediction's.
        case values
        /// The number of a class for each row of the prediction.
        case classes
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
    ///   - sampleWeight: `(N)`.
    public func callAsFunction(
        _ prediction: Tensor, _ target: Tensor, sampleWeight: Tensor? = nil
    ) -> (loss: Float, gradient: Tensor) {
        do {
            try validate(target, classCount: prediction.shape.last ?? 1)
        } catch { preconditionFailure("\(error)") }
        precondition(
            sampleWeight.map { $0.shape == [prediction.shape.first ?? 0] } ?? true,
            "\(name): sample weights of shape \(sampleWeight?.shape ?? []), expected one a sample")
        return evaluate(prediction, target, sampleWeight, fusedWithActivation: false)
    }

    /// - Parameter fusedWithActivation: whether `prediction` is what comes before the activation of `fused`.
    func evaluate(
        _ prediction: Tensor, _ target: Tensor, _ sampleWeight: Tensor?, fusedWithActivation: Bool
    ) -> (loss: Float, gradient: Tensor) {
        if let error = mismatch(prediction.shape, target.shape) { preconditionFailure(error.description) }
        if fusedWithActivation, let fused {
            return Self.byRow(fused.row, self.target, prediction, target, sampleWeight)
        }
        switch form {
        case .rows(let row): return Self.byRow(row, self.target, prediction, target, sampleWeight)
        case .custom(let function): return Self.custom(function, prediction, target, sampleWeight)
        }
    }

    private static func byRow(
        _ row: LossRows.Row, _ form: Target, _ prediction: Tensor, _ target: Tensor, _ sampleWeight: Tensor?
    ) -> (loss: Float, gradient: Tensor) {
        let columns = prediction.shape.last ?? 1
        let rows = prediction.count / max(1, columns)
        let rowsPerSample = max(1, rows / max(1, prediction.shape.first ?? 1))
        let targetStep = form == .classes ? 1 : columns
        var gradient = Tensor(uninitialized: prediction.shape)
        let dp = gradient.mutablePointer
        let losses = Buffer(rows)
        WorkerPool.shared.run(total: rows, grain: max(1, Elementwise.grain / max(1, columns))) { range, _ in
            for r in range {
                let weight = sampleWeight.map { $0.pointer[r / rowsPerSample] } ?? 1
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

    private static func custom(
        _ function: (Tensor, Tensor) -> (losses: Tensor, gradient: Tensor), _ prediction: Tensor,
        _ target: Tensor,
        _ sampleWeight: Tensor?
    ) -> (loss: Float, gradient: Tensor) {
        var (losses, gradient) = function(prediction, target)
        let samples = prediction.shape[0]
        precondition(
            losses.shape == [samples],
            "a custom loss of shape \(losses.shape), expected \(samples), one a sample")
        precondition(
            gradient.shape == prediction.shape, "a custom loss's gradient of shape \(gradient.shape)")
        if let sampleWeight {
            losses *= sampleWeight
            gradient *= sampleWeight.reshaped(
                Shape([samples] + Array(repeating: 1, count: gradient.rank - 1)))
        }
        return (losses.mean(), gradient / Float(samples))
    }
}

extension Loss {
    /// What is wrong with targets of this shape for predictions of that one; nil where they fit.
    func mismatch(_ prediction: Shape, _ target: Shape) -> CognitronError? {
        let expected = self.target == .classes ? Shape(prediction.dropLast()) : prediction
        let squeezed = target.last == 1 ? Shape(target.dropLast()) : nil
        if target == expected || squeezed == expected
            || expected.last == 1 && target == Shape(expected.dropLast())
        {
            return nil
        }
        let classes = prediction.last ?? 1
        let advice =
            self.target == .classes
            ? "give one class number a sample, or use categoricalCrossentropy for one-hot targets"
            : target.elementCount == expected.elementCount / max(1, classes)
                ? "for class numbers use sparseCategoricalCrossentropy, or toCategorical(_:classCount: \(classes))"
                : "give the model's last layer as many outputs as a target has numbers"
        return CognitronError(
            .shape, name, "targets do not fit the model's output", expected: "shape \(expected)",
            got: "\(target)",
            advice: advice)
    }

    /// Throws where an argument is outside what it may be. Called by `compile`.
    func validate() throws {
        guard !(0...1).contains(labelSmoothing) else { return }
        throw CognitronError(
            .argument, name, "invalid labelSmoothing", expected: "a number from 0 to 1",
            got: labelSmoothing.text)
    }

    /// Throws where a target cannot be learned: not finite, not a whole number or not one of the classes.
    func validate(_ targets: Tensor, classCount: Int, firstSample: Int = 0) throws {
        let rowsPerSample = max(1, targets.count / max(1, targets.shape.first ?? 1))
        let bad = targets.withUnsafeScalars { scalars in
            scalars.firstIndex {
                !$0.isFinite
                    || target == .classes && ($0 < 0 || $0 >= Float(classCount) || $0 != $0.rounded())
            }
        }
        guard let bad else { return }
        let value = targets.withUnsafeScalars { $0[bad] }
        let text = value == value.rounded() && abs(value) < 1e9 ? String(Int(value)) : value.text
        let place = "\(name): target of sample \(firstSample + bad / rowsPerSample)"
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
