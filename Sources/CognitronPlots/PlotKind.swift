import Cognitron
import CognitronData
import CognitronDetection

/// A kind of plot that a model can be asked for by name, as `cognitron plot` does.
///
///     let plot = try PlotKind(named: "confusion").plot(request)
///
/// One of your own is known by its name once it is registered:
///
///     PlotKind.register(PlotKind("norms", "The norm of each layer's weights") { request in … })
public struct PlotKind: NamedValue {
    public static let table = NameTable<PlotKind>(
        "kind of plot",
        [
            curves, model, filters, features, featureMaps, confusion, misclassified, gradCAM, occlusion,
            saliency, histograms, pca, tsne, roc, precisionRecall, overlay, rateTest, pixels, generated,
            reconstructions, interpolation, latent, latentGrid, detections,
        ])

    public let name: String
    /// What it shows, in a few words.
    public let summary: String
    /// What it is made from, in a few words.
    public let needs: String
    private let draw: @Sendable (PlotRequest) throws -> Plot
    private let drawData: DataDrawing?

    /// Draws some samples of a part, or the first of them where there are no numbers.
    public typealias DataDrawing =
        @Sendable (_ part: DatasetPart, _ samples: [Int], _ limit: Int?) throws -> Plot

    /// - Parameters:
    ///   - needs: what it is made from, for lists of kinds.
    ///   - drawData: draws data without a model; nil for a kind that needs one.
    public init(
        _ name: String, _ summary: String, needs: String = "a model", drawData: DataDrawing? = nil,
        draw: @escaping @Sendable (PlotRequest) throws -> Plot
    ) {
        (self.name, self.summary, self.needs) = (name, summary, needs)
        (self.draw, self.drawData) = (draw, drawData)
    }

    // What kinds are made from.
    private static let pictures = "a model and pictures: files, or some of the data"
    private static let samples = "a model and data"
    private static let classes = "a model and data with classes"
    private static let objects = "a detector and data with boxes"
    private static let annotations = "pictures, with a model or without (--dataset)"

    /// - Throws: `CognitronError` where the model, its history or its data do not have what the plot shows.
    public func plot(_ request: PlotRequest) throws -> Plot { try draw(request) }

    /// Whether it also draws data without a model.
    public var drawsData: Bool { drawData != nil }

    /// Draws data without a model.
    ///
    /// - Parameters:
    ///   - samples: their numbers; empty for the first ones.
    ///   - limit: how many; nil for the plot's own choice.
    /// - Throws: `CognitronError` where the kind needs a model, or the data do not have what it shows.
    public func plot(_ part: DatasetPart, samples: [Int] = [], limit: Int? = nil) throws -> Plot {
        guard let drawData else {
            throw CognitronError(.argument, name, "needs a model", expected: needs)
        }
        return try drawData(part, samples, limit)
    }
}

// Trainings and models.
extension PlotKind {
    public static let curves = PlotKind(
        "curves", "the scores of the training by epoch",
        needs: "the history of a training, which lies beside its model (MODEL.history.json)"
    ) {
        .curves(try $0.readHistory(), title: "Training of \($0.name)")
    }
    public static let model = PlotKind("model", "the layers as boxes and arrows; also .dot and .mmd") {
        try .diagram(of: $0.model, title: $0.name)
    }
    public static let filters = PlotKind("filters", "the filters of the first convolution, or of --layer") {
        try .filters(of: $0.model, layer: $0.layer, limit: $0.limit ?? 64, title: "Filters of \($0.name)")
    }
    public static let features = PlotKind("features", "pictures that the channels of a layer look for") {
        try .features(
            of: $0.model, layer: $0.layer, limit: $0.limit ?? 16, title: "What \($0.name) looks for")
    }
    public static let histograms = PlotKind(
        "histograms", "how weights and outputs of layers are distributed", needs: samples
    ) {
        let batch = try $0.batch(count: $0.limit ?? 64)
        return try .histograms(
            of: $0.model, batch: batch.inputs.first, title: "Weights and activations of \($0.name)")
    }
    public static let generated = PlotKind("generated", "pictures that a generator makes of noise") {
        try .generated(
            by: SampleGenerator(of: $0.model), classNames: $0.classNames, columns: $0.limit ?? 10,
            title: "Pictures by \($0.name)")
    }
    public static let rateTest = PlotKind(
        "rate-test", "the loss of a fresh network while its learning rate rises",
        needs: "a model and the data that it was trained on"
    ) {
        let (model, training) = try $0.readFresh()
        let test = try LearningRateRangeTest(model, training.source, steps: $0.limit ?? 100)
        return .rateTest(test, title: "Learning-rate range test of \($0.name)")
    }
}

