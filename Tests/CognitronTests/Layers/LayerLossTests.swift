import Testing

@testable import Cognitron

@Suite("Losses, states and rules of layers")
struct LayerLossTests {
    private let x = Tensor.randomNormal([6, 3], seed: 1)
    private let y = Tensor.randomNormal([6, 2], seed: 2)

    @Test("A layer's own loss is part of the history's, of evaluate's and of a batch's, at any depth")
    func ownLoss() throws {
        func model(_ factor: Float) throws -> Model {
            let model = Sequential([
                Input(3), Sequential([Dense(4, name: "a"), Chain([("penalty", ActivityPenalty(factor))])]),
                Dense(2, name: "b"),
            ])
            try model.compile(optimizer: SGD(learningRate: 0), loss: .meanSquaredError, seed: 1)
            return model
        }
        let (plain, charged) = (try model(0), try model(0.5))
        let hidden = x.matmul(plain.parameters[0].value)
        let own = 0.5 * hidden.squared.mean()
        let expected = try plain.testOnBatch(x, y).loss + own
        #expect(abs(try charged.testOnBatch(x, y).loss - expected) < 1e-5)
        #expect(abs(try charged.evaluate(x, y).loss - expected) < 1e-5)
        #expect(abs(try charged.fit(x, y, verbose: .silent).loss[0] - expected) < 1e-5)
        #expect(abs(try charged.trainOnBatch(x, y).loss - expected) < 1e-5)
    }

    @Test("A layer's own loss has the gradient that finite differences tell")
    func gradient() throws {
        #expect(try GradientChecker.check(ActivityPenalty(3), input: x).largestError < 1e-2)
        let chain = Chain([("a", Dense(4)), ("b", ActivityPenalty(3)), ("c", Dense(2))])
        #expect(try GradientChecker.check(chain, input: x).largestError < 1e-2)
    }

    @Test("A layer's own loss that is not finite is an error, and the step is not taken")
    func notFinite() throws {
        let model = Sequential([Input(3), ActivityPenalty(.infinity), Dense(2)])
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
        let before = model.parameters.map(\.value)
        let text = errorText { try model.trainOnBatch(x, y) }
        #expect(text.hasPrefix("the layers' own losses: their sum is inf"), "\(text)")
        #expect(model.parameters.map(\.value) == before)
        #expect(model.parameters.allSatisfy { !$0.hasGradient })
    }

    @Test("A state is carried from batch to batch, put back where a step fails, and emptied by resetStates")
    func state() throws {
        let layer = RunningSum()
        let model = Sequential([Input(2), Sequential([Chain([("sum", layer)])]), Dense(1)])
        try model.compile(optimizer: SGD(learningRate: 0), loss: .meanSquaredError, seed: 1)
        let ones = Tensor.ones([4, 2])
        for step in 1...3 {
            try model.trainOnBatch(ones, .zeros([4, 1]))
            #expect(layer.sum.value?.scalars == [Float(step)])
        }
        #expect(errorText { try model.trainOnBatch(ones, .ones([4, 1]) * 1e30) }.contains("the loss is inf"))
        #expect(layer.sum.value?.scalars == [3])
        #expect(errorText { try model.fit(ones, .ones([4, 1]) * 1e30, verbose: .silent) }.contains("inf"))
        #expect(layer.sum.value?.scalars == [3])
        model.resetStates()
        #expect(layer.sum.value == nil)
    }

    @Test("A state is in checkpoints")
    func stateInCheckpoints() throws {
        func make() throws -> (Model, RunningSum) {
            let layer = RunningSum()
            let model = Sequential([Input(2), Chain([("sum", layer)]), Dense(1)])
            try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
            return (model, layer)
        }
        let ((a, first), (b, second)) = (try make(), try make())
        try a.trainOnBatch(.ones([4, 2]), .zeros([4, 1]))
        let trainers = try (#require(a.trainer), #require(b.trainer))
        try trainers.1.restore(trainers.0.saveState())
        #expect(second.sum.value == first.sum.value && second.sum.value?.scalars == [1])
        // One that has no numbers yet restores that too.
        a.resetStates()
        try trainers.1.restore(trainers.0.saveState())
        #expect(second.sum.value == nil)
    }

    @Test("A regularizer's gradient is that of the loss it is part of, by finite differences")
    func regularizer() throws {
        let layer = Ruled(2, regularizer: .l1l2(l1: 0.3, l2: 0.7))
        let model = Sequential([Input(3), Chain([("ruled", layer)])])
        try model.compile(optimizer: SGD(learningRate: 1), loss: .meanSquaredError, seed: 1)
        // Away from the corner of |w|.
        layer.kernel.value = [[0.5, -0.4], [0.8, 0.3], [-0.6, 0.9]]
        let w = layer.kernel.value
        let estimates = try (0..<w.count).map { index in
            let losses = try [Float(0.01), -0.01].map { offset in
                var moved = w
                moved.withUnsafeMutableScalars { $0[index] += offset }
                layer.kernel.value = moved
                return try model.testOnBatch(x, y).loss
            }
            return (losses[0] - losses[1]) / 0.02
        }
        layer.kernel.value = w
        try model.trainOnBatch(x, y)
        expectClose(
            w - layer.kernel.value, Tensor(estimates).reshaped(w.shape), "gradient", absolute: 2e-3)
    }

    @Test("A constraint holds after every step, in fit and in a loop of one's own")
    func constraint() throws {
        let layer = Ruled(2, constraint: .maxNorm(0.5), biasConstraint: .nonNeg)
        let model = Sequential([Input(3), layer])
        let optimizer = SGD(learningRate: 1)
        try model.compile(optimizer: optimizer, loss: .meanSquaredError, seed: 1)
        func expectHeld() {
            #expect(layer.kernel.value.squared.sum(axis: 0).max().squareRoot() <= 0.5001)
            #expect(layer.bias.value.scalars.allSatisfy { $0 >= 0 })
        }
        try model.fit(x * 10, y - 5, batchSize: 2, epochs: 2, verbose: .silent)
        expectHeld()
        for _ in 0..<3 {
            let (output, pullback) = model.forward(x, .training)
            _ = pullback(Loss.meanSquaredError(output, y * 100 - 50).gradient)
            optimizer.step(model.parameters)
            expectHeld()
        }
    }

    @Test("Rules whose arguments do not fit the parameter are refused when the model is made")
    func refused() {
        let layers: [(Ruled, String)] = [
            (Ruled(2, regularizer: .l2(-1)), "invalid regularizer of kernel"),
            (Ruled(2, constraint: .maxNorm(1, axis: 2)), "invalid constraint of kernel"),
            (Ruled(2, constraint: .maxNorm(-1)), "invalid constraint of kernel"),
            (Ruled(2, biasConstraint: .unitNorm(axis: 1)), "invalid constraint of bias"),
        ]
        for (layer, problem) in layers {
            #expect(errorText { try Sequential([Input(3), layer]).build([3]) }.contains(problem))
        }
    }

    @Test("Impossible activation functions are refused in every layer that takes one")
    func activations() {
        let wrong = ActivationFunction.elu(alpha: .nan)
        let layers: [any AnyLayer] = [
            Dense(2, activation: wrong), Conv2D(2, kernelSize: 1, activation: wrong),
            DepthwiseConv2D(kernelSize: 1, activation: wrong), Activation(wrong),
        ]
        for layer in layers {
            let text = errorText { try Sequential([layer]).build([2, 2, 1]) }
            #expect(text.contains("invalid activation function"), "\(layer.typeName): \(text)")
        }
    }
}
