import Testing

@testable import Cognitron

@Suite("Metrics are Keras's")
struct MetricGoldenTests {
    struct Arguments: Decodable {
        var metric: String
        var target: String
        var k: Int?
        var batchSize: Int

        func function() throws -> MeanMetric {
            switch metric {
            case "accuracy": .accuracy
            case "top_k_accuracy": .topKAccuracy(k: try #require(k))
            case "mean_squared_error": .meanSquaredError
            default: .meanAbsoluteError
            }
        }
    }

    @Test("After each of three batches, the last one short", arguments: try GoldenCase.all("metrics"))
    func batches(_ golden: GoldenCase) throws {
        let arguments = try golden.configuration(Arguments.self)
        let metric = try arguments.function()
        let (prediction, target) = (try golden["prediction"], try golden["target"])
        // A model that predicts what it is given; the loss only has to accept the targets.
        let model = Sequential {
            Input(shape: prediction.shape.sample)
            Activation(.linear)
        }
        try model.compile(
            optimizer: SGD(),
            loss: arguments.target == "class"
                ? .sparseCategoricalCrossentropy(fromLogits: true) : .meanSquaredError,
            metrics: [metric])
        for (index, result) in try golden["results"].scalars.enumerated() {
            let count = min((index + 1) * arguments.batchSize, prediction.shape[0])
            let scores = try model.evaluate(
                prediction[0..<count], target[0..<count], batchSize: arguments.batchSize)
            expectClose(
                Tensor(try #require(scores[metric.name])), Tensor(result), "after batch \(index + 1)",
                relative: 1e-6,
                absolute: 0)
        }
    }
}
