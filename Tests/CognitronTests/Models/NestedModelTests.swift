import CognitronKernels
import Dispatch
import Testing

@testable import Cognitron

@Suite("Models within models, and models that build themselves")
struct NestedModelTests {
    /// Takes pictures of any size.
    private func encoder() -> Sequential {
        Sequential {
            Conv2D(3, kernelSize: 3, padding: .same, activation: .relu)
            GlobalAveragePooling2D()
        }
    }

    @Test("A model can be a part of another on pictures of two sizes")
    func twoSizes() throws {
        let (large, small) = (Input(8, 8, 2), Input(4, 6, 2))
        let encoder = encoder()
        let model = try Model(
            inputs: [large, small], outputs: Dense(1)(Add()(encoder(large), encoder(small))))
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
        let x = [Tensor.randomUniform([5, 8, 8, 2], seed: 1), Tensor.randomUniform([5, 4, 6, 2], seed: 2)]
        let history = try model.fit(x, [Tensor.ones([5, 1])], epochs: 20, verbose: .silent)
        #expect(history.loss[19] < history.loss[0])
        let dense = try #require(model.layer(named: "dense"))
        let sum =
            try encoder.predict(x[0])
            + Tensor.concatenated(
                (0..<5).map { encoder.graph.forward([x[1][$0..<$0 + 1]], .inference).outputs[0] }, axis: 0)
        let expected = sum.matmul(dense.parameters[0].value) + dense.parameters[1].value
        #expect(try model.predict(x)[0].isClose(to: expected))
        // 2·3·9 products a pixel of 8 × 8 and of 4 × 6 pictures, and 3 of the dense layer.
        #expect(model.multiplyAdds(inputs: [[8, 8, 2], [4, 6, 2]], outputs: []) == 54 * (64 + 24) + 3)
        #expect(model.convolutions(batch: 1).map(\.geometry.height) == [8, 4])
    }

    @Test("A model that became a part of another still predicts on its own pictures")
    func keepsItsShape() throws {
        let encoder = encoder()
        let x = Tensor.randomUniform([2, 8, 8, 2], seed: 1)
        let before = try encoder.predict(x)
        let input = Input(4, 4, 2)
        let outer = try Model(inputs: input, outputs: encoder(input))
        #expect(encoder.inputShape == [8, 8, 2])
        #expect(try encoder.predict(x) == before)
        #expect(try outer.predict(Tensor.zeros([1, 4, 4, 2])).shape == [1, 3])
    }

    @Test("A model without layers is refused")
    func empty() throws {
        let input = Input(3)
        let error = #expect(throws: CognitronError.self) { try Model(inputs: input, outputs: input) }
        #expect(error?.problem == "has no layers")
    }

    @Test("An input that nothing depends on has a gradient of zeros")
    func unusedInput() throws {
        let (used, unused) = (Input(3), Input(2, 2, 2))
        let inner = try Model(inputs: [used, unused], outputs: Dense(1)(used))
        let (a, b) = (Input(3), Input(2, 2, 1))
        let conv = Conv2D(2, kernelSize: 1)
        let model = try Model(inputs: [a, b], outputs: inner(a, conv(b)))
        model.initialize(RandomKey(seed: 1))
        let (outputs, pullback) = model.forward(
            inputs: [.ones([4, 3]), .ones([4, 2, 2, 1])], .training)
        let gradients = pullback(outputs.map { .ones($0.shape) })
        #expect(gradients[1] == .zeros([4, 2, 2, 1]))
        #expect(conv.kernel.gradient == .zeros(conv.kernel.shape))
    }

    @Test("A model that is trained draws its random numbers on when a model is built around it")
    func streamsGoOn() throws {
        let losses = try [false, true].map { isWrapped in
            let base = Sequential([Dropout(0.5), Dense(1)])
            try base.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 3)
            try base.trainOnBatch(.ones([4, 6]), .ones([4, 1]))
            if isWrapped { try Sequential([base]).build([6]) }
            return try base.trainOnBatch(.ones([4, 6]), .ones([4, 1]))["loss"]
        }
        #expect(losses[0] == losses[1])
    }

    @Test("After data of a shape that does not fit, data that fit are taken")
    func buildsAgain() throws {
        let inner = Sequential([Dense(3)])
        let model = Sequential([inner, Reshape([3])])
        try model.compile(optimizer: SGD(), loss: .meanSquaredError)
        #expect(throws: CognitronError.self) { _ = try model.predict(Tensor.zeros([2, 4, 4])) as Tensor }
        #expect(!model.isBuilt && !inner.isBuilt)
        #expect(try model.predict(Tensor.zeros([2, 5])).shape == [2, 3])
    }

    @Test("The seed given to compile draws the weights, however the model is built", arguments: 0..<4)
    func seed(_ way: Int) throws {
        let layers: [any AnyLayer] = [Dense(4), Dropout(0.5), Dense(2)]
        let input = Input(3)
        let expected = Sequential([Input(3)] + [Dense(4), Dropout(0.5), Dense(2)])
        try expected.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 5)
        let model = Sequential(layers)
        if way == 2 { try model.build([3]) }
        if way == 3 { _ = try Model(inputs: input, outputs: model(input)) }
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 5)
        switch way {
        case 0: try model.build([3])
        case 1: _ = try model.predict(Tensor.zeros([1, 3])) as Tensor
        default: break
        }
        #expect(model.parameters.map(\.value) == expected.parameters.map(\.value))
        let x = Tensor.ones([4, 3])
        #expect(model.forward(x, .training).output == expected.forward(x, .training).output)
    }

    @Test("Threads that predict with a model nobody has built yet all get what its seed gives")
    func concurrentFirstPrediction() throws {
        let x = Tensor.randomUniform([2, 6, 6, 2], seed: 3)
        func make() throws -> Sequential {
            let model = Sequential([encoder(), Dense(30), Dense(3)])
            try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 7)
            return model
        }
        let expected: Tensor = try make().predict(x)
        for _ in 0..<20 {
            let model = try make()
            let results = ResultBox((0..<8).map { _ in Tensor.zeros([1]) })
            DispatchQueue.concurrentPerform(iterations: 8) { index in
                if let prediction = try? model.predict(x) { results.set(index, prediction) }
            }
            #expect(results.all.allSatisfy { $0 == expected })
        }
    }
}
