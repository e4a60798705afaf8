import Cognitron
import CognitronData
import CognitronDetection
import CognitronModels

/// Drawn scenes, detectors that learn them, and how well each does.
struct DetectionStudy {
    private let settings: ExperimentSettings
    private let train: any BatchSource
    private let test: any BatchSource
    private let inputShape: Shape
    private let task = DataTask.instances(classNames: Shapes.classNames)
    private let epochs: Int

    private static let batchSize = 8
    private static let learningRate: Float = 0.0015
    /// So that 4,000 scenes show more colours and sizes; the small form's few epochs learn less from them.
    private static let changes: [Augmentation] = [.randomFlip, .hue(1), .resizedCrop(smallest: 0.6)]
    /// Pixels a side of the cells by which objects are counted: those of the small YOLO.
    private static let cellSize: Float = 8
    static let cellCounts = ["1 a cell", "2 a cell", "3 or more"]

    init(_ settings: ExperimentSettings) throws {
        self.settings = settings
        let size = settings.pick(full: 128, small: 64)
        inputShape = [size, size, 3]
        epochs = settings.pick(full: 40, small: 24)
        func scenes(_ split: DatasetSplit, _ count: Int) throws -> any BatchSource {
            try ShapeScenes(
                seed: settings.seed, split: split, size: size,
                objects: 1...settings.pick(full: 8, small: 1), overlap: .free
            ).source(count: count).cache()
        }
        train = try scenes(.train, settings.pick(full: 4_000, small: 320))
        test = try scenes(.test, settings.pick(full: 1_000, small: 60))
    }

    /// The small detectors of all kinds; in the small form one of them.
    var names: [ModelName] {
        settings.scale == .small
            ? [.yolo]
            : ModelName.registered.filter { name in
                name.tasks.contains(.instances) && name.inputShape == inputShape && name.name != "localizer"
            }
    }

    /// What a trained detector did on the test scenes.
    struct Result {
        var judge: AveragePrecision
        /// By the number of objects in the cell, from 1 on: how many objects there were, and were found.
        var cells = [(found: Int, all: Int)](repeating: (0, 0), count: cellCounts.count)
        var parameters: Int
        var trainingSeconds: Double
        var picturesASecond: Double
    }

    func result(_ name: ModelName) throws -> Result {
        let model = try name.make(inputShape: inputShape, task: task)
        let seconds = try fit(model, name)
        guard let detector = try name.detector(for: task, model) else {
            throw CognitronError(.argument, name.name, "finds no objects")
        }
        var result = Result(
            judge: AveragePrecision(classCount: Shapes.classNames.count), parameters: model.parameterCount,
            trainingSeconds: seconds, picturesASecond: 0)
        try measure(detector, &result)
        settings.report("\(name.name): AP at 0.5 \(result.judge.value(at: 0.5) ?? .nan), \(seconds) s")
        return result
    }

    /// Trains a network by its recipe, or by its trainer where it has one.
    ///
    /// - Returns: the seconds that it took.
    private func fit(_ model: Model, _ name: ModelName) throws -> Double {
        let steps = epochs * ((train.sampleCount ?? 0) / Self.batchSize)
        let warmup = steps / 6
        let optimizer: @Sendable () -> any Optimizer = {
            Adam(
                learningRate: .cosineDecay(
                    initialLearningRate: Self.learningRate / 10, decaySteps: steps - warmup,
                    warmupTarget: Self.learningRate, warmupSteps: warmup))
        }
        let recipe = try name.recipe(for: task, model)
        if let trainer = try name.trainer(
            for: task, model, TrainerSettings(optimizer: optimizer, seed: settings.seed))
        {
            try model.compile(trainer)
        } else {
            try model.compile(optimizer: optimizer(), losses: recipe.losses, seed: settings.seed)
        }
        try name.adapt(model, to: train)
        let source = try recipe.targets.source(
            train.augmented(
                settings.pick(full: Self.changes, small: [.randomFlip]), targets: task.targetKinds))
        let start = ContinuousClock.now
        try model.fit(source, batchSize: Self.batchSize, epochs: epochs, verbose: .silent)
        return (ContinuousClock.now - start) / .seconds(1)
    }

    /// Judges a detector by all test scenes, one by one, as pictures come in use.
    private func measure(_ detector: any Detector, _ result: inout Result) throws {
        var time = Duration.zero
        for number in 0..<(test.sampleCount ?? 0) {
            guard let batch = try test.batch([number], nil) else { continue }
            let truth = GroundTruth.pictures(boxes: batch.targets[0])[0]
            let start = ContinuousClock.now
            let found = try detector.detections(in: batch.inputs[0])[0]
            time += ContinuousClock.now - start
            try result.judge.add(found, truth: truth)
            count(found, truth, &result)
        }
        result.picturesASecond = Double(result.judge.pictureCount) / (time / .seconds(1))
    }

    /// Counts the objects that were found, by how many have their centers in the same cell.
    private func count(_ found: [Detection], _ truth: GroundTruth, _ result: inout Result) {
        let cells = truth.boxes.map { box in
            SIMD2(Int(box.centerX / Self.cellSize), Int(box.centerY / Self.cellSize))
        }
        for (box, cell) in zip(truth.boxes.indices, cells) {
            let place = min(cells.count { $0 == cell }, Self.cellCounts.count) - 1
            result.cells[place].all += 1
            let isFound = found.contains {
                $0.label == truth.labels[box] && $0.score >= 0.1 && $0.box.iou(truth.boxes[box]) >= 0.5
            }
            if isFound { result.cells[place].found += 1 }
        }
    }
}
