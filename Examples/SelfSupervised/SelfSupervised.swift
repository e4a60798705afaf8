import Cognitron
import CognitronData
import CognitronPlots

extension Experiment {
    /// A classifier learns from a few labelled pictures; its encoder has learnt before from many without
    /// labels: to copy them (autoencoder), to remove noise from them (denoising autoencoder), or to say how
    /// they are turned.
    ///
    /// - Source: Vincent et al., "Extracting and Composing Robust Features with Denoising Autoencoders"
    ///   (2008); Gidaris et al., "Unsupervised Representation Learning by Predicting Image Rotations" (2018).
    public static let selfSupervised = Experiment(
        "self-supervised", "how much pictures without labels help a classifier that has few with labels"
    ) { settings in
        let data = try LabelledAndNot(settings)
        let labelCounts = settings.pick(full: [10, 50, 200], small: [10])
        let columns = labelCounts.map { "\($0) a class" }
        var fineTuned = FindingsTable("Encoder trained on", columns: columns, format: .percent)
        var frozen = FindingsTable("Encoder kept as it was", columns: columns, format: .percent)
        var series: [Chart.Series] = []
        for task in PretextTask.allCases {
            settings.report(task.rawValue)
            let encoder = try task.encoder(for: data, settings)
            let classifiers = FewLabelClassifiers(encoder, data, settings)
            let scores = try labelCounts.map { try classifiers.fineTuned(labelsPerClass: $0) }
            fineTuned.add(task.rawValue, scores)
            frozen.add(task.rawValue, try labelCounts.map { try classifiers.frozen(labelsPerClass: $0) })
            series.append(.init(task.rawValue, zip(labelCounts, scores).map { (Double($0), $1) }))
        }
        let chart = Chart(
            "Few labels", subtitle: "test accuracy on \(data.name), means of \(data.draws) draws of labels",
            x: .init("labels a class", scale: .logarithmic), y: .init("accuracy", scale: .share),
            series: series)
        return Findings([fineTuned, frozen], plots: ["self-supervised": chart.plot()])
    }
}

/// Many pictures, of which the labels of a few are used.
struct LabelledAndNot: Sendable {
    let name: String
    let train: LabelledImages
    let test: LabelledImages
    /// How often the labelled pictures are drawn anew.
    let draws: Int
    private let labels: [Int]
    private let seed: UInt64

    /// Fashion-MNIST at full scale, drawn shapes at the small one.
    init(_ settings: ExperimentSettings) throws {
        if settings.scale == .full {
            train = try FashionMNIST.load(.train, from: settings.data)
            test = try FashionMNIST.load(.test, from: settings.data)
        } else {
            train = Shapes.make(count: 2_000, size: 28, channels: .grey)
            test = Shapes.make(count: 500, split: .test, size: 28, channels: .grey)
        }
        (name, seed) = (train.name, settings.seed)
        labels = train.labels.scalars.map { Int($0) }
        draws = settings.pick(full: 3, small: 1)
    }

    /// The pictures without labels.
    func unlabelled(_ count: Int) -> Tensor { train.images.prefix(count).tensor }

    /// Some pictures of each class, others in each draw.
    func labelled(perClass count: Int, draw: Int) -> (x: Tensor, y: Tensor) {
        var random = RandomKey(seed: seed).folding("labelled").folding(draw).generator()
        let order = labels.indices.shuffled(using: &random)
        let chosen = train.classNames.indices.flatMap { label in
            order.lazy.filter { labels[$0] == label }.prefix(count)
        }
        return (train.images.batch(chosen), train.labels.batch(chosen))
    }
}
