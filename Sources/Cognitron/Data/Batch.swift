/// One batch of data: what a `BatchSource` gives and a `TrainingStep` takes.
public struct Batch: Sendable {
    /// One tensor `(N, …)` for each input.
    public var inputs: [Tensor]
    /// One tensor for each output, in the form that its loss takes, or only those of the outputs with a loss
    /// or metrics. A training step of your own may take any others.
    public var targets: [Tensor]
    /// The weight of each sample `(N)` or each row `(N, T)`, for each output; nil or missing for weights of
    /// 1.
    public var weights: [Tensor?]

    public init(inputs: [Tensor], targets: [Tensor] = [], weights: [Tensor?] = []) {
        self.inputs = inputs
        self.targets = targets
        self.weights = weights
    }

    /// The number of samples: 0 of a batch without tensors.
    public var count: Int { (inputs.first ?? targets.first)?.shape.first ?? 0 }

    /// The weights for output `index`.
    public func weight(_ index: Int) -> Tensor? { weights.indices.contains(index) ? weights[index] : nil }
}
