import Testing

@testable import Cognitron

@Suite("Losses and their gradients are Keras's")
struct LossGoldenTests {
    struct Arguments: Decodable {
        var loss: String
        var delta: Float?
        var fromLogits: Bool?
        var labelSmoothing: Float?
        var ignoreClass: Int?
        var axis: Int?
        var axes: [Int]?
        var alpha: Float?
        var beta: Float?
        var gamma: Float?
        var margin: Float?
        var q: Float?
        var soft: Bool?
        var removeDiagonal: Bool?
        var applyClassBalancing: Bool?
        var reduction: String?

        func function() throws -> Loss {
            let (logits, smoothing, axis) = (fromLogits ?? false, labelSmoothing ?? 0, axis ?? -1)
            let reduction = try reduction.map { try #require(Loss.Reduction(rawValue: $0)) } ?? .mean
            switch loss {
            case "mean_squared_error": return .meanSquaredError(reduction: reduction)
            case "mean_absolute_error": return .meanAbsoluteError
            case "mean_absolute_percentage_error": return .meanAbsolutePercentageError
            case "mean_squared_logarithmic_error": return .meanSquaredLogarithmicError
            case "huber": return .huber(delta: delta ?? 1)
            case "log_cosh": return .logCosh
            case "poisson": return .poisson
            case "cosine_similarity": return .cosineSimilarity(axis: axis)
            case "kl_divergence": return .klDivergence
            case "hinge": return .hinge
            case "squared_hinge": return .squaredHinge
            case "categorical_hinge": return .categoricalHinge
            case "binary_crossentropy":
                return .binaryCrossentropy(fromLogits: logits, labelSmoothing: smoothing, axis: axis)
            case "categorical_crossentropy":
                return .categoricalCrossentropy(fromLogits: logits, labelSmoothing: smoothing, axis: axis)
            case "sparse_categorical_crossentropy":
                return .sparseCategoricalCrossentropy(
                    fromLogits: logits, ignoreClass: ignoreClass, labelSmoothing: smoothing,
                    reduction: reduction)
            case "binary_focal_crossentropy":
                return .binaryFocalCrossentropy(
                    applyClassBalancing: applyClassBalancing ?? false, alpha: alpha ?? 0.25,
                    gamma: gamma ?? 2, fromLogits: logits, labelSmoothing: smoothing)
            case "categorical_focal_crossentropy":
                return .categoricalFocalCrossentropy(
                    alpha: alpha ?? 0.25, gamma: gamma ?? 2, fromLogits: logits, labelSmoothing: smoothing)
            case "categorical_generalized_cross_entropy":
                return .categoricalGeneralizedCrossEntropy(q: q ?? 0.5)
            case "dice": return .dice(axis: axes)
            case "tversky": return .tversky(alpha: alpha ?? 0.5, beta: beta ?? 0.5, axis: axes)
            case "circle":
                return .circle(
                    gamma: gamma ?? 80, margin: margin ?? 0.4, removeDiagonal: removeDiagonal ?? true)
            case "triplet_semihard_loss": return .tripletSemiHard
            case "triplet_hard_loss": return .tripletHard(soft: soft ?? false)
            case "contrastive_loss": return .contrastive
            case "ctc": return .ctc
            default: throw CognitronError(.argument, loss, "is no loss")
            }
        }
    }

    @Test(
        "From probabilities and logits, of rows and pixels, weighted or not",
        arguments: try GoldenCase.all("losses"))
    func values(_ golden: GoldenCase) throws {
        let arguments = try golden.configuration(Arguments.self)
        let loss = try arguments.function()
        let (value, gradient) = loss(
            try golden["prediction"], try golden["target"], sampleWeight: golden.tensors["weight"])
        // Exponents of eighty times a similarity have eighty times its rounding error, there and here.
        let tolerance: Float = arguments.loss == "circle" ? 1e-4 : 1e-5
        expectClose(Tensor(value), try golden["loss"], "loss", relative: tolerance)
        // For a class whose probability is 0, Keras's gradients differ with its backend: on TensorFlow that
        // of the other classes remains, here and on JAX none does.
        if golden.name.hasPrefix("sparse_categorical_crossentropy-probabilities-extreme") { return }
        let expected = try golden["gradient"]
        // The cosine of one number cannot change: its gradient is rounding alone.
        let least: Float = golden.name.hasPrefix("cosine_similarity-one-column") ? 1e-6 : 0
        expectClose(gradient, expected, "gradient", absolute: max(least, tolerance * expected.largest))
    }
}
