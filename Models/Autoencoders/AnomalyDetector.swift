import Cognitron

/// Finds samples that a model of normal ones cannot give back: an autoencoder has learnt codes for what it
/// was trained on, and for little else.
///
///     score(x) = Σ (x − model(x))² / numbers of a sample
///
///     let detector = try AnomalyDetector(model, normal: validation, quantile: 0.95)
///     let scores = try detector.scores(of: source)
///     let found = scores.indices.filter { detector.isAnomaly(scores[$0]) }
///
/// - Source: Hawkins et al., "Outlier Detection Using Replicator Neural Networks" (2002).
public struct AnomalyDetector: Sendable {
    public let model: Model
    /// The largest score of a sample that counts as normal.
    public var threshold: Float

    /// - Throws: `CognitronError.model` where the model does not give back its one input.
    public init(_ model: Model, threshold: Float = .infinity) throws {
        guard let input = model.inputShape, model.outputShapes == [input] else {
            throw CognitronError(
                .model, model.name ?? "the model", "does not give back its input",
                expected: "an autoencoder, whose output has the shape of its one input"
                    + (model.inputShape.map { ", \($0)" } ?? ""),
                got: model.outputShapes.map { "outputs of \($0.map(\.description).joined(separator: ", "))" },
                advice: "train one, such as cognitron train --model conv-autoencoder")
        }
        (self.model, self.threshold) = (model, threshold)
    }

    /// A detector whose threshold is a quantile of the scores of normal samples.
    ///
    /// - Parameters:
    ///   - normal: samples that the model was not trained on; those have smaller scores.
    ///   - quantile: the share of them that is to count as normal, from 0 to 1: 1 − 0.95 are false alarms.
    /// - Throws: `CognitronError` where the model does not give back its input, the quantile is no share, or
    ///   there are no normal samples.
    public init(_ model: Model, normal: any BatchSource, quantile: Double = 0.95) throws {
        try self.init(model)
        guard (0...1).contains(quantile) else {
            throw CognitronError(
                .argument, "quantile", "is no share of the normal samples", expected: "a number from 0 to 1",
                got: "\(quantile)")
        }
        let scores = try scores(of: normal)
        guard !scores.isEmpty else {
            throw CognitronError(.data, "the normal data", "are empty", expected: "at least one sample")
        }
        threshold = Tensor(scores).quantile(quantile)
    }

    /// How badly the model gives back each sample of a source.
    ///
    /// - Throws: `CognitronError` where the samples cannot be read or do not fit the model.
    public func scores(of source: any BatchSource) throws -> [Float] {
        var scores: [Float] = []
        while source.sampleCount.map({ scores.count < $0 }) ?? true {
            let end = min(scores.count + Self.batchSize, source.sampleCount ?? .max)
            guard let batch = try source.batch(Array(scores.count..<end), nil), let x = batch.inputs.first,
                x.shape[0] > 0
            else { break }
            let error = (try model.predict(x) - x).squared
            scores += error.mean(axes: Array(1..<error.rank)).scalars
        }
        return scores
    }

    /// Whether a score is above the threshold, or no number.
    public func isAnomaly(_ score: Float) -> Bool { !(score <= threshold) }

    private static let batchSize = 128
}
