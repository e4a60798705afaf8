import Testing

@testable import Cognitron

@Suite("Looking into a model")
struct FeatureTests {
    private func model() throws -> Model {
        let input = Input(12, 12, 1)
        let a = Conv2D(4, kernelSize: 3, padding: .same, activation: .relu, name: "a")(input)
        let b = BatchNormalization(name: "b")(Conv2D(4, kernelSize: 3, padding: .same, name: "c")(a))
        let sum = Add(name: "sum")(a, b)
        let model = try Model(
            inputs: input, outputs: Dense(3, name: "end")(GlobalAveragePooling2D(name: "mean")(sum)))
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 2)
        return model
    }

    @Test("A model of inner layers gives what the layers inside gave, and shares them")
    func innerLayers() throws {
        let model = try model()
        let x = Tensor.randomUniform([2, 12, 12, 1], seed: 3)
        let inner = try model.featureExtractor(["mean", "a"])
        let outputs = try inner.predict([x])
        #expect(outputs.map(\.shape) == [[2, 4], [2, 12, 12, 4]])
        #expect(inner.outputNames == ["mean", "a"])
        let end = try #require(model.layer(named: "end"))
        #expect(end.forward(inputs: [outputs[0]], .inference).outputs[0].isClose(to: try model.predict(x)))
        #expect(inner.layers.count == 5 && inner.parameters.count < model.parameters.count)
        #expect(inner.layer(named: "a") === model.layer(named: "a"))
        let first = try model.featureExtractor(["a"])
        #expect(first.layers.count == 1 && first.inputShape == [12, 12, 1])
        let error = #expect(throws: CognitronError.self) { try model.featureExtractor(["summ"]) }
        #expect(error?.advice == "did you mean sum?")
        #expect(throws: CognitronError.self) { try Sequential([Dense(2)]).featureExtractor(["dense"]) }
    }

    @Test("Any output of a layer can be taken, such as the last state of a recurrent one")
    func furtherOutputs() throws {
        let input = Input(4, 2)
        let read = LSTM(3, returnSequences: true, returnState: true, name: "lstm").outputs(of: input)
        let model = try Model(inputs: input, outputs: read[0])
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 2)
        let x = Tensor.randomUniform([1, 4, 2], seed: 1)
        let states = try model.predict(x)
        let last = try model.featureExtractor(["lstm"], outputs: [1]).predict(x)
        #expect(last.isClose(to: states.slice(axis: 1, 3)))
        for numbers in [[3], [-1], []] {
            #expect(throws: CognitronError.self) { try model.featureExtractor(["lstm"], outputs: numbers) }
        }
    }

    @Test("Ascending the gradient raises a channel's response, within 0…1, and leaves the model alone")
    func maximizedInput() throws {
        let model = try model()
        let kernel = try #require(model.parameters.first)
        kernel.accumulate(.ones(kernel.shape))
        let before = model.parameters.map(\.value)
        let layer = try model.featureExtractor(["sum"])
        for channel in 0..<4 {
            let start = 0.45 + 0.1 * Tensor.randomUniform([1, 12, 12, 1], seed: 4)
            let (input, responses) = layer.maximizedInput(from: start, channel: channel, steps: 20)
            #expect(responses.count == 21)
            #expect(zip(responses, responses.dropFirst()).allSatisfy { $1 > $0 - 1e-4 })
            #expect(responses[20] > responses[0] + 0.01)
            #expect(input.scalars.allSatisfy { (0...1).contains($0) })
            #expect(
                layer.maximizedInput(from: input, channel: channel, steps: 0).responses == [responses[20]])
        }
        #expect(model.parameters.map(\.value) == before)
        #expect(kernel.gradient == .ones(kernel.shape))
        #expect(model.parameters.count { $0.hasGradient } == 1)
    }

    @Test("It ends where nothing depends on the input")
    func deadFeature() throws {
        let layer = Conv2D(1, kernelSize: 1, activation: .relu, biasInitializer: .constant(-9))
        let model = Sequential([Input(4, 4, 1), layer])
        try model.build([4, 4, 1])
        let (input, responses) = model.maximizedInput(from: .ones([1, 4, 4, 1]), channel: 0)
        #expect(responses == [0] && input == .ones([1, 4, 4, 1]))
    }
}
