import Testing

@testable import Cognitron

@Suite("Losses and their gradients are Keras's")
struct LossGoldenTests {
    struct Arguments: Decodable {
        var loss: String
        var delta: Float?
        var fromLogits: Bool?
        var labelSmoothing: Float?

        func function() throws -> Loss {
            let (fromLogits, smoothing) = (fromLogits ?? false, labelSmoothing ?? 0)
            let losses: [String: Loss] = [
                "mean_squared_error": .meanSquaredError,
                "mean_absolute_error": .meanAbsoluteError,
                "huber": .huber(delta: delta ?? 1),
                "binary_crossentropy": .binaryCrossentropy(
                    fromLogits: fromLogits, labelSmoothing: smoothing),
                "categorical_crossentropy": .categoricalCrossentropy(
                    fromLogits: fromLogits, labelSmoothing: smoothing),
                "sparse_categorical_crossentropy": .sparseCategoricalCrossentropy(
                    fromLogits: fromLogits, labelSmoothing: smoothing),
            ]
            return try #require(losses[loss], "no loss \(loss)")
        }
    }

    @Test(
        "From probabilities and logits, of rows and pixels, weighted or not",
        arguments: try GoldenCase.all("losses"))
    func values(_ golden: GoldenCase) throws {
        let loss = try golden.configuration(Arguments.self).function()
        let (value, gradient) = loss(
            try golden["prediction"], try golden["target"], sampleWeight: golden.tensors["weight"])
        expectClose(Tensor(value), try golden["loss"], "loss")
        // For a class whose probability is 0, Keras's gradients differ with its backend: on TensorFlow that
        // of the other classes remains, here and on JAX none does.
        if golden.name.hasPrefix("sparse_categorical_crossentropy-probabilities-extreme") { return }
        expectClose(gradient, try golden["gradient"], "gradient")
    }
}