// Pictures explained.
extension PlotKind {
    public static let featureMaps = PlotKind(
        "feature-maps", "what each layer makes of a picture", needs: pictures
    ) {
        guard let subject = try $0.subjects(count: 1).first else { throw Self.noData }
        return try .featureMaps(
            of: subject.picture, in: $0.model, layers: $0.layer.map { [$0] }, limit: $0.limit ?? 16,
            title: "Feature maps of \($0.name)")
    }
    public static let pixels = PlotKind(
        "pixels", "a picture beside the numbers that it consists of", needs: annotations,
        drawData: { part, samples, _ in try pixels(of: part.subject(samples.first ?? 0)) },
        draw: { request in
            guard let subject = try request.subjects(count: 1).first else { throw Self.noData }
            return try pixels(of: subject)
        })

    private static func pixels(of subject: Plot.Subject) throws -> Plot {
        guard subject.picture.rank == 3 else {
            throw CognitronError(
                .data, subject.name, "is no picture", expected: "height × width × channels",
                got: "\(subject.picture.shape)")
        }
        return try .pixels(of: Picture(sample: subject.picture))
    }

    public static let gradCAM = PlotKind(
        "grad-cam", "which places speak for a class, by the last feature maps", needs: pictures
    ) {
        try explanation(.gradCAM(layer: $0.layer), $0)
    }
    public static let occlusion = PlotKind(
        "occlusion", "how much a class loses where a square is covered", needs: pictures
    ) {
        try explanation(.occlusion(), $0)
    }
    public static let saliency = PlotKind(
        "saliency", "how much each pixel changes the score of a class", needs: pictures
    ) {
        try explanation(.saliency, $0)
    }

    private static func explanation(_ explanation: Plot.Explanation, _ request: PlotRequest) throws -> Plot {
        let subjects = try request.subjects(count: request.limit ?? 6)
        guard !subjects.isEmpty else { throw noData }
        return try .explanation(
            explanation, of: subjects, by: request.model, classNames: request.classNames,
            classIndex: request.classIndex)
    }

    static var noData: CognitronError {
        CognitronError(.data, "the data", "are empty", expected: "at least one picture")
    }

    public static let overlay = PlotKind(
        "overlay", "masks and boxes over pictures, true and predicted", needs: annotations,
        drawData: { part, samples, limit in
            try .overlay(part.annotated(samples, limit), of: part, title: part.name)
        },
        draw: { try .overlay(of: $0) })
}

