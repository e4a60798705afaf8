/// One batch of data: what a `BatchSource` gives and a `TrainingStep` takes.
public struct Batch: Sendable {
    /// One tensor `(N, …)` for each input.
    public var inputs: [Tensor]
    /// One tensor for each output, in the form that its loss wants; of a step of one's own, whatever it
    /// wants.
    public var targets: [Tensor]
    /// How much each sample `(N)` or each row `(N, T)` counts, for each output; nil, or missing, where all
    /// count alike.
    public var weights: [Tensor?]

    public init(inputs: [Tensor], targets: [Tensor] = [], weights: [Tensor?] = []) {
        self.inputs = inputs
        self.targets = targets
        self.weights = weights
    }

    /// The number of samples.
    public var count: Int { (inputs.first ?? targets.first)?.shape.first ?? 0 }

    /// The weights for output `index`.
    public func weight(_ index: Int) -> Tensor? { weights.indices.contains(index) ? weights[index] : nil }
}
