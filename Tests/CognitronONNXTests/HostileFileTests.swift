import Foundation
import Testing

@testable import Cognitron
@testable import CognitronONNX

@Suite("Damaged and hostile ONNX files are refused in words")
struct HostileFileTests {
    private static func read(_ model: Onnx_ModelProto) throws -> Model {
        let bytes: Data = try model.serializedBytes()
        let folder = try TemporaryFolder()
        try bytes.write(to: URL(fileURLWithPath: folder.file("model.onnx")))
        return try Model.load(onnx: folder.file("model.onnx"))
    }

    /// (N, 4) · (4, 3), then a ReLU.
    private static func network() -> Onnx_ModelProto {
        var model = Onnx_ModelProto()
        model.irVersion = 8
        var opset = Onnx_OperatorSetIdProto()
        opset.version = 17
        model.opsetImport = [opset]
        var weights = CaseFolder.proto(.ones([4, 3]))
        weights.name = "w"
        model.graph.initializer = [weights]
        model.graph.input = [info("x", [nil, 4])]
        model.graph.output = [info("y", [nil, 3])]
        model.graph.node = [node("MatMul", ["x", "w"], "m"), node("Relu", ["m"], "y")]
        return model
    }

    private static func node(_ type: String, _ inputs: [String], _ output: String) -> Onnx_NodeProto {
        var node = Onnx_NodeProto()
        (node.opType, node.name, node.input, node.output) = (type, "node_\(output)", inputs, [output])
        return node
    }

    private static func info(_ name: String, _ sizes: [Int?]) -> Onnx_ValueInfoProto {
        var info = Onnx_ValueInfoProto()
        info.name = name
        info.type.tensorType.elemType = 1
        info.type.tensorType.shape.dim = sizes.map { size in
            var dimension = Onnx_TensorShapeProto.Dimension()
            if let size { dimension.dimValue = Int64(size) } else { dimension.dimParam = "N" }
            return dimension
        }
        return info
    }

    @Test("The network that the others are made from is read")
    func whole() throws {
        let model = try Self.read(Self.network())
        #expect(try model.predict(Tensor.ones([2, 4])) == Tensor(repeating: 4, shape: [2, 3]))
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let words: String
        let change: @Sendable (inout Onnx_ModelProto) -> Void
    }

    static let faults: [Fault] = [
        Fault(testDescription: "a circle", words: "in a circle") {
            $0.graph.node[0].input = ["y", "w"]
        },
        Fault(testDescription: "a value that nothing gives", words: "which nothing gives") {
            $0.graph.node[0].input = ["z", "w"]
        },
        Fault(testDescription: "two nodes that give one value", words: "which another part gives too") {
            $0.graph.node[1].output = ["m"]
        },
        Fault(testDescription: "two weights of one name", words: "two weights have this name") {
            $0.graph.initializer.append($0.graph.initializer[0])
        },
        Fault(
            testDescription: "an operator that no one knows", words: "node_y (Frobnicate): no such operator"
        ) {
            $0.graph.node[1].opType = "Frobnicate"
        },
        Fault(testDescription: "another domain", words: "of the operators of com.example") {
            $0.graph.node[1].domain = "com.example"
        },
        Fault(testDescription: "fewer bytes than the shape", words: "expected 48") {
            $0.graph.initializer[0].rawData = Data(count: 44)
        },
        Fault(testDescription: "sizes whose product overflows", words: "elements") {
            $0.graph.initializer[0].dims = [Int64](repeating: 2_147_483_647, count: 3)
        },
        Fault(testDescription: "a size below zero", words: "sizes") {
            $0.graph.initializer[0].dims = [-4, -3]
        },
        Fault(testDescription: "an enormous input", words: "elements") {
            $0.graph.input = [info("x", [nil, 1 << 30, 1 << 30])]
        },
        Fault(testDescription: "data outside the folder", words: "outside the file's folder") {
            $0.graph.initializer[0] = external("../secret")
        },
        Fault(testDescription: "data at an absolute path", words: "outside the file's folder") {
            $0.graph.initializer[0] = external("/etc/passwd")
        },
        Fault(testDescription: "data in a file that is missing", words: "cannot be read") {
            $0.graph.initializer[0] = external("weights.bin")
        },
        Fault(testDescription: "an operator set of the future", words: "operator set") {
            $0.opsetImport[0].version = 9_999
        },
        Fault(testDescription: "a constant of a billion numbers", words: "elements") {
            var size = Onnx_TensorProto()
            (size.name, size.dims, size.dataType, size.int64Data) = ("s", [2], 7, [1 << 20, 1 << 20])
            $0.graph.initializer.append(size)
            $0.graph.node.append(node("ConstantOfShape", ["s"], "big"))
        },
        Fault(testDescription: "a thousand operators on a large input", words: "too long") {
            $0.graph.input = [info("x", [nil, 1 << 20])]
            $0.graph.node = (0..<1000).map { node("Hardmax", [$0 == 0 ? "x" : "y\($0 - 1)"], "y\($0)") }
            $0.graph.output = [info("y999", [nil, 1 << 20])]
        },
        Fault(testDescription: "windows beyond all input", words: "elements") {
            $0.graph.input = [info("x", [nil, 1, 1, 1])]
            $0.graph.node = [node("MaxPool", ["x"], "y")]
            var (kernel, pads) = (Onnx_AttributeProto(), Onnx_AttributeProto())
            (kernel.name, kernel.type, kernel.ints) = ("kernel_shape", .ints, [1 << 19, 1 << 19])
            (pads.name, pads.type, pads.ints) = ("pads", .ints, [1 << 20, 1 << 20, 1 << 20, 1 << 20])
            $0.graph.node[0].attribute = [kernel, pads]
        },
        Fault(testDescription: "no outputs", words: "no outputs") { $0.graph.output = [] },
    ]

