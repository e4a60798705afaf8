import Cognitron
import CognitronData
import CognitronPlots

extension Experiment {
    /// One network that names, frames and outlines the largest of several shapes, beside one network for each
    /// of the three tasks; with equal weights of the losses, with weights chosen by hand, and with learnt
    /// ones.
    ///
    /// - Source: Kendall, Gal and Cipolla, "Multi-Task Learning Using Uncertainty to Weigh Losses for Scene
    ///   Geometry and Semantics" (2018).
    public static let multiTask = Experiment(
        "multi-task", "one network for the class, box and mask of the largest shape, or three networks"
    ) { settings in
        var table = FindingsTable(
            "Largest of several shapes", columns: ["class accuracy", "box IoU", "mask IoU"], format: .percent)
        let study = try SceneStudy(settings)
        for task in SceneStudy.Task.allCases {
            table.add("\(task.rawValue) alone", try study.scores([task], .equal))
        }
        for weighting in SceneStudy.Weighting.allCases {
            table.add(weighting.rawValue, try study.scores(SceneStudy.Task.allCases, weighting))
        }
        let parameters = try study.parameterCounts()
        return Findings(
            [table],
            notes: [
                "Parameters: \(parameters.shared) of one network, \(parameters.separate) of three."
            ])
    }
}

/// The networks of the experiment, on pictures of several shapes.
struct SceneStudy {
    enum Task: String, CaseIterable {
        case kind = "class"
        case box, mask
    }

    enum Weighting: String, CaseIterable {
        case equal = "all, equal weights"
        case chosen = "all, box × 20"
        case learned = "all, learnt weights"
    }

    private let settings: ExperimentSettings
    private let train: any BatchSource
    private let test: any BatchSource

    init(_ settings: ExperimentSettings) throws {
        self.settings = settings
        train = try LargestShape(.train, seed: settings.seed)
            .source(count: settings.pick(full: 10_000, small: 1_000)).cache()
        test = try LargestShape(.test, seed: settings.seed)
            .source(count: settings.pick(full: 2_000, small: 300)).cache()
    }

    /// Trains a network for some tasks; returns its scores in the order of all tasks, nil for the others.
    func scores(_ tasks: [Task], _ weighting: Weighting) throws -> [Double?] {
        let model = try network(tasks)
        let losses = tasks.map { task -> Loss in
            switch task {
            case .kind: .sparseCategoricalCrossentropy
            case .box: .meanSquaredError
            case .mask: .binaryCrossentropy
            }
        }
        try model.compile(
            optimizer: Adam(learningRate: 0.002), losses: losses,
            lossWeights: tasks.map { weighting == .chosen && $0 == .box ? 20 : 1 }, seed: settings.seed,
            step: weighting == .learned ? { UncertaintyWeighting(wrapped: $0) } : nil)
        let places = tasks.compactMap { Task.allCases.firstIndex(of: $0) }
        try model.fit(
            Self.selecting(places, of: train), batchSize: 50, epochs: settings.pick(full: 20, small: 8),
            verbose: .silent)
        if let step = model.trainer?.step as? UncertaintyWeighting {
            settings.report("σ: \(step.deviations)")
        }
        return try measured(model, tasks)
    }

    func parameterCounts() throws -> (shared: Int, separate: Int) {
        (
            try network(Task.allCases).parameterCount,
            try Task.allCases.reduce(0) { $0 + (try network([$1]).parameterCount) }
        )
    }

    private func measured(_ model: Model, _ tasks: [Task]) throws -> [Double?] {
        guard let count = test.sampleCount, let batch = try test.batch(Array(0..<count), nil) else {
            return Task.allCases.map { _ in nil }
        }
        let outputs = try model.predict(batch.inputs.map { $0 as any Samples })
        return Task.allCases.enumerated().map { place, task in
            guard let output = tasks.firstIndex(of: task).map({ outputs[$0] }) else { return nil }
            let target = batch.targets[place]
            let score =
                switch task {
                case .kind: zip(output.argmax(axis: 1).scalars, target.scalars).map { $0 == $1 ? 1.0 : 0 }
                case .box: Overlap.ofBoxes(output, target)
                case .mask: Overlap.ofMasks(output, target)
                }
            settings.report("\(tasks.map(\.rawValue)): \(task.rawValue) \(score.mean)")
            return score.mean
        }
    }

    /// The source with some of its targets.
    private static func selecting(_ places: [Int], of source: any BatchSource) -> any BatchSource {
        source.map { batch -> Batch in
            Batch(inputs: batch.inputs, targets: places.map { batch.targets[$0] })
        }
    }
}

// MARK: - The network

extension SceneStudy {
    /// A trunk of six convolutions to maps of 8×8, and a head for each task.
    private func network(_ tasks: [Task]) throws -> Model {
        let input = Input(LargestShape.size, LargestShape.size, 1)
        var x: any Symbolic = input
        for (filters, strides) in [(16, 1), (16, 1), (32, 2), (32, 1), (64, 2), (64, 1)] {
            x = Self.normalized(
                Conv2D(filters, kernelSize: 3, strides: strides, padding: .same, useBias: false)(x))
        }
        let trunk = x
        return try Model(inputs: input, outputs: tasks.map { Self.head($0, trunk) })
    }

    private static func head(_ task: Task, _ x: any Symbolic) -> any Symbolic {
        func hidden() -> any Symbolic { normalized(Dense(64, useBias: false)(Flatten()(x))) }
        return switch task {
        case .kind: Dense(Shapes.classNames.count, activation: .softmax)(hidden())
        case .box: Dense(4, activation: .sigmoid)(hidden())
        case .mask:
            Conv2DTranspose(1, kernelSize: 4, strides: 2, padding: .same, activation: .sigmoid)(
                Conv2DTranspose(16, kernelSize: 4, strides: 2, padding: .same, activation: .relu)(x))
        }
    }

    private static func normalized(_ x: any Symbolic) -> any Symbolic {
        ReLU()(BatchNormalization(momentum: 0.9)(x))
    }
}
