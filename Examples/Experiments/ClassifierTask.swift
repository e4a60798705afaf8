import Cognitron
import CognitronData
import CognitronModels

/// Samples with their classes, for training and for testing.
struct ClassifierTask: Sendable {
    let train: any BatchSource
    let test: any BatchSource
    let inputShape: Shape
    let classCount: Int

    init(train: any BatchSource, test: any BatchSource, inputShape: Shape, classCount: Int) {
        (self.train, self.test, self.inputShape, self.classCount) = (train, test, inputShape, classCount)
    }

    /// The first samples of a data set, which lie in the settings' folder or the usual ones.
    init(
        _ dataset: Dataset, _ settings: ExperimentSettings, shape: Shape? = nil, trainCount: Int = .max,
        testCount: Int = .max
    ) throws {
        let train = try dataset.part(.train, from: settings.data, shape: shape)
        let test = try dataset.part(.test, from: settings.data, shape: shape)
        self.init(
            train: train.source.take(trainCount), test: test.source.take(testCount),
            inputShape: train.inputShape, classCount: dataset.classNames.count)
    }

    /// The share of the largest class among the test targets: what guessing reaches.
    func chance() throws -> Double {
        let samples = Array(0..<(test.sampleCount ?? 0))
        let labels = try test.batch(samples, nil)?.targets.first?.scalars ?? []
        let counts = Dictionary(labels.map { ($0, 1) }, uniquingKeysWith: +)
        return Double(counts.values.max() ?? 0) / Double(max(1, labels.count))
    }

    /// Trains a network of this task, by Adam and the cross-entropy of its probabilities.
    ///
    /// A `Normalization` at its input is adapted to the training samples first.
    ///
    /// - Returns: the share of the test samples that it classifies correctly.
    func accuracy(
        of model: Model, epochs: Int, learningRate: Float = 0.001, batchSize: Int = 32,
        _ settings: ExperimentSettings
    ) throws -> Double {
        try model.compile(
            optimizer: Adam(learningRate: learningRate), loss: .sparseCategoricalCrossentropy,
            metrics: [.accuracy], seed: settings.seed)
        try model.adaptNormalization(to: train)
        try model.fit(train, batchSize: batchSize, epochs: epochs, verbose: .silent)
        return Double(try model.evaluate(test).accuracy ?? .nan)
    }

    /// The same samples with the first channel alone.
    func firstChannel() -> ClassifierTask {
        func reduced(_ source: any BatchSource) -> any BatchSource {
            source.map { batch in
                Batch(
                    inputs: batch.inputs.map { $0.slice(axis: $0.rank - 1, 0..<1) }, targets: batch.targets)
            }
        }
        return ClassifierTask(
            train: reduced(train), test: reduced(test), inputShape: inputShape.replacingLast(with: 1),
            classCount: classCount)
    }
}
