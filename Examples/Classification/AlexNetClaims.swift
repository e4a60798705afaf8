import Cognitron
import CognitronData
import CognitronModels
import CognitronPlots

extension Experiment {
    /// Three claims of the AlexNet paper on a small network: ReLU reaches a training error of 25 % several
    /// times sooner than tanh, dropout takes about twice as many steps, overlapping pools err a little less.
    ///
    /// Weights are drawn as suits the function (He, Glorot), and Adam trains. Accuracies of the training
    /// pictures are measured without dropout.
    ///
    /// - Source: Krizhevsky, Sutskever and Hinton, "ImageNet Classification with Deep Convolutional Neural
    ///   Networks" (2012), sections 3.1, 3.4 and 4.2, figure 1.
    public static let alexNetClaims = Experiment(
        "alexnet-claims", "ReLU against tanh, dropout's cost in epochs, overlapping pooling"
    ) { settings in
        let task =
            try settings.scale == .full
            ? ClassifierTask(.cifar10, settings, trainCount: 4_000, testCount: 2_000)
            : ClassifierTask(.digits, settings, trainCount: 640)
        let variants = [
            ("ReLU, overlapping pools", ClaimNetwork()),
            ("tanh", ClaimNetwork(activation: .tanh, initializer: .glorotUniform)),
            ("dropout", ClaimNetwork(dropout: 0.5)),
            ("pools side by side", ClaimNetwork(overlapsPooling: false)),
        ]
        var table = FindingsTable(
            "Network",
            columns: ["epochs to the level", "training accuracy", "test accuracy"])
        // Few digits are soon learnt by heart.
        let level = settings.pick(full: 0.75, small: 0.9)
        var curves: [Chart.Series] = []
        for (number, (name, network)) in variants.enumerated() {
            settings.report(name)
            let (training, test) = try network.curves(task, settings)
            table.add(name, [epochs(in: training, to: level), training.last, test.last])
            for (values, style) in [(training, Chart.Series.Style.line), (test, .dashed)] {
                let points = values.enumerated().map { (Double($0.offset), $0.element) }
                curves.append(
                    Chart.Series(style == .line ? name : "", points, style: style, color: number))
            }
        }
        let chart = Chart(
            "What AlexNet's parts change", subtitle: "lines: training pictures; dashed: test pictures",
            x: Chart.Axis("epoch", scale: .whole), y: Chart.Axis("accuracy", scale: .share), series: curves)
        return Findings(
            [table], plots: ["alexnet-claims": chart.plot()],
            notes: ["The level: \(Int(level * 100)) % of the training pictures classified correctly."])
    }

    /// Where the straight lines between epochs, from epoch 0 on, reach a level; nil where they do not.
    private static func epochs(in curve: [Double], to level: Double) -> Double? {
        guard let after = curve.firstIndex(where: { $0 >= level }), after > 0 else { return nil }
        return Double(after) - (curve[after] - level) / (curve[after] - curve[after - 1])
    }
}

/// Three convolutions with pools, and a dense layer with dropout.
private struct ClaimNetwork: Sendable {
    var activation = ActivationFunction.relu
    /// The initial weights that suit the function.
    var initializer = Initializer.heNormal
    var dropout: Float = 0
    var overlapsPooling = true

    private func model(for task: ClassifierTask) -> Sequential {
        Sequential {
            Input(shape: task.inputShape)
            Normalization()
            for filters in [32, 32, 64] {
                Conv2D(
                    filters, kernelSize: 3, padding: .same, activation: activation,
                    kernelInitializer: initializer)
                MaxPooling2D(poolSize: overlapsPooling ? 3 : 2, strides: 2, padding: .same)
            }
            Flatten()
            Dense(128, activation: activation, kernelInitializer: initializer)
            if dropout > 0 { Dropout(dropout) }
            Dense(task.classCount, activation: .softmax)
        }
    }

    /// The accuracies before training and after each epoch.
    func curves(
        _ task: ClassifierTask, _ settings: ExperimentSettings
    ) throws -> (training: [Double], test: [Double]) {
        let model = model(for: task)
        try model.compile(
            optimizer: Adam(), loss: .sparseCategoricalCrossentropy,
            metrics: [.accuracy], seed: settings.seed)
        try model.adaptNormalization(to: task.train)
        let seen = task.train.take(1_000)
        var (training, test): ([Double], [Double]) = ([], [])
        for epoch in 0...settings.pick(full: 14, small: 10) {
            if epoch > 0 {
                try model.fit(
                    task.train, batchSize: settings.pick(full: 32, small: 16), epochs: epoch,
                    initialEpoch: epoch - 1, verbose: .silent)
            }
            training.append(Double(try model.evaluate(seen).accuracy ?? .nan))
            test.append(Double(try model.evaluate(task.test).accuracy ?? .nan))
        }
        return (training, test)
    }
}
