import Cognitron
import CognitronData

/// Classifiers on top of an encoder, trained with few labels.
struct FewLabelClassifiers {
    private let encoder: Model
    private let data: LabelledAndNot
    private let settings: ExperimentSettings

    init(_ encoder: Model, _ data: LabelledAndNot, _ settings: ExperimentSettings) {
        (self.encoder, self.data, self.settings) = (encoder, data, settings)
    }

    /// The test accuracy of a copy of the encoder with a dense layer, both trained.
    func fineTuned(labelsPerClass count: Int) throws -> Double {
        try mean { draw in
            let copy = try PretextTask.newEncoder(data.train.images.shape.sample, settings)
            for (own, learnt) in zip(copy.parameters, encoder.parameters) { own.value = learnt.value }
            let input = Input(shape: data.train.images.shape.sample)
            let model = try Model(
                inputs: input,
                outputs: Dense(data.train.classNames.count, activation: .softmax)(copy(input)))
            let (x, y) = data.labelled(perClass: count, draw: draw)
            return try accuracy(of: model, x, y, test: data.test.images, learningRate: 0.001)
        }
    }

    /// The test accuracy of a dense layer on what the encoder gives.
    func frozen(labelsPerClass count: Int) throws -> Double {
        let test = try encoder.predict(data.test.images)
        return try mean { draw in
            let (x, y) = data.labelled(perClass: count, draw: draw)
            let model = Sequential {
                Input(shape: test.shape.sample)
                Dense(data.train.classNames.count, activation: .softmax)
            }
            return try accuracy(of: model, try encoder.predict(x), y, test: test, learningRate: 0.01)
        }
    }

    /// The mean score of all draws of labels.
    private func mean(_ score: (_ draw: Int) throws -> Double) rethrows -> Double {
        try (0..<data.draws).map(score).reduce(0, +) / Double(data.draws)
    }

    private func accuracy(
        of model: Model, _ x: Tensor, _ y: Tensor, test: any Samples, learningRate: Float
    ) throws -> Double {
        try model.compile(
            optimizer: Adam(learningRate: learningRate), loss: .sparseCategoricalCrossentropy,
            metrics: [.accuracy],
            seed: settings.seed)
        // As many steps for few labels as for many, but at least ten epochs.
        let steps = settings.pick(full: 300, small: 100)
        let batches = max(1, y.count / 32)
        try model.fit(x, y, batchSize: 32, epochs: max(10, steps / batches), verbose: .silent)
        return Double(try model.evaluate(test, data.test.labels)["accuracy"] ?? 0)
    }
}
