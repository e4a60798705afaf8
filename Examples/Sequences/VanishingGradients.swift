import CognitronKernels
import Cognitron
import CognitronPlots

extension Experiment {
    /// How far gradients reach back through time: in simple recurrent layers, where they vanish or explode, in
    /// LSTM and GRU, and what clipping and states that are carried over do.
    ///
    /// - Source: Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks"
    ///   (2013); Hochreiter and Schmidhuber, "Long Short-Term Memory" (1997).
    public static let vanishingGradients = Experiment(
        "vanishing-gradients", "how far gradients reach back: SimpleRNN, LSTM, GRU; clipping; truncation"
    ) { settings in
        let study = GradientReach(settings: settings)
        let (sizes, sizeSeries) = try study.sizes()
        let (accuracies, accuracySeries) = try study.memories()
        let (clipping, lossSeries) = try study.clipping()
        let plot = Plot(
            "How far gradients reach back through time",
            panels: [
                Chart(
                    "Gradient of the last state by an input, before training",
                    x: Chart.Axis("steps between them", scale: .whole),
                    y: Chart.Axis("size, relative to the last step's", scale: .logarithmic),
                    series: sizeSeries),
                Chart(
                    "Naming the first of many symbols", x: Chart.Axis("steps in between", scale: .whole),
                    y: Chart.Axis("accuracy", scale: .share), series: accuracySeries),
                Chart(
                    "Large recurrent weights, with and without clipping",
                    x: Chart.Axis("epoch", scale: .whole), y: Chart.Axis("loss (nats)"), series: lossSeries),
            ])
        return Findings(
            [sizes, accuracies, clipping, try study.truncation()], plots: ["vanishing-gradients": plot])
    }
}

/// The parts of the experiment.
private struct GradientReach {
    let settings: ExperimentSettings
    private let units = 32

    private static let kinds: [RecurrentKind] = [
        .simple(scale: 0.8), .simple, .simple(scale: 2), .lstm, .rememberingLSTM, .gru, .rememberingGRU,
    ]

    private func key(_ name: String) -> RandomKey { RandomKey(seed: settings.seed).folding(name) }

