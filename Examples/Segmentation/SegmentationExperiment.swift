import Cognitron
import CognitronData
import CognitronModels
import CognitronPlots

extension Experiment {
    /// U-Net, FCN with scores every 8, 16 and 32 pixels, and SegNet on the same drawings: how well they cut
    /// shapes out, in what time, and how much the encoder hands to the decoder.
    ///
    /// - Source: Ronneberger et al., "U-Net" (2015); Long et al., "Fully Convolutional Networks for Semantic
    ///   Segmentation" (2015); Badrinarayanan et al., "SegNet" (2017).
    public static let segmentation = Experiment(
        "segmentation", "U-Net, FCN-8s, 16s and 32s, and SegNet cut shapes out of pictures"
    ) { settings in
        let study = SegmentationStudy(settings)
        var quality = FindingsTable(
            "Shapes with masks", columns: ["mean IoU", "mean Dice", "pixel accuracy"], format: .percent)
        var classes = FindingsTable(
            "IoU of each class", columns: study.data.classNames, format: .percent)
        var cost = FindingsTable(
            "Cost",
            columns: ["parameters", "seconds of training", "kB a picture handed to the decoder"],
            format: .significant)
        var overlays = try study.truths()
        for network in study.networks {
            let model = try network.make(Input(shape: study.data.inputShape))
            let seconds = try study.fit(model)
            let confusion = try study.data.confusion { try model.predict($0) }
            settings.report("\(network.name): mean IoU \(confusion.summary[0]), \(seconds) s")
            quality.add(network.name, confusion.summary)
            classes.add(network.name, confusion.intersectionOverUnion.map { $0.map(Double.init) })
            cost.add(
                network.name,
                [Double(model.parameterCount), seconds, network.kilobytes])
            overlays += try study.overlays(of: model, network.name)
        }
        let sheet = try Plot.overlay(
            overlays, classNames: study.data.classNames, title: "Shapes cut out",
            columns: SegmentationStudy.shownCount)
        return Findings(
            [quality, cost, classes], plots: ["segmentation": sheet],
            notes: [
                "U-Net hands on the features of every level, FCN those behind its third and fourth pooling, "
                    + "in 4 bytes a number; SegNet two bits for each pooled number. (This library's indices "
                    + "take 4 bytes.)"
            ])
    }
}

/// The data and networks of the experiment.
private struct SegmentationStudy {
    struct Network {
        let name: String
        /// Squares of numbers that the encoder hands to the decoder, and the bytes of a number.
        let handed: (maps: [(size: Int, channels: Int)], bytes: Double)
        let make: (_ input: Input) throws -> Model

        var kilobytes: Double {
            handed.maps.reduce(0) { $0 + Double($1.size * $1.size * $1.channels) * handed.bytes } / 1024
        }
    }

    static let shownCount = 4

    /// - Parameters:
    ///   - size: of the pictures.
    ///   - base: the filters of the first stage.
    static func networks(_ size: Int, base: Int, classCount: Int) -> [Network] {
        let unet = Network(
            name: "U-Net", handed: ((0..<4).map { (size >> $0, base << $0) }, 4)
        ) { try CognitronModels.unet($0, classCount: classCount, base: base, batchNormalization: true) }
        let fully = FCNStride.allCases.reversed().map { stride in
            let pools = [3, 4].filter { 1 << $0 >= stride.rawValue }
            return Network(
                name: "FCN-\(stride.rawValue)s", handed: (pools.map { (size >> $0, base << ($0 - 1)) }, 4)
            ) { try fcn($0, classCount: classCount, stride: stride, base: base) }
        }
        // Two bits say which of four pixels was the largest.
        let segnet = Network(
            name: "SegNet", handed: ((1...3).map { (size >> $0, base << ($0 - 1)) }, 0.25)
        ) {
            try segNet($0, classCount: classCount, stages: (0..<3).map { [base << $0, base << $0] })
        }
        return [unet] + fully + [segnet]
    }

    let data: PixelClasses
    let networks: [Network]
    private let settings: ExperimentSettings

    init(_ settings: ExperimentSettings) {
        self.settings = settings
        let size = settings.pick(full: 64, small: 32)
        let isFull = settings.scale == .full
        // The small form tells shapes from the ground only.
        func source(_ split: DatasetSplit, _ count: Int) -> any BatchSource {
            ShapeMasks(Shapes(seed: settings.seed, split: split, size: size)).source(count: count)
                .map { batch -> Batch in
                    Batch(inputs: batch.inputs, targets: isFull ? batch.targets : [batch.targets[0] .> 0])
                }
        }
        data = PixelClasses(
            train: source(.train, settings.pick(full: 4_000, small: 400)),
            test: source(.test, settings.pick(full: 1_000, small: 100)), inputShape: [size, size, 3],
            classNames: isFull ? ShapeMasks.classNames : ["background", "shape"])
        networks = Self.networks(
            size, base: settings.pick(full: 16, small: 8), classCount: data.classNames.count)
    }

    func fit(_ model: Model) throws -> Double {
        try data.fit(model, epochs: settings.pick(full: 12, small: 4), seed: settings.seed)
    }

    func truths() throws -> [Plot.Annotated] {
        try shown { _, batch in batch.targets[0] }.map { Plot.Annotated($0, mask: $1, caption: "truth") }
    }

    func overlays(of model: Model, _ name: String) throws -> [Plot.Annotated] {
        try shown { pictures, _ in try model.predict(pictures).argmax(axis: 3) }
            .map { Plot.Annotated($0, mask: $1, caption: name) }
    }

    private func shown(
        _ masks: (_ pictures: Tensor, Batch) throws -> Tensor
    ) throws -> [(picture: Tensor, mask: Tensor)] {
        guard let batch = try data.test.batch(Array(0..<Self.shownCount), nil) else { return [] }
        let masks = try masks(batch.inputs[0], batch)
        return (0..<Self.shownCount).map { (batch.inputs[0][$0], masks[$0]) }
    }
}