    private static func external(_ location: String) -> Onnx_TensorProto {
        var tensor = Onnx_TensorProto()
        (tensor.name, tensor.dims, tensor.dataType, tensor.dataLocation) = ("w", [4, 3], 1, .external)
        var entry = Onnx_StringStringEntryProto()
        (entry.key, entry.value) = ("location", location)
        tensor.externalData = [entry]
        return tensor
    }

    @Test(arguments: faults)
    func refused(_ fault: Fault) throws {
        var model = Self.network()
        fault.change(&model)
        let error = #expect(throws: CognitronError.self) { _ = try Self.read(model) }
        #expect(
            "\(error.map { "\($0)" } ?? "")".contains(fault.words), "\(error.map { "\($0)" } ?? "nothing")")
    }

    @Test("Weights in a file beside the model are read, from their place")
    func beside() throws {
        let folder = try TemporaryFolder()
        var model = Self.network()
        model.graph.initializer[0] = Self.external("weights.bin")
        var entry = Onnx_StringStringEntryProto()
        (entry.key, entry.value) = ("offset", "8")
        model.graph.initializer[0].externalData.append(entry)
        let weights = Data(count: 8) + Tensor.ones([4, 3]).bytes
        try weights.write(to: URL(fileURLWithPath: folder.file("weights.bin")))
        let bytes: Data = try model.serializedBytes()
        try bytes.write(to: URL(fileURLWithPath: folder.file("model.onnx")))
        let read = try Model.load(onnx: folder.file("model.onnx"))
        #expect(try read.predict(Tensor.ones([1, 4])) == Tensor(repeating: 4, shape: [1, 3]))
    }

    @Test("All unsupported nodes are listed at once")
    func allProblems() throws {
        var model = Self.network()
        model.graph.node += [Self.node("Frobnicate", ["x"], "a"), Self.node("Wrangle", ["x"], "b")]
        let error = #expect(throws: CognitronError.self) { _ = try Self.read(model) }
        let text = error.map { "\($0)" } ?? ""
        #expect(text.contains("node_a (Frobnicate)") && text.contains("node_b (Wrangle)"))
    }

    @Test("Mutated files are read or refused, never a crash", .timeLimit(.minutes(5)))
    func mutations() throws {
        let count = ProcessInfo.processInfo.environment["COGNITRON_FUZZ"].flatMap(Int.init) ?? 2000
        let wholes =
            try Self.samples().map { try $0.onnxProto().serializedBytes() as [UInt8] }
            + [Self.network().serializedBytes()]
        var generator = RandomKey(seed: 1).generator()
        for number in 0..<count {
            var bytes = wholes[number % wholes.count]
            for _ in 0..<Int.random(in: 1...4, using: &generator) { Self.mutate(&bytes, &generator) }
            let began = ContinuousClock.now
            do {
                let file = try ONNXFile(Data(bytes), path: "mutated.onnx")
                _ = file.listing
                _ = try GraphImporter(file, sizes: [:]).model()
            } catch { #expect(error is CognitronError, "file \(number): \(error)") }
            #expect(ContinuousClock.now - began < .seconds(5), "file \(number)")
        }
    }

    /// Small networks with nodes of many kinds.
    private static func samples() throws -> [Model] {
        let pictures = Sequential {
            Input(8, 8, 2)
            Conv2D(3, kernelSize: 3, strides: 2, padding: .same, activation: .leakyRelu)
            BatchNormalization()
            MaxPooling2D(poolSize: 2)
            Conv2DTranspose(2, kernelSize: 3, strides: 2)
            UpSampling2D(2)
            ZeroPadding2D(1)
            Cropping2D(2)
            Flatten()
            Dense(3, activation: .softmax)
        }
        let sequences = Sequential {
            Input(5)
            Embedding(7, 4, maskZero: true)
            Bidirectional(LSTM(3, returnSequences: true))
            GRU(4, returnSequences: true)
            TransformerEncoder(intermediateDim: 5, numHeads: 2)
            GlobalAveragePooling1D()
            Dense(2)
        }
        for model in [pictures, sequences] { model.initialize(RandomKey(seed: 1)) }
        return [pictures, sequences]
    }

    private static func mutate(_ bytes: inout [UInt8], _ generator: inout some RandomNumberGenerator) {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        switch Int.random(in: 0..<6, using: &generator) {
        case 0: bytes[place] = .random(in: 0...255, using: &generator)
        case 1: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
        case 2: bytes[place] = [0, 1, 0x7f, 0x80, 0xff].randomElement(using: &generator) ?? 0
        case 3: bytes.remove(at: place)
        case 4: bytes.insert(.random(in: 0...255, using: &generator), at: place)
        default:
            let end = min(bytes.count, place + Int.random(in: 1...40, using: &generator))
            bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
        }
    }
}
