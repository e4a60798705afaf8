import Cognitron
import CognitronPlots
import Foundation

extension Experiment {
    /// A generator of points of the plane, whose density comes to be the data's while the discriminator's
    /// map flattens: on −log D with drawings, and on the other losses with figures.
    ///
    /// - Source: Goodfellow et al., "Generative Adversarial Nets" (2014), figure 1 in one dimension more.
    public static let ganToy = Experiment(
        "gan-toy", "points of the plane: the generator's density, and the discriminator's map, over the steps"
    ) { settings in
        let data = PlanePoints(settings)
        var table = FindingsTable(
            "Points after the training",
            columns: ["mean apart", "spread", "clusters", "D(x)", "D(G(z))", "V"])
        var plots: [String: Plot] = [:]
        let losses: [AdversarialLoss] = [
            .nonSaturating, .minimax, .leastSquares, .hinge, .wasserstein,
        ]
        for loss in losses.prefix(settings.pick(full: losses.count, small: 1)) {
            settings.report(loss.name)
            let run = try PlaneGAN(data, loss, settings)
            let (apart, spread, clusters) = data.compared(with: run.moments[run.moments.count - 1].points)
            let last = ["D(x)", "D(G(z))", "V"].map { run.history[$0].last.map(Double.init) }
            table.add(loss.name, [apart, spread, Double(clusters)] + last)
            guard plots.isEmpty else { continue }
            plots["gan-toy-densities"] = try run.densities(data)
            plots["gan-toy-value"] = run.course
            plots["gan-toy-losses"] = generatorLosses
        }
        return Findings(
            [table], plots: plots,
            notes: ["\(data.centers.count) clusters; where D is ½ everywhere, V is −log 4 = −1.3863"])
    }

    /// The generator's two losses by what the discriminator says of a sample.
    private static var generatorLosses: Plot {
        let outputs = (1..<100).map { Double($0) / 100 }
        return Chart(
            "What the generator minimises", x: .init("D(G(z))"), y: .init(""),
            series: [
                .init("log(1 − D): flat where the generator is bad", outputs.map { ($0, log(1 - $0)) }),
                .init("−log D: steep there", outputs.map { ($0, -log($0)) }),
            ]
        ).plot()
    }
}

/// Clusters of points: normally distributed around centres.
struct PlanePoints {
    let centers: [SIMD2<Float>]
    let deviations: SIMD2<Float>
    let points: Tensor

    init(_ settings: ExperimentSettings) {
        let corners: [SIMD2<Float>] = [[1.2, 1.2], [-1.2, 1.2], [-1.2, -1.2], [1.2, -1.2]]
        centers = settings.pick(full: corners, small: [[1, -0.5]])
        deviations = settings.pick(full: [0.25, 0.25], small: [0.5, 0.25])
        let (count, centers, deviations) = (2048, centers, deviations)
        let normal = Tensor.randomNormal([count, 2], seed: settings.seed)
        let places = Tensor(
            (0..<count).flatMap { [centers[$0 % centers.count].x, centers[$0 % centers.count].y] },
            shape: [count, 2])
        points = places + normal * Tensor([deviations.x, deviations.y])
    }

    /// How far apart the means are, the ratio of the mean deviations from them, and the number of clusters
    /// that have at least half of their share of the points within three deviations.
    func compared(with made: Tensor) -> (apart: Double, spread: Double, clusters: Int) {
        let apart = (made.mean(axis: 0) - points.mean(axis: 0)).squared.sum().squareRoot()
        let spreads = [made, points].map { $0.variance(axis: 0).sum().squareRoot() }
        let found = centers.count { center in
            let distances = ((made - Tensor([center.x, center.y])) / Tensor([deviations.x, deviations.y]))
                .squared.sum(axis: 1)
            let share = (distances .< 9).mean()
            return share > 0.5 / Float(centers.count)
        }
        return (Double(apart), Double(spreads[0] / spreads[1]), found)
    }
}

/// A generator and a discriminator of points.
struct PlaneGAN {
    /// What the networks were like after so many steps.
    struct Moment {
        let steps: Int
        let points: Tensor
        /// D over the plane, (side, side), from above.
        let judged: Tensor
    }

    let generator: Model
    let discriminator: Model
    let history: History
    let moments: [Moment]

    private static let side = 40
    private static let reach: Float = 2.4

    private init(_ generator: Model, _ discriminator: Model, _ history: History, _ moments: [Moment]) {
        (self.generator, self.discriminator) = (generator, discriminator)
        (self.history, self.moments) = (history, moments)
    }
}

