import Cognitron
import CognitronData
import CognitronModels
import CognitronPlots

extension Experiment {
    /// First filters made by hand, found by the neocognitron, and learnt by LeNet and AlexNet.
    public static let filterHistory = Experiment(
        "filter-history", "from filters made by hand to AlexNet's, in one figure"
    ) { settings in
        let history = FilterHistory(settings: settings)
        let alexNet = try history.alexNet()
        let sheet = PictureSheet(
            "From filters made by hand to AlexNet's", subtitle: "Grey is 0, light above and dark below it.",
            sections: [
                PictureSheet.Section("Made by hand: lines, edges, and what Gabor described", history.byHand),
                PictureSheet.Section(
                    "Neocognitron: features found in digits where no cell answered",
                    try history.neocognitron()),
                PictureSheet.Section("LeNet's first layer, learnt on digits", try history.leNet()),
                PictureSheet.Section(
                    "AlexNet's first layer, learnt on \(alexNet.samples)", alexNet.cells),
            ], side: 44)
        return Findings([], plots: ["history": try sheet.plot(width: 664)], notes: [alexNet.samples])
    }
}

private struct FilterHistory {
    let settings: ExperimentSettings

    private static let shown = 24
    private let batchSize = 32

    var byHand: [PictureSheet.Cell] {
        let edges: [PictureFilter] = [
            .curve, .edgesX, .edgesY, .sobelX, .laplacian, .gaussian(sigma: 1),
        ]
        let stripes = (0..<6).map { number -> PictureFilter in
            // Three light stripes, then three edges.
            let phase: Float = number < 3 ? 0 : .pi / 2
            return .gabor(angle: Float(number) * .pi / 6, sigma: 1.5, phase: phase)
        }
        return (edges + stripes).map { Self.cell($0.kernel.expandingDimensions(at: 2), caption: $0.name) }
    }

    /// The features of US2, as sums of the edges that they consist of.
    func neocognitron() throws -> [PictureSheet.Cell] {
        let train = try Dataset.digits.part(.train).source.firstDigits(settings.pick(full: 1_438, small: 100))
        let model = try ModelName.neocognitron.learned(
            from: train.source, inputShape: [8, 8, 1], task: train.task, seed: settings.seed,
            report: settings.report)
        let cells = model.layers.compactMap { $0 as? SCellLayer }
        let edges = cells[0].excitation  // (5, 5, on and off, 16)
        let drawn = edges.slice(axis: 2, 0) - edges.slice(axis: 2, 1)  // (5, 5, 16)
        let features = cells[1].excitation.permuted([3, 0, 1, 2])  // (planes, 5, 5, 16)
        let count = min(Self.shown, features.shape[0])
        let chosen = features[0..<count].reshaped([count * 25, 16])
        // C-cells lie two pixels apart.
        let taps = chosen.matmul(drawn.reshaped([25, 16]), transposingOther: true)
        let pictures = taps.reshaped([count, 5, 5, 5, 5, 1]).col2im(height: 13, width: 13, strides: 2)
        return (0..<count).map { Self.cell(pictures[$0]) }
    }

    func leNet() throws -> [PictureSheet.Cell] {
        let train = try Dataset.digits.part(.train).source.firstDigits(settings.pick(full: 1_438, small: 200))
        let network = CognitronModels.leNet()
        let model = Sequential(name: "lenet") {
            Input(8, 8, 1)
            Resizing(28, 28)
            network
        }
        try model.compile(
            optimizer: Adam(learningRate: 0.002), loss: .sparseCategoricalCrossentropy, seed: settings.seed)
        try model.fit(
            train.source, batchSize: 32, epochs: settings.pick(full: 30, small: 2), verbose: .silent)
        return try Self.firstFilters(network)
    }

    /// AlexNet's five convolutions with a quarter of the filters, on pictures of 64 × 64.
    func alexNet() throws -> (cells: [PictureSheet.Cell], samples: String) {
        let part =
            settings.scale == .full
            ? try Dataset.cifar10.part(.train, from: settings.data)
            : DatasetPart(Shapes.make(count: 200))
        let epochs = settings.pick(full: 2, small: 1)
        let network = Sequential(name: "alexnet") {
            Input(64, 64, 3)
            Conv2D(
                48, kernelSize: 11, strides: 4, padding: .explicit(2), activation: .relu,
                kernelInitializer: .randomNormal(stddev: 0.01))
            MaxPooling2D(poolSize: 3, strides: 2)
            Conv2D(64, kernelSize: 5, padding: .same, activation: .relu)
            MaxPooling2D(poolSize: 3, strides: 2)
            Conv2D(96, kernelSize: 3, padding: .same, activation: .relu)
            Conv2D(64, kernelSize: 3, padding: .same, activation: .relu)
            Conv2D(64, kernelSize: 3, padding: .same, activation: .relu)
            Flatten()
            Dense(256, activation: .relu)
            Dropout(0.5)
            Dense(10, activation: .softmax)
        }
        let model = Sequential(name: "alexnet-small") {
            Input(32, 32, 3)
            Rescaling(2, offset: -1)
            Resizing(64, 64)
            network
        }
        let steps = epochs * (part.count / batchSize)
        try model.compile(
            optimizer: SGD(
                learningRate: .cosineDecay(
                    initialLearningRate: 0, decaySteps: steps, warmupTarget: 0.02,
                    warmupSteps: steps / 20), momentum: 0.9, weightDecay: 5e-3),
            loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], seed: settings.seed)
        let history = try model.fit(part.source, batchSize: batchSize, epochs: epochs, verbose: .silent)
        let accuracy = Int((100 * (history["accuracy"].last ?? 0)).rounded())
        let filters = try Self.firstFilters(network)
        return (
            filters,
            "\(part.count) pictures of \(part.name) in 64 × 64, \(epochs) epochs, "
                + "\(accuracy) % of them right"
        )
    }

    private static func firstFilters(_ model: Model) throws -> [PictureSheet.Cell] {
        guard let kernel = model.parameters.first?.value else {
            throw CognitronError(.model, model.name ?? "the model", "has no filters")
        }
        let filters = kernel.permuted([3, 0, 1, 2])
        return (0..<filters.shape[0]).map { cell(filters[$0]) }
    }

    /// - Parameter filter: (FH, FW, 1 or 3)
    private static func cell(_ filter: Tensor, caption: String? = nil) -> PictureSheet.Cell {
        let largest = max(filter.scalars.reduce(0) { max($0, abs($1)) }, .leastNormalMagnitude)
        return PictureSheet.Cell(Picture(filter / (2 * largest) + 0.5), caption: caption.map { [$0] } ?? [])
    }
}
