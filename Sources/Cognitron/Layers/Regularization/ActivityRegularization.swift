/// Charges the loss for the size of its input, which passes unchanged.
///
///     loss += (l1 · Σ |input| + l2 · Σ input²) / N
///
/// - Input shape: any, N samples; output shape: the same.
/// - Throws: from `build`, a `CognitronError` where l1 or l2 is below 0.
/// - Source: Keras `ActivityRegularization`.
public final class ActivityRegularization: Layer, Codable {
    public let l1: Float
    public let l2: Float
    public let name: String?

    /// - Parameters:
    ///   - l1: the factor of the magnitudes, at least 0.
    ///   - l2: the factor of the squares, at least 0.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(l1: Float = 0, l2: Float = 0, name: String? = nil) {
        self.l1 = l1
        self.l2 = l2
        self.name = name
    }

    public func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.require(activityRegularizer: .l1l2(l1: l1, l2: l2))
        return input
    }

    public func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let output = input
        return (output, pass.charging(.l1l2(l1: l1, l2: l2), for: output) { $0 })
    }
}

extension Pass {
    /// Adds a regularizer's penalty of a layer's output to the loss, as a mean over the samples.
    ///
    /// - Parameter pullback: the layer's.
    /// - Returns: the layer's pullback with the penalty's gradient added to the output's.
    func charging(
        _ regularizer: Regularizer?, for output: Tensor, _ pullback: @escaping Pullback
    ) -> Pullback {
        guard let regularizer else { return pullback }
        let share = 1 / Float(max(1, output.shape.first ?? 1))
        add(loss: regularizer.penalty(of: output) * share)
        guard needsPullback else { return pullback }
        return { pullback($0 + regularizer.gradient(at: output) * share) }
    }
}

extension BuildContext {
    /// Throws where the arguments of a regularizer of outputs are impossible.
    func require(activityRegularizer: Regularizer?) throws {
        guard let problem = activityRegularizer?.rule.problem else { return }
        throw error(
            .argument, "invalid activityRegularizer", expected: problem.expected, got: problem.got)
    }
}
