import Cognitron
import CognitronData
import CognitronModels
import CognitronPlots

extension Experiment {
    /// pix2pix beside its generator trained on the absolute error alone: outlines → shapes, and photographs
    /// from grey → colour. The small form has the shapes only.
    ///
    /// - Source: Isola et al., "Image-to-Image Translation with Conditional Adversarial Networks" (2017).
    public static let pix2pix = Experiment(
        "pix2pix", "what a discriminator of patches adds to a U-Net that draws and colours pictures"
    ) { settings in
        var findings = Findings([])
        for study in try TranslationStudy.all(settings) {
            let (table, sheet) = try study.run(settings)
            findings.tables.append(table)
            findings.plots["pix2pix-\(study.name)"] = sheet
        }
        return findings
    }
}

/// One kind of pairs, and the networks that are trained on them.
struct TranslationStudy {
    let name: String
    let title: String
    let train: any BatchSource
    /// All test pairs.
    let test: Batch
    let filters: Int
    let epochs: Int
    let batchSize: Int
    /// The paper's, or a higher one for few steps.
    var learningRate: Float = 2e-4

    static func all(_ settings: ExperimentSettings) throws -> [TranslationStudy] {
        let shapes = try shapes(settings)
        return settings.scale == .small ? [shapes] : [shapes, try colours(settings)]
    }

    private static func shapes(_ settings: ExperimentSettings) throws -> TranslationStudy {
        let size = settings.pick(full: 64, small: 32)
        func pairs(_ split: DatasetSplit, _ count: Int) -> DrawnSource {
            ShapeEdges(seed: settings.seed, split: split, size: size).source(count: count)
        }
        return TranslationStudy(
            name: "shapes", title: "Outlines → shapes",
            train: try pairs(.train, settings.pick(full: 4_000, small: 1_000)).cache(),
            test: try whole(pairs(.test, settings.pick(full: 500, small: 100))),
            filters: settings.pick(full: 16, small: 8), epochs: settings.pick(full: 12, small: 6),
            batchSize: settings.pick(full: 16, small: 4),
            learningRate: settings.pick(full: 2e-4, small: 1e-3))
    }

    private static func colours(_ settings: ExperimentSettings) throws -> TranslationStudy {
        let pairs = try Dataset.cifar10.inGrey()
        return TranslationStudy(
            name: "colours", title: "Grey → colour, CIFAR-10",
            train: try pairs.part(.train, from: settings.data).source.take(10_000).cache(),
            test: try whole(pairs.part(.test, from: settings.data).source.take(1_000)),
            filters: 32, epochs: 8, batchSize: 16)
    }

    private static func whole(_ source: some BatchSource) throws -> Batch {
        guard let batch = try source.batch(Array(0..<(source.sampleCount ?? 0)), nil) else {
            throw CognitronError(.data, "pix2pix", "has no test pairs")
        }
        return batch
    }

    func run(_ settings: ExperimentSettings) throws -> (table: FindingsTable, sheet: Plot) {
        let (given, real) = (test.inputs[0], test.targets[0])
        var table = FindingsTable(title, columns: ["absolute error", "colourfulness"])
        func add(_ name: String, _ made: Tensor) {
            let error = Double((made - real).absolute.mean())
            settings.report("\(title): \(name), absolute error \(error)")
            table.add(name, [error, made.colourfulness])
        }
        add("real", real)
        add("the mean picture", .zeros(real.shape) + (try meanTarget()))
        add("the given picture", .concatenated(Array(repeating: given, count: 3)))
        let alone = try pix2pixGenerator(filters: filters, inputShape: given.shape.sample)
        try alone.compile(optimizer: optimizer, loss: .meanAbsoluteError, seed: settings.seed)
        try alone.fit(train, batchSize: batchSize, epochs: epochs, verbose: .silent)
        let drawn = try alone.predict(given)
        add("U-Net, absolute error alone", drawn)
        let made = try translated(given, settings)
        add("pix2pix", made)
        return (
            table, try sheet([("given", given), ("real", real), ("U-Net alone", drawn), ("pix2pix", made)])
        )
    }

    private var optimizer: Adam { Adam(learningRate: learningRate, beta1: 0.5) }

    /// The pictures that pix2pix makes of the test pictures, once it is trained.
    private func translated(_ given: Tensor, _ settings: ExperimentSettings) throws -> Tensor {
        let model = try CognitronModels.pix2pix(filters: filters, inputShape: given.shape.sample)
        let trainer = try Trainer.adversarial(
            model, TrainerSettings(optimizer: { optimizer }, seed: settings.seed), step: pix2pixStep())
        try model.compile(trainer)
        try model.fit(train, batchSize: batchSize, epochs: epochs, verbose: .silent)
        return try trainer.networks["generator"].predict(given)
    }

    private func meanTarget() throws -> Tensor {
        let numbers = Array(0..<min(train.sampleCount ?? 0, 1_000))
        return try train.batch(numbers, nil)?.targets[0].mean(axis: 0) ?? .zeros(test.targets[0].shape.sample)
    }

    /// The first test pairs, in a row for each way to make the second picture.
    private func sheet(_ rows: [(name: String, pictures: Tensor)]) throws -> Plot {
        let sections = rows.map { name, pictures in
            PictureSheet.Section(
                name, pictures[0..<8].unstacked().map { PictureSheet.Cell(Picture($0)) }, columns: 8)
        }
        return try PictureSheet(title, sections: sections, side: 72).plot(width: 680)
    }
}

extension Tensor {
    /// The mean difference between the largest and the smallest channel of a pixel.
    fileprivate var colourfulness: Double { Double((max(axis: rank - 1) - min(axis: rank - 1)).mean()) }
}
