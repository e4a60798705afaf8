/// What compile has set: how the model is trained and judged.
struct Compilation {
    var optimizer: any Optimizer
    var losses: [Loss]
    var lossWeights: [Float]
    var metrics: [Metric]
    /// Where all random numbers come from: weights, shuffles, dropout.
    var key: RandomKey
    /// Epochs trained so far: every one shuffles in another way, also over several fits.
    var epochsTrained = 0
}

extension Model {
    /// Says how to train the model, and where its first weights come from. They are drawn when they are first needed;
    /// those that the model has already, from a file or earlier training, it keeps.
    ///
    /// - Parameters:
    ///   - optimizer: the rule that moves the weights.
    ///   - loss: what to make small.
    ///   - metrics: what else to measure.
    ///   - seed: where the random numbers come from; the same seed gives the same weights, bit for bit. Without one,
    ///     every run differs.
    /// - Throws: `CognitronError` where a layer does not take its input, or an argument is out of range. A model
    ///   without an `Input` is checked when it sees its first data.
    public func compile(
        optimizer: any Optimizer, loss: Loss, metrics: [Metric] = [], seed: UInt64? = nil
    ) throws {
        try compile(optimizer: optimizer, losses: [loss], metrics: metrics, seed: seed)
    }

    /// Says how to train a model with several outputs.
    ///
    /// - Parameters:
    ///   - losses: one an output.
    ///   - lossWeights: how much each counts in the sum; 1 each by default.
    ///   - metrics: measured on every output.
    public func compile(
        optimizer: any Optimizer, losses: [Loss], lossWeights: [Float]? = nil, metrics: [Metric] = [],
        seed: UInt64? = nil
    ) throws {
        try optimizer.validate()
        guard !graph.nodes.isEmpty else {
            throw CognitronError(.model, displayName, "has no layers", advice: "add layers before compile")
        }
        guard losses.count == outputCount, lossWeights.map({ $0.count == outputCount }) ?? true else {
            throw CognitronError(
                .argument, displayName, "needs a loss and a weight for each output",
                expected: "\(outputCount)",
                got: "\(losses.count) losses, \(lossWeights?.count ?? outputCount) weights")
        }
        for loss in losses { try loss.validate() }
        if let name = Self.duplicate(in: metrics.map(\.name)) {
            throw CognitronError(.argument, displayName, "two metrics are called \(name)")
        }
        let key = seed.map(RandomKey.init(seed:)) ?? RandomKey.system()
        compilation = Compilation(
            optimizer: optimizer, losses: losses,
            lossWeights: lossWeights ?? Array(repeating: 1, count: losses.count), metrics: metrics, key: key)
        if isBuilt {
            initialize(key)
        } else if let shape = (self as? Sequential)?.declaredInputShape {
            try build(shape)
        }
    }

    private static func duplicate(in names: [String]) -> String? {
        var seen: Set<String> = []
        return names.first { !seen.insert($0).inserted }
    }

    func requireCompilation() throws -> Compilation {
        if let compilation { return compilation }
        throw CognitronError(
            .model, displayName, "is not compiled", advice: "call compile(optimizer:loss:) first")
    }

    /// For each output, whether its loss is computed from what comes before its activation function.
    func fusedOutputs(_ losses: [Loss]) -> Set<Int> {
        Set(
            losses.indices.filter {
                losses[$0].fused.map { $0.activation } == graph.activation(ofOutput: $0)
                    && losses[$0].fused != nil
            })
    }
}
