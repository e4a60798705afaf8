/// The loss and metrics of one output of a model, as `compile` was given them.
public struct Objective: Sendable {
    /// The output's name.
    public let name: String
    /// nil for an output that is not trained.
    public let loss: Loss?
    /// The factor of the loss in the sum.
    public let weight: Float
    public let metrics: [any Metric]
    /// Metrics that count samples by their weights.
    public let weightedMetrics: [any Metric]

    var allMetrics: [any Metric] { metrics + weightedMetrics }

    /// Whether the loss or a metric reads the output's target.
    var needsTarget: Bool { loss != nil || !metrics.isEmpty || !weightedMetrics.isEmpty }

    /// The metrics' names in the scores. A weighted metric that is also measured without weights gets a
    /// prefix, as in Keras: `weighted_accuracy`.
    var metricNames: [String] {
        let plain = metrics.map(\.name)
        return plain + weightedMetrics.map { plain.contains($0.name) ? "weighted_\($0.name)" : $0.name }
    }

    /// Targets as the metrics see them: as the loss does, or in the output's shape.
    func target(_ target: Tensor, output: Shape) -> Tensor {
        if let loss { return loss.aligned(target, to: output) }
        return target.count == output.elementCount ? target.reshaped(output) : target
    }

    func validate() throws {
        try loss?.validate()
        for metric in allMetrics { try metric.validate() }
    }
}
