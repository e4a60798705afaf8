import Cognitron
import CognitronData
import CognitronModels
import Testing

/// End to end: networks learn the built-in pictures. One at a time, so that each has the cores to itself.
@Suite("Networks learn the built-in pictures", .serialized)
struct LearningTests {
    /// The test accuracy of a classifier trained on `train`.
    private func accuracy(
        of model: Model, _ optimizer: any Optimizer, _ train: LabelledImages, _ test: LabelledImages,
        batchSize: Int,
        epochs: Int
    ) throws -> Float {
        try model.compile(
            optimizer: optimizer, loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], seed: 1)
        try model.fit(train.images, train.labels, batchSize: batchSize, epochs: epochs, verbose: .silent)
        return try #require(try model.evaluate(test.images, test.labels).accuracy)
    }

    @Test("LeNet passes 95 % on the grey form of Shapes")
    func leNetLearnsShapes() throws {
        let train = Shapes.make(count: 10_000, size: 28, channels: .grey)
        let test = Shapes.make(count: 1_000, split: .test, size: 28, channels: .grey)
        #expect(try accuracy(of: leNet(), Adam(), train, test, batchSize: 32, epochs: 6) > 0.95)
    }

    @Test("VGG-lite passes 95 % on Shapes after ten thousand pictures")
    func vggLiteLearnsShapes() throws {
        let (train, test) = (Shapes.make(count: 10_000), Shapes.make(count: 1_000, split: .test))
        let optimizer = SGD(learningRate: 0.01, momentum: 0.9)
        #expect(try accuracy(of: vggLite(), optimizer, train, test, batchSize: 64, epochs: 1) > 0.95)
    }

    @Test("A linear model stays under 60 % on Shapes")
    func linearModelFails() throws {
        let (train, test) = (Shapes.make(count: 5_000), Shapes.make(count: 1_000, split: .test))
        let model = Sequential {
            Input(32, 32, 3)
            Flatten()
            Dense(10, activation: .softmax)
        }
        let reached = try accuracy(of: model, Adam(), train, test, batchSize: 64, epochs: 8)
        #expect(reached < 0.6)
        #expect(reached > 0.1)  // it does learn something: the limit is not met by a broken model
    }

    @Test("ResNet18 learns a handful of pictures by heart")
    func resNetOverfits() throws {
        let train = Shapes.make(count: 20)
        let model = try resNet18()
        try model.compile(
            optimizer: Adam(), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy], seed: 1)
        let history = try model.fit(
            train.images, train.labels, batchSize: 20, epochs: 12, shuffle: false, verbose: .silent)
        #expect(try #require(history["accuracy"].last) == 1)
        #expect(try #require(history.loss.last) < 0.1)
    }
}
