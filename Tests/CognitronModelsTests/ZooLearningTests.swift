import Cognitron
import CognitronData
import CognitronModels
import Testing

@Suite("The classifiers learn from real pictures", .serialized)
struct ZooLearningTests {
    /// Handwritten digits, enlarged to what a network takes.
    private static func digits(_ count: Int, for network: ZooNetwork) throws -> Batch {
        let part = try Dataset.digits.part(.train)
        var batch = try #require(try part.source.batch(Array(0..<count), nil))
        let resized = Resizing(network.size, network.size).forward(batch.inputs[0], .inference).output
        batch.inputs = [Tensor.concatenated(Array(repeating: resized, count: network.channels), axis: 3)]
        return batch
    }

    @Test("A few passes over 64 digits make the loss fall", arguments: ZooNetwork.all)
    func lossFalls(_ network: ZooNetwork) throws {
        let batch = try Self.digits(64, for: network)
        let model = try network.make(1 / 4, network.inputShape)
        try model.compile(optimizer: Adam(), loss: .sparseCategoricalCrossentropy, seed: 1)
        let history = try model.fit(
            batch.inputs[0], batch.targets[0], batchSize: 32, epochs: 4, verbose: .silent)
        let (first, last) = (try #require(history.loss.first), try #require(history.loss.last))
        print("ZOO", network.name, history.loss)
        #expect(last < first)
    }

    @Test("GoogLeNet's three losses fall together, and the prediction shares the layers")
    func auxiliaries() throws {
        let network = try #require(ZooNetwork.all.first { $0.name == "googlenet" })
        let batch = try Self.digits(64, for: network)
        let (x, y) = (batch.inputs[0], batch.targets[0])
        let both = try GoogLeNet(width: 1 / 4, inputShape: network.inputShape, classCount: 10)
        try both.training.compile(
            optimizer: Adam(), losses: GoogLeNet.losses, lossWeights: GoogLeNet.lossWeights, seed: 1)
        let before = try both.prediction.predict(x)
        let history = try both.training.fit([x], [y, y, y], batchSize: 32, epochs: 4, verbose: .silent)
        for name in ["classes_loss", "aux1_loss", "aux2_loss"] {
            let losses = history[name]
            #expect(losses.count == 4 && losses[3] < losses[0], "\(name): \(losses)")
        }
        #expect(try both.prediction.predict(x) != before)
        #expect(both.prediction.outputCount == 1)
    }
}
