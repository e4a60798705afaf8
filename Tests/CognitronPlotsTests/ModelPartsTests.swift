import Cognitron
import Testing

@testable import CognitronPlots

@Suite("Models in parts")
struct ModelPartsTests {
    /// A skip connection around an inner model, then a pooling and a classifier.
    static func residual() throws -> Model {
        let inner = Sequential(
            [Conv2D(2, kernelSize: 3, padding: .same), BatchNormalization(), ReLU()], name: "inner")
        let input = Input(4, 4, 2)
        let sum = Add(name: "sum")(inner(input), input)
        let model = try Model(
            inputs: input,
            outputs: Dense(3, activation: .softmax, name: "classes")(GlobalAveragePooling2D()(sum)))
        try model.compile(optimizer: SGD(), loss: .sparseCategoricalCrossentropy, seed: 3)
        return model
    }

    private let x = Tensor.randomNormal([2, 4, 4, 2], seed: 1)

    @Test("A model gives the outputs of its layers, those inside models by their paths")
    func layersOutputs() throws {
        let model = try Self.residual()
        let part = try model.featureExtractor(["inner/conv2d", "inner/re_lu", "sum", "classes"])
        let outputs = try part.predict([x] as [any Samples])
        #expect(outputs.map(\.shape) == [[2, 4, 4, 2], [2, 4, 4, 2], [2, 4, 4, 2], [2, 3]])
        #expect(outputs[2].isClose(to: outputs[1] + x))
        #expect(outputs[3].isClose(to: try model.predict(x)))
    }

    @Test("The parts know what is learnt later: layers are shared")
    func sharedLayers() throws {
        let model = try Self.residual()
        let part = try model.featureExtractor(["classes"])
        try model.trainOnBatch(x, Tensor([0, 1] as [Float]))
        #expect(try part.predict(x).isClose(to: try model.predict(x)))
    }

    @Test(
        "Both parts after another are the model, with its gradient",
        arguments: ["inner/conv2d", "inner/batch_normalization", "inner/re_lu", "sum"])
    func split(layer: String) throws {
        let model = try Self.residual()
        let (head, tail, index) = try model.split(after: layer)
        let values = try head.predict([x] as [any Samples])
        #expect(values[index].isClose(to: try model.featureExtractor([layer]).predict(x)))
        #expect(try tail.predict(values.map { $0 as any Samples })[0].isClose(to: try model.predict(x)))
        let dy = Tensor.randomNormal([2, 3], seed: 2)
        let (_, whole) = try model.forwardScores([x])
        let (_, first) = head.forward(inputs: [x], .inference)
        let (_, second) = try tail.forwardScores(values)
        #expect(first(second([dy]))[0].isClose(to: whole([dy])[0], absolute: 1e-5))
    }

    @Test("An unknown layer is answered with the known ones, and one that nothing follows is refused")
    func unknownLayers() throws {
        let model = try Self.residual()
        let error = try #require(throws: CognitronError.self) { try model.featureExtractor(["inner/conv2"]) }
        #expect(error.advice == "did you mean inner/conv2d?")
        #expect(throws: CognitronError.self) { try model.split(after: "classes") }
        #expect(throws: CognitronError.self) { try Sequential([Dense(2)]).featureExtractor(["dense"]) }
    }

    @Test("Models with free axes stay free in parts")
    func freeAxes() throws {
        let input = Input(nil, nil, 1)
        let model = try Model(
            inputs: input,
            outputs: Dense(2)(GlobalAveragePooling2D()(Conv2D(3, kernelSize: 3, padding: .same)(input))))
        let part = try model.featureExtractor(["conv2d"])
        #expect(try part.predict(Tensor.zeros([1, 5, 7, 1])).shape == [1, 5, 7, 3])
        let (head, tail, _) = try model.split(after: "conv2d")
        let maps = try head.predict([Tensor.zeros([1, 6, 4, 1])] as [any Samples])
        #expect(try tail.predict(maps.map { $0 as any Samples })[0].shape == [1, 2])
    }
}
