/// What one output of a model is trained and judged by.
struct Objective {
    /// The output's name.
    let name: String
    /// nil for an output that is not trained.
    let loss: Loss?
    let weight: Float
    let metrics: [any Metric]
    /// Metrics that count samples by their weights.
    let weightedMetrics: [any Metric]

    var allMetrics: [any Metric] { metrics + weightedMetrics }

    /// What the scores call them. A weighted metric that is also measured without weights is told apart as in
    /// Keras: `weighted_accuracy`.
    var metricNames: [String] {
        let plain = metrics.map(\.name)
        return plain + weightedMetrics.map { plain.contains($0.name) ? "weighted_\($0.name)" : $0.name }
    }

    func validate() throws {
        try loss?.validate()
        for metric in allMetrics { try metric.validate() }
    }
}

/// A loss that is computed from several outputs at once.
///
///     JointLoss("contrast") { outputs, targets in (loss: …, gradients: […]) }
public struct JointLoss: Sendable {
    public let name: String
    let function: @Sendable (_ outputs: [Tensor], _ targets: [Tensor]) -> (loss: Float, gradients: [Tensor])

    /// - Parameter function: from all outputs of the model and all targets, the loss of the batch and its
    ///   gradient with respect to every output.
    public init(
        _ name: String,
        _ function:
            @escaping @Sendable (_ outputs: [Tensor], _ targets: [Tensor]) -> (
                loss: Float, gradients: [Tensor]
            )
    ) {
        self.name = name
        self.function = function
    }
}
