import Cognitron
import CognitronData
import CognitronPlots
import Foundation

extension Experiment {
    /// Plain and residual networks of 20 and 56 layers: the size of the gradient of each layer before
    /// training, and how they train.
    ///
    /// Without normalisation and with Glorot's weights, which suit tanh, each plain layer halves the variance
    /// of its activations and of the gradient. With normalisation the gradient of a plain network grows
    /// towards the first layer instead (Yang et al., "A Mean Field Theory of Batch Normalization", 2019).
    ///
    /// - Source: He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition" (2016), figure 6.
    public static let networkDepth = Experiment(
        "network-depth", "plain and residual networks of 20 and 56 layers: gradients and training curves"
    ) { settings in
        let task =
            try settings.scale == .full
            ? ClassifierTask(.cifar10, settings, trainCount: 3_000, testCount: 2_000)
            : ClassifierTask(.digits, settings, trainCount: 512)
        let depths = settings.pick(full: [20, 56], small: [8, 38])
        let networks = [false, true].flatMap { isResidual in
            depths.map { DeepNetwork(depth: $0, isResidual: isResidual) }
        }
        let bare = [false, true].map { isResidual in
            DeepNetwork(
                depth: depths[1], isResidual: isResidual, isNormalized: false, initializer: .glorotUniform)
        }
        var table = FindingsTable(
            "Network", columns: ["gradient, first layer", "gradient, last", "training loss", "test accuracy"])
        var (curves, sizes): ([Chart.Series], [Chart.Series]) = ([], [])
        for (number, network) in networks.enumerated() {
            settings.report(network.name)
            let gradients = try gradientSizes(network, task, settings)
            let (losses, accuracy) = try trained(network, task, settings)
            table.add(network.name, [gradients.first, gradients.last, losses.last, accuracy])
            sizes.append(series(network.name, gradients, number))
            curves.append(series(network.name, losses, number))
        }
        for (number, network) in bare.enumerated() {
            let name = "\(network.name), not normalised"
            let gradients = try gradientSizes(network, task, settings)
            table.add(name, [gradients.first, gradients.last, nil, nil])
            sizes.append(series(name, gradients, number + 4))
        }
        return Findings([table], plots: ["network-depth": plot(sizes, curves)])
    }

    private static func series(_ name: String, _ values: [Double], _ color: Int) -> Chart.Series {
        let points = values.enumerated().map { (Double($0.offset + 1), $0.element) }
        return Chart.Series(name, points, style: name.contains("plain") ? .dashed : .line, color: color)
    }

    private static func plot(_ sizes: [Chart.Series], _ curves: [Chart.Series]) -> Plot {
        Plot(
            "Plain and residual networks",
            panels: [
                Chart(
                    "Gradient of each 3×3 kernel before training", x: Chart.Axis("layer", scale: .whole),
                    y: Chart.Axis("root mean square", scale: .logarithmic), series: sizes),
                Chart(
                    "Training loss", x: Chart.Axis("epoch", scale: .whole), y: Chart.Axis("nats"),
                    series: curves),
            ])
    }

    private static let width = 8

    /// The gradients' sizes for the first 128 pictures, from the first layer to the last.
    private static func gradientSizes(
        _ network: DeepNetwork, _ task: ClassifierTask, _ settings: ExperimentSettings
    ) throws -> [Double] {
        let (model, sizes) = (try network.model(for: task, width: width), GradientSizes())
        try model.compile(
            optimizer: SGD(), loss: .sparseCategoricalCrossentropy, gradients: [sizes], seed: settings.seed)
        try model.fit(task.train.take(128), batchSize: 128, verbose: .silent)
        return sizes.values
    }

    /// The training loss by epoch, and the test accuracy at the end.
    private static func trained(
        _ network: DeepNetwork, _ task: ClassifierTask, _ settings: ExperimentSettings
    ) throws -> (losses: [Double], accuracy: Double) {
        let model = try network.model(for: task, width: width)
        let (epochs, batchSize) = (settings.pick(full: 8, small: 5), 32)
        let steps = epochs * ((task.train.sampleCount ?? 0) / batchSize)
        try model.compile(
            optimizer: SGD(
                learningRate: .cosineDecay(initialLearningRate: 0.05, decaySteps: steps), momentum: 0.9),
            loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], seed: settings.seed)
        let history = try model.fit(task.train, batchSize: batchSize, epochs: epochs, verbose: .silent)
        return (
            history.loss.map(Double.init), Double(try model.evaluate(task.test).accuracy ?? .nan)
        )
    }
}
