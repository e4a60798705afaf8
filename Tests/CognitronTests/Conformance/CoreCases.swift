import CognitronTesting

@testable import Cognitron

extension ConformanceCase {
    static let core: [ConformanceCase] = [
        ConformanceCase("radial basis", [3, 5]) {
            RadialBasis(centres: [[1, 0, -1, 2, 0], [0.5, 0, 1, -1, 0]])
        },
        ConformanceCase("dense", [3, 5]) { Dense(4, activation: .tanh) },
        ConformanceCase("dense, softmax", [3, 2, 5]) { Dense(4, activation: .softmax) },
        ConformanceCase("dense without bias", [3, 5]) { Dense(9, useBias: false) },
        ConformanceCase("einsum, heads", [2, 3, 4]) {
            EinsumDense("abc,cde->abde", outputShape: [nil, 2, 3], activation: .tanh, biasAxes: "de")
        },
        ConformanceCase("einsum, shared axes in another order", [2, 3, 4]) {
            EinsumDense("abc,dcb->acd", outputShape: [4, 5], biasAxes: "cd", activityRegularizer: .l2(0.1))
        },
        ConformanceCase("embedding", inputs: [[[0, 2, 2], [1, 0, 3]]], inputsHaveGradients: false) {
            Embedding(4, 3, embeddingsInitializer: .randomNormal)
        },
        ConformanceCase("reversed embedding", [2, 3, 4]) {
            Embedding(5, 4, embeddingsInitializer: .randomNormal(standardDeviation: 1)).reversed(
                logitSoftCap: 2)
        },
        ConformanceCase("reversed embedding with a table of its own", [2, 3, 4]) {
            Embedding(5, 4, embeddingsInitializer: .randomNormal(standardDeviation: 1)).reversed(
                tieWeights: false)
        },
        ConformanceCase(
            "reversible embedding", inputs: [[[0, 2, 2], [1, 0, 3]]], inputsHaveGradients: false
        ) {
            ReversibleEmbedding(4, 3, embeddingsInitializer: .randomNormal)
        },
        ConformanceCase("identity", [2, 3]) { Identity() },
        ConformanceCase("masking", [2, 3, 4]) { Masking() },
        ConformanceCase("lambda", [2, 3]) {
            Lambda.register("conformance.square") { x, _ in (x.squared, { 2 * x * $0 }) }
            return try Lambda(registered: "conformance.square")
        },
    ]
}