    /// Sizes of gradients before training, by distance.
    func sizes() throws -> (FindingsTable, [Chart.Series]) {
        let steps = settings.pick(full: 101, small: 41)
        let shown = [1, 10, 20, 40, 100].filter { $0 < steps }
        var table = FindingsTable("Gradient by an input", columns: shown.map { "\($0) steps back" })
        var series: [Chart.Series] = []
        for kind in Self.kinds {
            let (layer, inputs) = (kind.layer(units), 8)
            let model = Sequential([Input(steps, inputs), layer])
            try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: settings.seed)
            kind.prepare(layer)
            let x = Tensor.randomNormal([64, steps, inputs], standardDeviation: 0.3, key: key("inputs"))
            let (state, pullback) = model.forward(x, .training)
            let gradient = pullback(.randomNormal(state.shape, key: key("directions")))
            let sizes = gradient.squared.mean(axes: [0, 2]).squareRoot.scalars.reversed().map { Double($0) }
            let relative = sizes.map { $0 / sizes[0] }
            table.add(kind.name, shown.map { relative[$0] })
            // What is too small for a number has no place on the axis.
            let points = relative.enumerated().map { (Double($0), $1) }.filter { $0.1 > 0 }
            series.append(Chart.Series(kind.name, points))
        }
        return (table, series)
    }

    /// How well the first symbol is known at the end of sequences of several lengths.
    func memories() throws -> (FindingsTable, [Chart.Series]) {
        let distances = settings.pick(full: [5, 10, 20, 50, 100], small: [30])
        var table = FindingsTable(
            "First symbol, accuracy", columns: distances.map { "\($0) steps back" }, format: .percent)
        var series: [Chart.Series] = []
        for kind in [RecurrentKind.simple, .lstm, .rememberingLSTM, .gru, .rememberingGRU] {
            let accuracies = try distances.map { distance in
                settings.report("\(kind.name), \(distance) steps")
                return try accuracy(kind, distance: distance)
            }
            table.add(kind.name, accuracies)
            series.append(Chart.Series(kind.name, zip(distances, accuracies).map { (Double($0), $1) }))
        }
        return (table, series)
    }

    private func accuracy(_ kind: RecurrentKind, distance: Int) throws -> Double {
        let model = try classifier(
            kind, distance: distance, Adam(learningRate: 0.003), [.clip(globalNorm: 1)])
        let count = settings.pick(full: 2_000, small: 1_000)
        let train = MemoryTasks.first(count, distance: distance, key("train"))
        let test = MemoryTasks.first(500, distance: distance, key("test"))
        let epochs = settings.pick(full: 15, small: 5)
        try model.fit(train.x, train.y, batchSize: 32, epochs: epochs, verbose: .silent)
        return Double(try model.evaluate(test.x, test.y).accuracy ?? .nan)
    }

    private func classifier(
        _ kind: RecurrentKind, distance: Int, _ optimizer: any Optimizer,
        _ gradients: [any GradientTransform]
    ) throws -> Model {
        let layer = kind.layer(units)
        let model = Sequential([
            Input(distance + 1, MemoryTasks.classCount + 1), layer,
            Dense(MemoryTasks.classCount, activation: .softmax),
        ])
        try model.compile(
            optimizer: optimizer, loss: .sparseCategoricalCrossentropy, metrics: [.accuracy],
            gradients: gradients, seed: settings.seed)
        kind.prepare(layer)
        return model
    }

    /// Training from recurrent weights whose gradients explode.
    func clipping() throws -> (FindingsTable, [Chart.Series]) {
        var table = FindingsTable("Weights × 2", columns: ["largest gradient", "first loss", "last loss"])
        var series: [Chart.Series] = []
        let train = MemoryTasks.first(1_000, distance: 20, key("clipping"))
        for (name, clip) in [
            ("no clipping", nil), ("clipped to a norm of 1", ClipByGlobalNorm.clip(globalNorm: 1)),
        ] {
            let norms = GradientNorms()
            let model = try classifier(
                .simple(scale: 2), distance: 20, SGD(learningRate: 0.1), [norms] + (clip.map { [$0] } ?? []))
            let losses = try model.fit(
                train.x, train.y, batchSize: 32, epochs: settings.pick(full: 15, small: 4), verbose: .silent
            ).loss.map { Double($0) }
            table.add(name, [norms.largest, losses.first, losses.last])
            series.append(Chart.Series(name, losses.enumerated().map { (Double($0 + 1), $1) }))
        }
        return (table, series)
    }

    /// Symbols of three steps before, learnt on streams in windows of five steps: gradients end with the
    /// window, and the state ends with it or goes on.
    func truncation() throws -> FindingsTable {
        var table = FindingsTable(
            "Symbol of three steps before, windows of five", columns: ["accuracy"], format: .percent)
        let (streams, windows) = (32, settings.pick(full: 100, small: 60))
        func data(_ name: String) -> (x: Tensor, y: Tensor) {
            MemoryTasks.echo(streams: streams, windows: windows, steps: 5, delay: 3, key(name))
        }
        let (train, test) = (data("train"), data("test"))
        for isCarried in [false, true] {
            let model = Sequential([
                Input(5, MemoryTasks.classCount),
                SimpleRNN(units, returnSequences: true, stateful: isCarried),
                Dense(MemoryTasks.classCount, activation: .softmax),
            ])
            try model.compile(
                optimizer: Adam(learningRate: 0.003), loss: .sparseCategoricalCrossentropy,
                metrics: [.accuracy], seed: settings.seed)
            for _ in 0..<settings.pick(full: 20, small: 12) {
                model.resetStates()
                try model.fit(
                    train.x, train.y, batchSize: streams, epochs: 1, shuffle: false, verbose: .silent)
            }
            model.resetStates()
            let accuracy = try model.evaluate(test.x, test.y, batchSize: streams).accuracy
            table.add(
                isCarried ? "state carried over" : "each window from zeros", [accuracy.map(Double.init)])
        }
        return table
    }
}

/// Notes the largest common norm of the gradients.
private final class GradientNorms: GradientTransform {
    private let norm = Locked(0.0)
    var largest: Double { norm.withLock { $0 } }

    func apply(to parameters: [Parameter]) -> Bool {
        let squares = parameters.filter(\.hasGradient).reduce(0.0) { $0 + Double($1.gradient.squared.sum()) }
        norm.withLock { $0 = max($0, squares.squareRoot()) }
        return true
    }
}
