import CognitronExchange
import Foundation
import Testing

@testable import Cognitron
@testable import CognitronONNX

@Suite("ONNX files")
struct FileTests {
    private static func network() throws -> Model {
        let model = Sequential(name: "small") {
            Input(4, 4, 1)
            Conv2D(2, kernelSize: 3, padding: .same, activation: .relu, name: "conv")
            MaxPooling2D(poolSize: 2, name: "pool")
            Flatten()
            Dense(2, activation: .softmax, name: "classes")
        }
        try model.build([4, 4, 1])
        for (number, parameter) in model.allParameters.enumerated() {
            let values = (0..<parameter.shape.elementCount).map {
                Float($0 % 5) / 4 - 0.5 + Float(number) / 8
            }
            parameter.value = Tensor(values, shape: parameter.shape)
        }
        model.metadata = ["classes": "cat\ndog"]
        return model
    }

    @Test("Transpositions are at the ends of a network of convolutions alone")
    func structure() throws {
        let graph = try Self.network().onnxProto().graph
        #expect(
            graph.node.map(\.opType) == [
                "Transpose", "Conv", "Relu", "MaxPool", "Transpose", "Flatten", "Gemm", "Softmax",
            ])
        #expect(
            graph.initializer.map(\.name) == ["conv/kernel", "conv/bias", "classes/kernel", "classes/bias"])
        #expect(graph.input[0].name == "input" && graph.output[0].name == "classes")
        #expect(graph.input[0].type.tensorType.shape.dim[0].dimParam == "N")
    }

    @Test("The same model gives the bytes that it gave when the format was written down")
    func goldenBytes() throws {
        let bytes: Data = try Self.network().onnxProto().serializedBytes()
        let golden = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("Fixtures/small.onnx")
        // Set it after a wanted change of what is written.
        if ProcessInfo.processInfo.environment["COGNITRON_WRITE_FIXTURES"] != nil {
            try bytes.write(to: golden)
        }
        #expect(try Data(contentsOf: golden) == bytes)
    }

    @Test("The format reads, writes and lists")
    func format() throws {
        let folder = try TemporaryFolder()
        let path = folder.file("small.onnx")
        let model = try Self.network()
        #expect(try ExchangeFormat.onnx.write(.model(model), path).isEmpty)
        guard case .model(let read) = try ExchangeFormat.onnx.read(path, nil).content else {
            Issue.record("no model")
            return
        }
        #expect(read.metadata == model.metadata)
        let listing = try ExchangeFormat.onnx.list(path)
        #expect(listing.format == "ONNX, opset 17")
        #expect(listing.tensors.map(\.name).contains("conv/kernel"))
        #expect(listing.tensors[0].shape == [2, 1, 3, 3])
        #expect(listing.facts.contains(.init("input input", "float (N, 4, 4, 1)")))
        #expect(throws: CognitronError.self) { try ExchangeFormat.onnx.write(.tensors([:]), path) }
    }

    @Test("What ONNX cannot say is refused by name, all at once")
    func refusals() throws {
        let model = Sequential {
            Input(8, 8, 1)
            AutoContrast(name: "contrast")
            Flatten()
            Lambda(name: "mine") { x, _ in (x, { $0 }) }
        }
        try model.build([8, 8, 1])
        let error = #expect(throws: CognitronError.self) { _ = try model.onnxProto() }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains("contrast (AutoContrast)") && text.contains("mine (Lambda)"), "\(text)")
    }

    @Test("A model with operators of ONNX is saved and read again as this package's own file")
    func savedOperators() throws {
        let folder = try TemporaryFolder()
        let model = Sequential {
            Input(6, 4)
            LayerNormalization()
            Activation(.gelu)
            RMSNormalization()
        }
        model.initialize(RandomKey(seed: 1))
        let x = Tensor.randomNormal([2, 6, 4], seed: 1)
        try model.save(onnx: folder.file("a.onnx"))
        let read = try Model.load(onnx: folder.file("a.onnx"))
        #expect(read.layers.contains { $0 is ONNXOperator })
        ONNXOperator.register()
        try read.save(folder.file("a.safetensors"))
        let again = try Model.load(folder.file("a.safetensors"))
        #expect(try again.predict(x) == read.predict(x))
        #expect(try again.predict(x).isClose(to: model.predict(x), absolute: 1e-5))
    }

    @Test("Layers shared by name in different models keep weights of their own")
    func sameNames() throws {
        func part() -> Sequential {
            Sequential {
                Input(3)
                Dense(3)
            }
        }
        let input = Input(3)
        let (first, second) = (part(), part())
        let model = try Model(inputs: input, outputs: second(first(input)))
        model.initialize(RandomKey(seed: 1))
        try RoundTripTests.expectEqual(model, [.randomNormal([2, 3], seed: 1)])
    }
}
