import Cognitron
import CognitronData
import CognitronModels

/// Scores of a model on a source, each with an interval that holds it in 95 of 100 data sets of this kind.
///
/// The samples are dealt at random to up to a hundred groups, each with losses and metrics of its own. Merged
/// they are the exact scores; merged in random selections, with repetition, they show how much the scores
/// vary with the samples (bootstrap). Shares of right answers have Wilson's interval instead.
struct Evaluation {
    var scores: [Score]
    /// Of a segmentation, those of each class.
    var classes: [ClassScore]?
    /// Of a detector, those of each class.
    var objects: [ObjectScore]?

    /// One score with its interval, which is nil where there are too few samples for one.
    struct Score: Encodable {
        let name: String
        let value: Float
        let interval: Interval?
    }

    /// Scores without intervals, as a training step of a network's own measures them.
    init(_ scores: Scores) {
        self.init(
            scores: scores.names.map { Score(name: $0, value: scores[$0] ?? .nan, interval: nil) })
    }

    init(scores: [Score], objects: [ObjectScore]? = nil) { (self.scores, self.objects) = (scores, objects) }

    private static let groupCount = 100

    /// - Parameters:
    ///   - recipe: the losses and metrics.
    ///   - views: how many views of each picture are averaged.
    ///   - pixelClasses: the names of the classes that pixels have; nil of other tasks.
    init(
        _ model: Model, _ recipe: TaskRecipe, _ source: any BatchSource, views: PictureViews = .one,
        pixelClasses: [String]? = nil
    ) throws {
        let count = source.sampleCount ?? 0
        guard count > 0 else {
            throw CognitronError(.data, "the data", "there are no samples", expected: "at least one")
        }
        var generator = RandomKey(seed: 0).folding("groups").generator()
        let order = Array(0..<count).shuffled(using: &generator)
        let groups = min(count, Self.groupCount)
        var confusion = pixelClasses.map { ConfusionMatrix(classCount: $0.count) }
        let meters = try (0..<groups).map { group in
            let samples = order[group * count / groups..<(group + 1) * count / groups].sorted()
            var meter = GroupMeter(model, recipe)
            try meter.measure(model, source, samples, views, &confusion)
            return meter
        }
        scores = meters[0].names.enumerated().map { index, name in
            let metrics = meters.map { $0.metrics[index] }
            let value = metrics[0].merged(with: metrics.dropFirst())
            let interval =
                ScoreText.isShare(name) && meters[0].countsSamples
                ? Interval(wilson: value, count: count) : Interval(bootstrap: metrics)
            return Score(name: name, value: value, interval: interval)
        }
        classes = confusion.map { ClassScore.all($0, pixelClasses ?? []) }
    }
}

/// The losses and metrics of some of the samples.
private struct GroupMeter {
    private(set) var metrics: [any Metric] = []
    private(set) var names: [String] = []
    /// The output of each metric.
    private var outputs: [Int] = []
    /// Whether an accuracy counts whole samples, not pixels or steps.
    let countsSamples: Bool

    init(_ model: Model, _ recipe: TaskRecipe) {
        countsSamples = model.outputShape?.rank == 1
        for (output, loss) in recipe.losses.enumerated() {
            let prefix = recipe.losses.count > 1 ? "\(model.outputNames[output])_" : ""
            metrics.append(MeanLoss(loss))
            names.append("\(prefix)loss")
            for metric in recipe.metrics + recipe.furtherMetrics {
                metrics.append(metric.cleared(for: loss))
                names.append(prefix + metric.name)
            }
            outputs += Array(repeating: output, count: metrics.count - outputs.count)
        }
    }

    /// Predicts the samples and takes their scores in.
    ///
    /// - Parameter confusion: takes in the classes of pixels.
    mutating func measure(
        _ model: Model, _ source: any BatchSource, _ samples: [Int], _ views: PictureViews,
        _ confusion: inout ConfusionMatrix?
    ) throws {
        let batchSize = PredictionBatch.size(for: model.inputShape)
        for start in stride(from: 0, to: samples.count, by: batchSize) {
            let numbers = Array(samples[start..<min(start + batchSize, samples.count)])
            guard let batch = try source.batch(numbers, nil) else { return }
            let predictions = try views.predict(model, batch.inputs)
            for index in metrics.indices {
                let output = outputs[index]
                try metrics[index].validate(batch.targets[output], output: predictions[output].shape)
                metrics[index].update(
                    predictions[output], batch.targets[output], weights: batch.weight(output))
            }
            confusion?.update(predictions[0], batch.targets[0], weights: batch.weight(0))
        }
    }
}

/// A loss over all samples: each batch's loss counts as often as it has samples.
private struct MeanLoss: Metric {
    let loss: Loss
    private var (sum, count) = (0.0, 0)

    init(_ loss: Loss) { self.loss = loss }

    var name: String { "loss" }
    var direction: Direction { .minimize }
    var result: Float { count == 0 ? 0 : Float(sum / Double(count)) }

    mutating func update(_ prediction: Tensor, _ target: Tensor, weights: Tensor?) {
        let samples = prediction.shape[0]
        sum += Double(loss(prediction, target, sampleWeight: weights).loss) * Double(samples)
        count += samples
    }

    mutating func merge(_ other: MeanLoss) { (sum, count) = (sum + other.sum, count + other.count) }
    mutating func reset() { (sum, count) = (0, 0) }
}

// Methods of `Metric`, since `any Metric` cannot call what takes or gives `Self`.
extension Metric {
    fileprivate func cleared(for loss: Loss) -> any Metric {
        var metric = adapted(to: loss)
        metric.reset()
        return metric
    }

    /// The score of what this metric and the others have taken in.
    func merged(with others: some Sequence<any Metric>) -> Float {
        var metric = self
        for other in others { if let other = other as? Self { metric.merge(other) } }
        return metric.result
    }
}