extension PlaneGAN {
    /// Trains both networks on points.
    init(_ data: PlanePoints, _ loss: AdversarialLoss, _ settings: ExperimentSettings) throws {
        let isCritic = loss.name == AdversarialLoss.wasserstein.name
        let clip: Constraint? = isCritic ? .clip(0.2) : nil
        let units = settings.pick(full: 32, small: 16)
        let generator = Sequential(name: "generator") {
            Input(2)
            for _ in 0..<2 { Dense(units, activation: .relu) }
            Dense(2)
        }
        let discriminator = Sequential(name: "discriminator") {
            Input(2)
            for _ in 0..<2 {
                Dense(units, activation: .leakyRelu(negativeSlope: 0.2), kernelConstraint: clip)
            }
            Dense(1, kernelConstraint: clip)
        }
        let epochs = settings.pick(full: 200, small: 60)
        let (batchSize, steps) = (128, epochs * 16)
        func optimizer() -> any Optimizer {
            Adam(learningRate: .cosineDecay(initialLearningRate: 2e-3, decaySteps: steps), beta1: 0.5)
        }
        let trainer = Trainer(
            networks: ["generator": generator, "discriminator": discriminator],
            optimizers: ["generator": optimizer(), "discriminator": optimizer()],
            step: AdversarialStep(loss: loss, discriminatorSteps: isCritic ? 3 : 1), seed: settings.seed)
        var moments: [Moment] = []
        let shown = [0, steps / 32, steps / 8, steps / 2, steps]
        func look() throws {
            if shown.contains(trainer.stepsTaken) {
                moments.append(try Self.moment(trainer.stepsTaken, generator, discriminator, loss))
            }
        }
        try look()
        let history = try trainer.fit(
            SampleSource([data.points]), batchSize: batchSize, epochs: epochs,
            callbacks: [LambdaCallback(onTrainBatchEnd: { _, _, _ in try look() })], verbose: .silent)
        self.init(generator, discriminator, history, moments)
    }

    private static func moment(
        _ steps: Int, _ generator: Model, _ discriminator: Model, _ loss: AdversarialLoss
    ) throws -> Moment {
        let places = (0..<side).flatMap { row in
            (0..<side).flatMap { column -> [Float] in
                let step = 2 * reach / Float(side - 1)
                return [-reach + Float(column) * step, reach - Float(row) * step]
            }
        }
        let logits = try discriminator.predict(Tensor(places, shape: [side * side, 2]))
        let judged = loss.outputsProbabilities ? ActivationFunction.sigmoid(logits) : logits
        return Moment(
            steps: steps, points: try generator.predict(Tensor.randomNormal([20_000, 2], seed: 7)),
            judged: judged.reshaped([side, side]))
    }
}

// MARK: - Drawings

extension PlaneGAN {
    /// The data's density, and the generator's and the discriminator's map at each moment.
    func densities(_ data: PlanePoints) throws -> Plot {
        let made = moments.map { moment in
            Plot.HeatMap(Self.density(moment.points), caption: ["\(moment.steps) steps"])
        }
        let judged = moments.map { moment in
            Plot.HeatMap(moment.judged, caption: ["\(moment.steps) steps"], range: 0...1, colors: .diverging)
        }
        return try .heatMaps(
            "Two densities meet", subtitle: "the plane from −2.4 to 2.4",
            rows: [
                ("The data", [Plot.HeatMap(Self.density(data.points), caption: [""])]),
                ("What the generator makes", made), ("D: blue 0, white ½, red 1", judged),
            ])
    }

    /// The share of points in each cell of the plane, from above.
    private static func density(_ points: Tensor) -> Tensor {
        var counts = [Float](repeating: 0, count: side * side)
        let scalars = points.scalars
        for point in 0..<points.shape[0] {
            let (x, y) = (scalars[2 * point], scalars[2 * point + 1])
            guard abs(x) < reach, abs(y) < reach else { continue }
            let (column, row) = (
                Int((x + reach) / (2 * reach) * Float(side)), Int((reach - y) / (2 * reach) * Float(side))
            )
            counts[min(row, side - 1) * side + min(column, side - 1)] += 1
        }
        return Tensor(counts, shape: [side, side]) / Float(points.shape[0])
    }

    /// V beside −log 4, and what the discriminator says of both kinds of points.
    var course: Plot {
        func points(_ name: String) -> [(Double, Double)] {
            history[name].enumerated().map { (Double($0 + 1), Double($1)) }
        }
        let epochs = Chart.Axis("epoch", scale: .whole)
        return Plot(
            "The course of the game",
            panels: [
                Chart(
                    "V(D, G)", x: epochs, y: .init(""), series: [.init("V", points("V"))],
                    marks: [.init("−log 4", at: -log(4), .horizontal)]),
                Chart(
                    "Mean output of the discriminator", x: epochs, y: .init(""),
                    series: [.init("D(x)", points("D(x)")), .init("D(G(z))", points("D(G(z))"))],
                    marks: [.init("½", at: 0.5, .horizontal)]),
            ])
    }
}
