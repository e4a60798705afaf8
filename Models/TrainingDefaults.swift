/// How commands train a network where they are not told otherwise; nil for what they do with most networks.
public struct TrainingDefaults: Sendable {
    /// The name of the optimizer: `adam`.
    public var optimizer: String?
    public var learningRate: Float?
    /// The name of the learning rate's course: `cosine`.
    public var schedule: String?
    /// The largest global norm of the gradients.
    public var clipNorm: Float?
    /// Samples per step.
    public var batchSize: Int?
    public var epochs: Int?

    public init(
        optimizer: String? = nil, learningRate: Float? = nil, schedule: String? = nil,
        clipNorm: Float? = nil, batchSize: Int? = nil, epochs: Int? = nil
    ) {
        (self.optimizer, self.learningRate, self.schedule) = (optimizer, learningRate, schedule)
        (self.clipNorm, self.batchSize, self.epochs) = (clipNorm, batchSize, epochs)
    }
}
