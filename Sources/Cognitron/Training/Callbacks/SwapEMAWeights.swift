/// Measures and predicts with the moving averages of the weights, which optimizers with `useEma: true` keep,
/// and trains on with the weights themselves.
///
///     try model.compile(optimizer: Adam(useEma: true), …)
///     try model.fit(x, y, validationData: …, callbacks: [SwapEMAWeights()])
///
/// With `swapOnEpoch`, callbacks after this one see the averages at the end of an epoch too: a
/// `ModelCheckpoint` saves them.
///
/// - Source: Keras `SwapEMAWeights`.
public final class SwapEMAWeights: Callback {
    private let swapOnEpoch: Bool
    /// The weights of the training while the averages are in the model.
    private var trained: [Tensor]?

    /// - Parameter swapOnEpoch: whether the averages are also in the model between the epochs.
    public init(swapOnEpoch: Bool = false) { self.swapOnEpoch = swapOnEpoch }

    /// - Throws: `CognitronError` where an optimizer keeps no averages.
    public func onTrainBegin(_ model: Model) throws {
        trained = nil
        try requireAverages(model)
    }

    public func onEpochBegin(_ epoch: Int, _ model: Model) throws { swapBack(model) }
    public func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        if swapOnEpoch { try swap(model) }
    }
    /// After a complete training the averages stay, which the optimizer also leaves.
    public func onTrainEnd(_ model: Model) throws {
        if model.trainer?.run?.hasEnded == true { trained = nil } else { swapBack(model) }
    }

    public func onTestBegin(_ model: Model) throws { try swap(model) }
    public func onTestEnd(_ scores: Scores, _ model: Model) throws { swapBack(model) }
    public func onPredictBegin(_ model: Model) throws { try swap(model) }
    public func onPredictEnd(_ model: Model) throws { swapBack(model) }

    private func swap(_ model: Model) throws {
        guard trained == nil else { return }
        try requireAverages(model)
        trained = model.trainedParameters.map(\.value)
        model.trainer?.finalizeWeights()
    }

    private func swapBack(_ model: Model) {
        guard let trained else { return }
        for (parameter, value) in zip(model.trainedParameters, trained) { parameter.value = value }
        self.trained = nil
    }

    private func requireAverages(_ model: Model) throws {
        for optimizer in try model.optimizers(of: nil, "SwapEMAWeights") where !optimizer.keepsAverages {
            throw CognitronError(
                .argument, "SwapEMAWeights", "\(type(of: optimizer)) keeps no averages of the weights",
                expected: "an optimizer with useEma: true", got: "useEma: false")
        }
    }
}

extension SwapEMAWeights: Stateful {
    public func saveState() -> StateTree { ["trained": .list((trained ?? []).map { .tensor($0) })] }

    public func restore(_ state: StateTree) throws {
        let weights: [Tensor] = try state.get("trained")
        trained = weights.isEmpty ? nil : weights
    }
}

extension Optimizer {
    /// Whether it keeps averages, or is one of the user's own, which may.
    fileprivate var keepsAverages: Bool {
        switch self {
        case let optimizer as any SlotOptimizer: optimizer.state.options.useEma
        case let lookahead as Lookahead: lookahead.optimizer.keepsAverages
        case let several as MultiOptimizer:
            several.optimizers.isEmpty || several.optimizers.contains { $0.keepsAverages }
        default: true
        }
    }
}
