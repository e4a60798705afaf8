import CognitronKernels

/// Trains a decoder on some tokens of its own: what it will read when nobody tells it the right ones.
///
///     uₜ = yₜ with probability share(step), else argmax p(· | source, u₁ … uₜ₋₁)
///     loss = −Σ log p(yₜ | source, u₁ … uₜ₋₁)
///
///     try model.compile(
///         optimizer: Adam(), loss: .sparseCategoricalCrossentropy(fromLogits: true),
///         step: { ScheduledSampling(wrapped: $0, share: .linear(to: 0.25, steps: 2_000)) })
///
/// The model has an input of written tokens `(N, T)`, as those of `TokenSource` are: a start mark, then the
/// tokens before each target. Each of them is drawn to be given or the model's own, but for the start mark
/// and padding. The model decodes as it does after the training, step by step and without dropout; no gradient
/// passes through its choices. A step costs about a third as much again as one with given tokens alone, and just
/// as much where the share is 1. Measurements are with given tokens.
///
/// - Throws: from fit, `CognitronError` where the model cannot decode step by step (see `Model.decoding`).
/// - Source: Bengio, Vinyals, Jaitly and Shazeer, "Scheduled Sampling for Sequence Prediction with Recurrent
///   Neural Networks" (2015).
public struct ScheduledSampling: WrappingStep {
    public let wrapped: SupervisedStep
    public let share: TeacherForcing
    /// The place among the model's inputs of the written tokens.
    public let input: Int

    public init(wrapped: SupervisedStep, share: TeacherForcing, input: Int = 1) {
        (self.wrapped, self.share, self.input) = (wrapped, share, input)
    }

    public func train(_ batch: Batch, _ trainer: Trainer) throws -> Scores {
        let share = share(trainer.stepsTaken)
        return try wrapped.train(share < 1 ? sampled(batch, share, trainer) : batch, trainer)
    }

    /// The batch with tokens of the model's own among those written.
    private func sampled(_ batch: Batch, _ share: Float, _ trainer: Trainer) throws -> Batch {
        guard let model = trainer.networks.first(where: { $0.value.supervisedStep === wrapped })?.value,
            batch.inputs.indices.contains(input), batch.inputs[input].rank == 2
        else {
            throw CognitronError(
                .argument, "ScheduledSampling", "input \(input) is no text that the model writes",
                expected: "tokens, samples × steps",
                got: batch.inputs.map { "\($0.shape)" }.joined(separator: ", "))
        }
        var (batch, given) = (batch, batch.inputs)
        let written = given.remove(at: input)
        let draws = Tensor.randomUniform(
            written.shape, in: 0..<1, key: trainer.stepKey.folding("scheduled sampling"))
        let isOwn = (draws .>= share) * (written .!= 0)
        var decoding = try model.decoding(given: given, stepping: input)
        var tokens = [written.slice(axis: 1, 0..<1)]
        for step in 1..<max(1, written.shape[1]) {
            let own = try decoding.next(tokens[step - 1]).argmax()  // (N, 1)
            // Padding would be masked, not read.
            let isTaken = isOwn.slice(axis: 1, step..<step + 1) * (own .!= 0)
            tokens.append(.where(isTaken, own, written.slice(axis: 1, step..<step + 1)))
        }
        batch.inputs[input] = .concatenated(tokens, axis: 1)
        return batch
    }
}
