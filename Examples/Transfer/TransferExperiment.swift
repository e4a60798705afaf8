import Cognitron
import CognitronData
import CognitronPlots
import Foundation

extension Experiment {
    /// A network that has learnt other classes, taught new ones with few pictures of each, beside the same
    /// network from nothing.
    ///
    /// Full: CIFAR-10 → Fashion-MNIST, and eight classes of CIFAR-10 → horse and ship, with 10, 50 and 500
    /// pictures of each class. Small: eight drawn shapes → the other two, with 5.
    ///
    /// - Source: Yosinski et al., "How transferable are features in deep neural networks?" (2014).
    public static let transfer = Experiment(
        "transfer", "what weights that were learnt elsewhere are worth with few pictures"
    ) { settings in
        var findings = Findings([])
        let studies =
            try settings.scale == .full
            ? [TransferStudy.clothes(settings), .otherTwo(settings)] : [.shapes(settings)]
        for study in studies {
            let table = try study.run(settings)
            findings.tables.append(table)
            findings.plots["transfer-\(study.name)"] = study.plot(table)
        }
        return findings
    }
}

/// One network's classes, and others to teach it.
struct TransferStudy {
    /// How the new classes are learnt.
    enum Method: String, CaseIterable {
        case nothing = "from nothing"
        case head = "new head, the body frozen"
        case thawed = "thawed block by block"
        case all = "all layers at once"
    }

    let name: String
    let title: String
    /// What the first network learns.
    let source: DatasetPart
    /// The new classes.
    let target: Dataset
    let counts: [Int]
    let epochs: Int
    /// Steps on the new classes, whatever the number of pictures.
    let steps: Int

    static func clothes(_ settings: ExperimentSettings) throws -> TransferStudy {
        TransferStudy(
            name: "clothes", title: "CIFAR-10 → Fashion-MNIST",
            source: try Dataset.cifar10.part(.train, from: settings.data), target: .fashionMNIST,
            counts: [10, 50, 500], epochs: 6, steps: 400)
    }

    static func otherTwo(_ settings: ExperimentSettings) throws -> TransferStudy {
        let new = ["horse", "ship"]
        let old = Dataset.cifar10.classNames.filter { !new.contains($0) }
        return TransferStudy(
            name: "two-classes", title: "Eight classes of CIFAR-10 → horse and ship",
            source: try Dataset.cifar10.selecting(classes: old).part(.train, from: settings.data),
            target: try .cifar10.selecting(classes: new), counts: [10, 50, 500], epochs: 6, steps: 200)
    }

    static func shapes(_ settings: ExperimentSettings) throws -> TransferStudy {
        let new = ["star", "heart"]
        let old = Dataset.shapes.classNames.filter { !new.contains($0) }
        let source = try Dataset.shapes.selecting(classes: old, samplesPerClass: 150).part(.train)
        return TransferStudy(
            name: "shapes", title: "Eight drawn shapes → star and heart", source: source,
            target: try .shapes.selecting(classes: new), counts: [5], epochs: 4, steps: 60)
    }

    /// The accuracy on the new classes' test pictures, by method and pictures of each class.
    func run(_ settings: ExperimentSettings) throws -> FindingsTable {
        let file = FileManager.default.temporaryDirectory.appending(
            path: "transfer-\(UUID().uuidString).safetensors"
        ).path
        defer { try? FileManager.default.removeItem(atPath: file) }
        try learnSource(settings).save(file)
        var table = FindingsTable(title, columns: counts.map { "\($0) a class" }, format: .percent)
        let test = Self.colours(try target.part(.test, from: settings.data).source)
        for method in Method.allCases {
            let accuracies = try counts.map { count in
                let model = try learnTarget(method, count, file, settings)
                let accuracy = try model.evaluate(test).accuracy.map(Double.init)
                settings.report("\(title), \(method.rawValue), \(count) a class: \(accuracy ?? .nan)")
                return accuracy
            }
            table.add(method.rawValue, accuracies)
        }
        return table
    }

    /// Accuracy over the number of pictures, a line for each method.
    func plot(_ table: FindingsTable) -> Plot {
        Chart(
            title, x: .init("pictures of each class", scale: .logarithmic),
            y: .init("test accuracy", scale: .share),
            series: table.rows.map { row in
                Chart.Series(
                    row.name, zip(counts, row.values).map { (Double($0), $1 ?? .nan) },
                    style: row.name == Method.nothing.rawValue ? .dashed : .line)
            }
        ).plot()
    }
}

// MARK: - Training

extension TransferStudy {
    private static let batchSize = 50

    private func learnSource(_ settings: ExperimentSettings) throws -> Model {
        let model = try Self.network(classes: source.task.classNames.count, settings, rate: 0.002)
        settings.report("\(title): \(source.count) pictures of the old classes")
        let history = try model.fit(
            Self.colours(source.source), batchSize: 64, epochs: epochs, verbose: .silent)
        settings.report("accuracy on them \(history["accuracy"].last ?? .nan)")
        return model
    }

    private func learnTarget(
        _ method: Method, _ count: Int, _ file: String, _ settings: ExperimentSettings
    ) throws -> Model {
        let part = try target.selecting(samplesPerClass: count, seed: settings.seed)
            .part(.train, from: settings.data)
        let new = part.task.classNames
        let model = try Self.network(classes: new.count, settings, rate: 0.001)
        let epochs = max(1, steps * Self.batchSize / part.count)
        var callbacks: [any Callback] = []
        if method != .nothing {
            try model.load(
                file, matching: .nameAndShape.keepingClasses(of: source.task.classNames, in: new))
        }
        if method == .head || method == .thawed {
            let body = try model.freezeBody()
            if method == .thawed { callbacks = [GradualThawing(body, every: max(1, epochs / 5))] }
        }
        // What is known already learns slowly.
        if method == .thawed || method == .all, let optimizer = model.optimizer as? Adam {
            optimizer.multiplyLearningRate(["^stage1": 0.1, "^stage2": 0.2, "^stage3": 0.5])
        }
        try model.fit(
            Self.colours(part.source), batchSize: min(Self.batchSize, part.count), epochs: epochs,
            callbacks: callbacks, verbose: .silent)
        return model
    }

    /// Three convolutions with batch normalisation, each followed by max pooling, for pictures of any size.
    private static func network(
        classes: Int, _ settings: ExperimentSettings, rate: Float
    ) throws -> Model {
        let input = Input(nil, nil, 3)
        var x: any Symbolic = input
        for (stage, filters) in [16, 32, 64].enumerated() {
            let name = "stage\(stage + 1)"
            let y = Conv2D(filters, kernelSize: 3, padding: .same, useBias: false, name: "\(name).conv")(x)
            let z = BatchNormalization(momentum: 0.9, name: "\(name).bn")(y)
            x = MaxPooling2D()(ReLU()(z))
        }
        let features = GlobalAveragePooling2D()(x)
        let model = try Model(
            inputs: input, outputs: Dense(classes, activation: .softmax, name: "head")(features))
        try model.compile(
            optimizer: Adam(learningRate: rate), loss: .sparseCategoricalCrossentropy,
            metrics: [.accuracy], seed: settings.seed)
        return model
    }

    /// Grey pictures in three channels.
    private static func colours(_ source: any BatchSource) -> any BatchSource {
        source.map { batch -> Batch in
            var batch = batch
            if batch.inputs[0].shape[3] == 1 {
                batch.inputs[0] = Tensor.concatenated(Array(repeating: batch.inputs[0], count: 3), axis: 3)
            }
            return batch
        }
    }
}
