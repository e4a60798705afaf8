import Cognitron
import CognitronData
import CognitronModels
import CognitronPlots

extension Experiment {
    /// The tissue of each pixel of slices of a brain by U-Net, beside the nearest mean brightness.
    ///
    /// Slices for testing lie in two blocks, and five slices on each side of a block belong to neither part.
    ///
    /// - Source: the volumes of `Dataset.brainSlices`; Ronneberger et al., "U-Net" (2015).
    public static let brainSegmentation = Experiment(
        "brain-segmentation", "the tissues of a brain in slices of magnetic resonance, by U-Net"
    ) { settings in
        let data = try brainData(settings)
        var table = FindingsTable(
            "Slices of a brain", columns: ["mean IoU", "mean Dice", "pixel accuracy"], format: .percent)
        var classes = FindingsTable(
            "Dice of each class", columns: TissueSlices.classNames, format: .percent)
        func add(_ name: String, _ confusion: ConfusionMatrix) {
            settings.report("\(name): mean IoU \(confusion.summary[0])")
            table.add(name, confusion.summary)
            classes.add(name, confusion.dice.map { $0.map(Double.init) })
        }
        let nearest = try NearestMean(data.train, classCount: TissueSlices.classNames.count)
        add("nearest mean brightness", try data.confusion { nearest.classes($0) })
        var model: Model?
        for run in 0..<settings.pick(full: UInt64(3), small: 1) {
            let network = try unet(
                Input(shape: data.inputShape), classCount: TissueSlices.classNames.count,
                base: settings.pick(full: 16, small: 8), depth: settings.pick(full: 4, small: 2),
                batchNormalization: true)
            let seconds = try data.fit(
                network, epochs: settings.pick(full: 40, small: 6),
                batchSize: settings.pick(full: 8, small: 8),
                augmentations: settings.pick(
                    full: [.randomFlip, .elastic(), .rotation(degrees: 10), .zoom(0.1)],
                    small: [.randomFlip]),
                seed: settings.seed + run)
            settings.report("seed \(settings.seed + run): \(seconds) s")
            add("U-Net, seed \(settings.seed + run)", try data.confusion { try network.predict($0) })
            model = model ?? network
        }
        return Findings(
            [table, classes], plots: try brainPlots(data, nearest, model),
            notes: [
                "Slices: \(data.train.sampleCount ?? 0) for training, \(data.test.sampleCount ?? 0) for "
                    + "testing, with a gap between them."
            ])
    }

    private static func brainData(_ settings: ExperimentSettings) throws -> PixelClasses {
        guard settings.scale == .full else {
            return TissueSlices.drawn(count: 72, size: 48, seed: settings.seed)
                .split(blocks: [24], of: 12, gap: 2)
        }
        return try TissueSlices.recorded(settings).split(blocks: [45, 95], of: 15, gap: 5)
    }

    /// Three test slices: their tissues, and what both methods find.
    private static func brainPlots(
        _ data: PixelClasses, _ nearest: NearestMean, _ model: Model?
    ) throws -> [String: Plot] {
        let count = data.test.sampleCount ?? 0
        guard let model, let batch = try data.test.batch([0, count / 2, count - 1], nil) else { return [:] }
        let pictures = batch.inputs[0]
        let rows = [
            ("truth", batch.targets[0]), ("nearest mean", nearest.classes(pictures)),
            ("U-Net", try model.predict(pictures).argmax(axis: 3)),
        ]
        let cells = rows.flatMap { name, masks in
            (0..<3).map { Plot.Annotated(pictures[$0], mask: masks[$0], caption: name) }
        }
        return [
            "brain-segmentation": try .overlay(
                cells, classNames: TissueSlices.classNames, title: "Tissues of a brain", columns: 3)
        ]
    }
}
