import Cognitron
import CognitronTesting
import Testing

/// Layers from outside the package, by the checks that those of the package pass.
@Suite("Layers from another module conform")
struct OwnLayersTests {
    private let sequences = Tensor.randomNormal([4, 6, 3], seed: 1)
    private let rows = Tensor.randomNormal([4, 5], seed: 2)

    @Test("A layer that makes a mask, and one that reads it")
    func masks() throws {
        try expectConformance(SkipZeros(), inputs: [sequences])
        try expectConformance(MeanOfSteps(), inputs: [sequences])
    }

    @Test("A layer of two outputs with a layer inside it")
    func children() throws {
        registerStrangers()
        try expectConformance(TwoHeads(Dense(3, activation: .tanh)), inputs: [rows])
    }

    @Test("A layer with a loss of its own")
    func losses() throws {
        try expectConformance(Quiet(0.1), inputs: [rows])
    }
}
