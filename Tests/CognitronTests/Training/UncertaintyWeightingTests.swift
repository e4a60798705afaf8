import Foundation
import Testing

@testable import Cognitron

@Suite("Uncertainty weighting")
struct UncertaintyWeightingTests {
    private let x = Tensor.randomNormal([6, 3], seed: 1)
    private let targets = [Tensor.randomNormal([6, 2], seed: 2), Tensor.randomNormal([6, 1], seed: 3) * 10]

    private func model(weights: [Float]? = nil, _ optimizer: any Optimizer = SGD(learningRate: 0)) throws
        -> Model
    {
        let input = Input(3)
        let h = Dense(4, activation: .tanh)(input)
        let model = try Model(inputs: input, outputs: ["a": Dense(2)(h), "b": Dense(1)(h)])
        try model.compile(
            optimizer: SGD(learningRate: 0), losses: [.meanSquaredError, .meanAbsoluteError],
            lossWeights: weights, seed: 4, step: { UncertaintyWeighting(wrapped: $0, optimizer: optimizer) })
        return model
    }

    private func step(of model: Model) throws -> UncertaintyWeighting {
        try #require(model.trainer?.step as? UncertaintyWeighting)
    }

    /// Σ wᵢ Lᵢ / (2 σᵢ²) + log σᵢ
    private func loss(_ losses: [Float], _ weights: [Float], _ s: [Float]) -> Float {
        zip(zip(losses, weights), s).reduce(0) {
            $0 + $1.0.0 * $1.0.1 / (2 * exp($1.1)) + $1.1 / 2
        }
    }

    @Test("The loss is L / (2σ²) + log σ, summed over the outputs, in training and in evaluation")
    func formula() throws {
        let weights: [Float] = [1, 3]
        let model = try model(weights: weights)
        try step(of: model).logVariances.value = [-0.7, 1.2]
        for scores in [
            try model.trainOnBatch([x], targets), try model.evaluate([x], targets, batchSize: 6),
        ] {
            let losses = [try #require(scores["a_loss"]), try #require(scores["b_loss"])]
            #expect(abs(scores.loss - loss(losses, weights, [-0.7, 1.2])) < 1e-4 * scores.loss)
        }
        #expect(abs(try #require(step(of: model).deviations["b"]) - exp(0.6)) < 1e-6)
    }

    @Test("The gradient for s = log σ² is that of finite differences")
    func gradient() throws {
        let (s, weights): ([Float], [Float]) = ([-0.7, 1.2], [1, 3])
        // One step of this size subtracts the gradient.
        let model = try model(weights: weights, SGD(learningRate: 1))
        let step = try step(of: model)
        step.logVariances.value = Tensor(s)
        let scores = try model.trainOnBatch([x], targets)
        let losses = [try #require(scores["a_loss"]), try #require(scores["b_loss"])]
        let moved = step.logVariances.value.scalars
        for index in 0..<2 {
            var (up, down) = (s, s)
            up[index] += 0.01
            down[index] -= 0.01
            let slope = (loss(losses, weights, up) - loss(losses, weights, down)) / 0.02
            #expect(abs(s[index] - moved[index] - slope) < 1e-3 * max(1, abs(slope)))
        }
    }

    @Test("The network's gradients are those of losses with the weights 1 / (2σ²)")
    func networkGradients() throws {
        let s: [Float] = [-0.7, 1.2]
        let learned = try model()
        try step(of: learned).logVariances.value = Tensor(s)
        let fixed = try model()
        try fixed.compile(
            optimizer: SGD(learningRate: 0.1), losses: [.meanSquaredError, .meanAbsoluteError],
            lossWeights: s.map { exp(-$0) / 2 }, seed: 4)
        learned.optimizer?.learningRate = 0.1
        _ = try learned.trainOnBatch([x], targets)
        _ = try fixed.trainOnBatch([x], targets)
        for (a, b) in zip(learned.parameters, fixed.parameters) { expectClose(a.value, b.value, a.name) }
    }

    @Test("σ² becomes the task's loss, where the formula has its minimum")
    func converges() throws {
        let model = try model(weights: nil, SGD(learningRate: 0.2))
        var scores = Scores()
        for _ in 0..<200 { scores = try model.trainOnBatch([x], targets) }
        for name in ["a", "b"] {
            let (loss, sigma) = (
                try #require(scores["\(name)_loss"]), try #require(scores["\(name)_sigma"])
            )
            #expect(abs(sigma * sigma / loss - 1) < 1e-2)
        }
    }

    @Test("A state that was saved is restored; that of other outputs is refused")
    func state() throws {
        let model = try model(weights: nil, Adam(learningRate: 0.1))
        _ = try model.trainOnBatch([x], targets)
        let state = try #require(model.trainer).saveState()
        _ = try model.trainOnBatch([x], targets)
        let after = try step(of: model).logVariances.value
        try #require(model.trainer).restore(state)
        #expect(try step(of: model).logVariances.value != after)
        _ = try model.trainOnBatch([x], targets)
        #expect(try step(of: model).logVariances.value == after)
        #expect(throws: CognitronError.self) {
            try step(of: model).restore(["logVariances": .tensor([0])])
        }
    }
}