// Judgements over test data.
extension PlotKind {
    public static let confusion = PlotKind(
        "confusion", "how often each class is taken for each other", needs: classes
    ) {
        let (outputs, labels, part) = try $0.classified()
        var matrix = ConfusionMatrix(classCount: outputs.shape.last ?? 1)
        try matrix.validate(labels, output: outputs.shape)
        matrix.update(outputs, labels, weights: nil)
        return .confusion(
            matrix.matrix, classNames: $0.classNames, title: "Confusion matrix of \($0.name) on \(part.name)")
    }
    public static let misclassified = PlotKind(
        "misclassified", "wrongly guessed pictures, with truth and guess", needs: classes
    ) {
        let (outputs, labels, part) = try $0.classified()
        guard part.inputShape.rank == 3 else {
            throw CognitronError(
                .data, part.name, "has no pictures", expected: "height × width × channels",
                got: "\(part.inputShape)")
        }
        return try .misclassified(
            outputs, labels, classNames: $0.classNames, of: part.name, limit: $0.limit ?? 24,
            title: "Misclassified by \($0.name)"
        ) { try part.subject($0).picture }
    }
    public static let roc = PlotKind(
        "roc", "true positives by false positives, for each class", needs: classes
    ) {
        let (outputs, labels, _) = try $0.classified()
        return try .roc(outputs, labels, classNames: $0.classNames, title: "ROC curves of \($0.name)")
    }
    public static let detections = PlotKind(
        "detections", "objects found in pictures, hits and misses told apart", needs: objects
    ) { try .detections(of: $0) }
    public static let precisionRecall = PlotKind(
        "precision-recall", "precision by recall, for each class; also of detectors", needs: classes
    ) {
        if $0.detector != nil {
            let (part, detector) = (try $0.readData(), try $0.requireDetector("precision-recall"))
            let scores = try detector.scores(on: part.source, classNames: part.task.classNames)
            return .precisionRecall(
                scores.boxes, classNames: scores.classNames, title: "Precision and recall of \($0.name)")
        }
        let (outputs, labels, _) = try $0.classified()
        return try .precisionRecall(
            outputs, labels, classNames: $0.classNames, title: "Precision and recall of \($0.name)")
    }
    public static let pca = PlotKind(
        "pca", "the samples along a layer's principal components", needs: samples
    ) {
        let (outputs, labels, layer) = try $0.embedded(count: $0.limit ?? 1000)
        let components = try PrincipalComponents(of: outputs, count: min(2, outputs.shape[1]))
        let places = components.transform(outputs)
        let shares = components.shares.map { Double($0).percent() }
        return .embedding(
            places.shape[1] == 2 ? places : Tensor.concatenated([places, places * 0], axis: 1),
            labels: labels, classNames: $0.classNames,
            title: "Principal components of \($0.name)",
            subtitle: "\(outputs.shape[0].grouped) samples, by the \(outputs.shape[1]) outputs of \(layer)",
            axes: (
                "component 1 (\(shares[0]) of the variance)",
                shares.count > 1 ? "component 2 (\(shares[1]) of the variance)" : ""
            ))
    }
    public static let tsne = PlotKind(
        "tsne", "the samples in two dimensions, neighbours together", needs: samples
    ) {
        let (outputs, labels, layer) = try $0.embedded(count: $0.limit ?? 500)
        let map = try NeighbourEmbedding(of: outputs)
        return .embedding(
            map.places, labels: labels, classNames: $0.classNames, title: "t-SNE of \($0.name)",
            subtitle:
                "\(outputs.shape[0].grouped) samples, by the \(outputs.shape[1]) outputs of \(layer); "
                + "distances matter among neighbours only")
    }
}

extension PlotRequest {
    /// The outputs of a layer for the first samples, flattened to (N, D), with the classes where there are.
    ///
    /// - Returns: those of the layer before the last one with weights, or of an autoencoder's codes, unless a
    ///   layer is named.
    func embedded(count: Int) throws -> (outputs: Tensor, labels: Tensor?, layer: String) {
        let batch = try batch(count: count)
        let layers = try model.expanded().children
        // Statistics alone, as of a layer that scales the output, are no weights.
        let last =
            layers.lastIndex { !$0.layer.trainableParameters.isEmpty }
            ?? layers.lastIndex { !$0.layer.allParameters.isEmpty } ?? layers.count
        let code = (try? Autoencoder(model)).flatMap { _ in layers.last { $0.name.hasPrefix("encoder/") } }
        let name = layer ?? (code ?? layers[max(0, last - 1)]).name
        let output = try model.featureExtractor([name]).predict(batch.inputs.map { $0 as any Samples })[0]
        return (output.reshaped([output.shape[0], -1]), try labels(of: batch), name)
    }

    /// The classes of the samples of the data, (N); nil where they have none.
    func labels(of batch: Batch) throws -> Tensor? {
        guard case .classification = try readData().task else { return nil }
        return batch.targets.first.map { $0.reshaped([$0.count]) }
    }
}
