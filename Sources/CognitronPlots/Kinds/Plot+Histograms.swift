import Cognitron

extension Plot {
    /// How the weights of each layer are distributed, and what the layers give for some data.
    ///
    /// - Parameters:
    ///   - batch: the model's input for some samples, (N, …); nil for the weights alone.
    ///   - limit: the most layers; of more, evenly spaced ones are drawn.
    /// - Throws: `CognitronError` where the model does not take the batch, or has no weights.
    public static func histograms(
        of model: Model, batch: Tensor? = nil, limit: Int = 8, title: String = "Weights and activations"
    ) throws -> Plot {
        let expanded = try model.expanded()
        let layers = expanded.children.compactMap { child -> (name: String, kernel: Tensor)? in
            child.layer.allParameters.first { $0.shape.rank > 1 }.map { (child.name, $0.value) }
        }
        guard !layers.isEmpty else {
            throw CognitronError(
                .model, model.name ?? "the model", "has no weights", expected: "a layer with a kernel")
        }
        let count = min(limit, layers.count)
        let shown = (0..<count).map { layers[count == 1 ? 0 : $0 * (layers.count - 1) / (count - 1)] }
        let outputs = try batch.map { batch in
            try model.featureExtractor(shown.map(\.name)).predict([batch] as [any Samples])
        }
        let charts = shown.enumerated().map { index, layer in
            let weights = chart(
                layer.kernel, "\(layer.name): \(layer.kernel.count.grouped) weights", 0)
            guard let output = outputs?[index] else { return [weights] }
            return [weights, chart(output, "\(layer.name): output", 1)]
        }
        let samples = batch.map { ", outputs for \($0.shape[0]) samples" } ?? ""
        let ofAll = count < layers.count ? "\(count) of \(layers.count)" : "\(count)"
        return Plot(title, subtitle: "\(ofAll) layers\(samples)", grid: charts, width: 320, height: 100)
    }

    private static let bins = 40

    private static func chart(_ tensor: Tensor, _ title: String, _ color: Int) -> Chart {
        let values = tensor.scalars.filter(\.isFinite)
        let (low, high) = tensor.finiteRange
        let width = max((high - low) / Float(bins), 1e-12)
        var counts = [Int](repeating: 0, count: bins)
        for value in values { counts[min(bins - 1, max(0, Int((value - low) / width)))] += 1 }
        let total = Double(max(1, values.count))
        let mean = values.reduce(0.0) { $0 + Double($1) } / total
        let variance = values.reduce(0.0) { $0 + (Double($1) - mean) * (Double($1) - mean) } / total
        let zeros = Double(values.count { $0 == 0 }) / total
        return Chart(
            title,
            x: Chart.Axis(
                "mean \(mean.significant(2)), deviation \(variance.squareRoot().significant(2))"
                    + (zeros > 0.01 ? ", \(zeros.percent(0)) zeros" : "")),
            y: Chart.Axis("", scale: .share),
            series: [
                Chart.Series(
                    "",
                    counts.enumerated().map { (Double(low + (Float($0) + 0.5) * width), Double($1) / total) },
                    style: .bars, color: color)
            ])
    }
}
