import CognitronKernels
import Foundation
import Testing

@testable import Cognitron

/// A folder that is removed with everything in it.
final class TemporaryFolder {
    let path = FileManager.default.temporaryDirectory.appending(path: "cognitron-\(UUID().uuidString)").path

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }
    deinit { try? FileManager.default.removeItem(atPath: path) }

    func file(_ name: String) -> String { "\(path)/\(name)" }
    var contents: [String] { (try? FileManager.default.contentsOfDirectory(atPath: path).sorted()) ?? [] }
}

@Suite("Model files")
struct ModelFileTests {
    private func branched() throws -> Model {
        let input = Input(8, 8, 3)
        let inner = Sequential {
            Conv2D(4, kernelSize: 3, strides: 2, padding: .same, activation: .leakyRelu(negativeSlope: 0.1))
            BatchNormalization(momentum: 0.5)
        }
        let a = inner(input)
        let b = MaxPooling2D(padding: .explicit(0))(
            Conv2D(4, kernelSize: 1, kernelInitializer: .orthogonal)(input))
        let shared = Dense(5, activation: .gelu)
        let first = shared(GlobalAveragePooling2D()(Add()(a, b)))
        let second = shared(GlobalMaxPooling2D()(a))
        return try Model(
            inputs: input, outputs: Dense(2, activation: .softmax)(Concatenate()(first, second)), name: "b")
    }

    @Test("A model with branches, nested models and a shared layer comes back the same")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let model = try branched()
        model.metadata["classes"] = "cat\ndog"
        let x = Tensor.randomUniform([3, 8, 8, 3], seed: 1)
        try model.compile(optimizer: Adam(), loss: .sparseCategoricalCrossentropy, seed: 1)
        try model.fit(x, Tensor([0, 1, 0]), verbose: .silent)
        try model.save(folder.file("m.safetensors"))
        let loaded = try Model.load(folder.file("m.safetensors"))
        #expect(try loaded.predict(x) == model.predict(x))
        #expect(loaded.summaryText == model.summaryText)
        #expect(loaded.metadata == ["classes": "cat\ndog"])
        #expect(folder.contents == ["m.safetensors"])
        try loaded.save(folder.file("again.safetensors"))
        #expect(
            try Data(contentsOf: URL(fileURLWithPath: folder.file("again.safetensors")))
                == Data(contentsOf: URL(fileURLWithPath: folder.file("m.safetensors"))))
    }

    @Test("Convolutions keep their groups and algorithms; where a file says nothing, it is one group and any")
    func convolutions() throws {
        let folder = try TemporaryFolder()
        let model = Sequential {
            Input(9, 8, 4)
            Conv2D(6, kernelSize: 3, groups: 2, algorithm: .grouped)
            DepthwiseConv2D(kernelSize: 3, strides: 2, depthMultiplier: 3, activation: .relu)
            Conv2D(2, kernelSize: 1)
        }
        try model.build([9, 8, 4])
        try model.save(folder.file("m"))
        let loaded = try Model.load(folder.file("m"))
        let first = try #require(loaded.layers[1] as? Conv2D)
        #expect(first.groups == 2 && first.algorithm == .grouped)
        let last = try #require(loaded.layers[3] as? Conv2D)
        #expect(last.groups == 1 && last.algorithm == .automatic)
        let x = Tensor.randomNormal([2, 9, 8, 4], seed: 1)
        #expect(try loaded.predict(x) == model.predict(x))
        let json = try #require(try Safetensors(contentsOf: folder.file("m")).metadata[Model.architectureKey])
        #expect(json.components(separatedBy: #""groups""#).count == 2, "said once, for the first layer alone")
        #expect(json.components(separatedBy: #""algorithm""#).count == 2)
    }

    @Test("A layer that stands in a model and in models inside it is one layer again when loaded")
    func sharedLayers() throws {
        let folder = try TemporaryFolder()
        let input = Input(4)
        let shared = Dense(4, activation: .tanh)
        let inner = Sequential([shared, Dense(4)])
        let outer = Sequential([inner, Dense(4), shared])
        let sum = Add()(outer(input), shared(input), inner(input))
        let model = try Model(inputs: input, outputs: Dense(2)(sum))
        try model.save(folder.file("m"))
        let loaded = try Model.load(folder.file("m"))
        #expect(loaded.parameters.map(\.name) == model.parameters.map(\.name))
        #expect(loaded.parameters.count == 8)  // four dense layers
        let x = Tensor.randomNormal([3, 4], seed: 1)
        #expect(try loaded.predict(x) == model.predict(x))
        for model in [model, loaded] { model.parameters[0].value = .ones([4, 4]) }
        #expect(try loaded.predict(x) == model.predict(x))
        try loaded.save(folder.file("again"))
        #expect(
            try Safetensors(contentsOf: folder.file("again")).metadata
                == Safetensors(contentsOf: folder.file("m")).metadata)
    }

    @Test("Models nest 64 deep in files, and what could not be loaded is not saved")
    func depth() throws {
        let folder = try TemporaryFolder()
        var model = Sequential([Input(2), Dense(2)])
        for _ in 0..<64 { model = Sequential([model]) }
        try model.build([2])
        try model.save(folder.file("m"))
        #expect(try Model.load(folder.file("m")).parameterCount == 6)
        let deeper = Sequential([model])
        try deeper.build([2])
        let error = #expect(throws: CognitronError.self) { try deeper.save(folder.file("deeper")) }
        #expect(try #require(error).description.contains("nested too deeply"))
        #expect(folder.contents == ["m"])
    }

    @Test("Sequential.load gives a Sequential, and says where a file holds none")
    func kinds() throws {
        let folder = try TemporaryFolder()
        let chain = Sequential([Input(4), Dense(3)])
        try chain.build([4])
        try chain.save(folder.file("chain"))
        let loaded: Sequential = try Sequential.load(folder.file("chain"))
        loaded.add(Dense(2))
        #expect(try loaded.predict(Tensor.zeros([1, 4])).shape == [1, 2])
        try branched().save(folder.file("branched"))
        let error = #expect(throws: CognitronError.self) { _ = try Sequential.load(folder.file("branched")) }
        #expect(try #require(error).description.contains("expected a Sequential, got a Model"))
    }

    @Test("A model whose input bears the name another layer would get is loaded")
    func namedInput() throws {
        let folder = try TemporaryFolder()
        let input = Input(4, name: "dense")
        let model = try Model(inputs: input, outputs: Dense(2)(input))
        try model.save(folder.file("m"))
        #expect(try Model.load(folder.file("m")).parameters[0].value == model.parameters[0].value)
    }

    @Test("load lists every difference and changes nothing")
    func differences() throws {
        let folder = try TemporaryFolder()
        let saved = Sequential([Input(4), Dense(3), Dense(2, name: "head")])
        try saved.build([4])
        try saved.save(folder.file("m"))
        let other = Sequential([Input(4), Dense(5), Dense(2, name: "tail")])
        try other.build([4])
        let before = other.parameters.map(\.value)
        let error = #expect(throws: CognitronError.self) { try other.load(folder.file("m")) }
        let text = try #require(error).description
        #expect(text.contains("dense/kernel: the model has 4 × 5, the file 4 × 3"))
        #expect(text.contains("dense/bias: the model has 5, the file 3"))
        #expect(text.contains("tail/kernel (5 × 2) is missing from the file"))
        #expect(text.contains("head/bias is not in the model"))
        #expect(other.parameters.map(\.value) == before)
    }

    @Test("A failed save leaves nothing behind and the old file as it was")
    func failedSave() throws {
        let folder = try TemporaryFolder()
        let model = Sequential([Input(4), Dense(3)])
        try model.build([4])
        #expect(throws: CognitronError.self) { try model.save(folder.file("missing/m")) }
        #expect(folder.contents.isEmpty)
        #expect(throws: CognitronError.self) { try Sequential([Dense(3)]).save(folder.file("m")) }
        try FileManager.default.createDirectory(
            atPath: folder.file("taken"), withIntermediateDirectories: false)
        #expect(throws: CognitronError.self) { try model.save(folder.file("taken")) }
        #expect(folder.contents == ["taken"])
    }

    @Test("What is no file is neither written nor read, and an error says what it is")
    func noFiles() throws {
        let folder = try TemporaryFolder()
        let model = Sequential([Input(4), Dense(3)])
        try model.build([4])
        func message(_ body: () throws -> Void) -> String {
            #expect(throws: CognitronError.self, performing: body).map { "\($0)" } ?? ""
        }
        #expect(mkfifo(folder.file("pipe"), 0o600) == 0)
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("null"), withDestinationPath: "/dev/null")
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("loop"), withDestinationPath: folder.file("loop"))
        #expect(message { try model.save(folder.file("pipe")) }.contains("is not a regular file"))
        #expect(message { try model.save(folder.file("null")) }.contains("is not a regular file"))
        #expect(message { try model.save(folder.path) }.contains("is a folder; expected the name of a file"))
        #expect(message { try model.save("") }.contains("the name is empty"))
        for name in ["pipe", "null"] {
            #expect(message { _ = try Model.load(folder.file(name)) }.contains("is not a regular file"))
        }
        #expect(message { _ = try Model.load("") }.contains("the name is empty"))
        #expect(message { _ = try Model.load(folder.path) }.contains("is a folder; expected a file"))
        #expect(message { _ = try Model.load(folder.file("none")) }.contains("there is no such file"))
        // Like a folder that one may not enter: nobody can tell what is behind it.
        let unreachable = message { _ = try Model.load(folder.file("loop")) }
        #expect(unreachable.contains("cannot be reached (") && !unreachable.contains("no such file"))
        #expect(folder.contents == ["loop", "null", "pipe"])
    }

    @Test("A link to a file stays a link, and the file is replaced")
    func link() throws {
        let folder = try TemporaryFolder()
        try Data().write(to: URL(fileURLWithPath: folder.file("real")))
        try FileManager.default.createSymbolicLink(
            atPath: folder.file("link"), withDestinationPath: folder.file("real"))
        try Safetensors(tensors: ["a": [1]]).write(to: folder.file("link"))
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: folder.file("link"))
                == folder.file("real"))
        #expect(try Safetensors(contentsOf: folder.file("real")).tensors == ["a": [1]])
    }

    @Test("Threads that write to one path at once leave the whole file of one of them")
    func concurrentWrites() throws {
        let folder = try TemporaryFolder()
        let files = (0..<8).map {
            Safetensors(tensors: ["a": Tensor(repeating: Float($0), shape: [1000 * ($0 + 1)])])
        }
        let path = folder.file("m")
        let errors = Locked(0)
        for _ in 0..<10 {
            DispatchQueue.concurrentPerform(iterations: files.count) { index in
                do { try files[index].write(to: path) } catch { errors.withLock { $0 += 1 } }
            }
            let tensors = try Safetensors(contentsOf: path).tensors
            #expect(files.contains { $0.tensors == tensors })
        }
        #expect(errors.withLock { $0 } == 0)
        #expect(folder.contents == ["m"])
    }

    @Test("A layer of one's own is saved and, once registered, loaded")
    func customLayer() throws {
        let folder = try TemporaryFolder()
        let model = Sequential([Input(4), Doubling(factor: 3)])
        try model.build([4])
        try model.save(folder.file("m"))
        let error = #expect(throws: CognitronError.self) { _ = try Model.load(folder.file("m")) }
        #expect(try #require(error).description.contains("unknown layer type Doubling"))
        LayerRegistry.register(Doubling.self)
        #expect(try Model.load(folder.file("m")).predict(Tensor.ones([1, 4])) == [[3, 3, 3, 3]])
        let endless = Sequential([Input(4), Doubling(factor: .infinity)])
        try endless.build([4])
        let refusal = #expect(throws: CognitronError.self) { try endless.save(folder.file("endless")) }
        #expect(try #require(refusal).description.contains("a layer cannot be saved (factor is inf)"))
    }

    static let hostile: [(String, String)] = [
        ("{}", "type is missing"),
        (architecture(#"{"type":"Bomb","configuration":{}}"#), "unknown layer type Bomb"),
        (architecture(dense(units: -1)), "invalid units"),
        (architecture(dense(units: 9_000_000_000_000_000_000)), "invalid units"),
        (architecture(dense(units: 16_000_000)), "does not fit the model"),
        (architecture(dense(units: 1)).replacing("[[4]]", with: "[[9223372036854775807,9]]"), "too large"),
        (architecture(dense(units: 1)).replacing("[[4]]", with: "[[-4]]"), "too large"),
        (architecture(dense(units: 1)).replacing(#""layer":0"#, with: #""layer":7"#), "does not exist"),
        (
            architecture(dense(units: 1)).replacing("Sequential", with: "Model").replacing(
                #""inputs":[0]}"#, with: #""inputs":[5]}"#), "does not exist"
        ),
        (String(repeating: "[", count: 100_000), "cannot be read"),
        (deep(64), "does not fit the model"), (deep(65), "nested too deeply"), (deep(1000), "cannot be read"),
        (#"{"type":"Model","layers":[],"uses":[],"inputs":[0],"outputs":[0]}"#, "has no input shape"),
        (architecture(#"{"sameAs":0}"#), "no layer before has number 0"),
        (
            architecture(dense(units: 1)).replacing("Sequential", with: "Sequence"),
            "Sequence is no kind of model"
        ),
        (architecture(doubling(40)), "too many layers run"),
        (architecture(doubling(40, of: passingOn)), "too many layers run"),
        (linked(5000), "nested too deeply"),
    ]

    private static func dense(units: Int) -> String {
        #"{"type":"Dense","configuration":{"units":\#(units),"activation":{"kind":{"linear":{}}},"useBias":true,"#
            + #""kernelInitializer":{"kind":{"constant":{"_0":0}}},"biasInitializer":{"kind":{"constant":{"_0":0}}}}}"#
    }

    private static func architecture(_ layer: String) -> String {
        #"{"type":"Sequential","layers":[\#(layer)],"uses":[{"layer":0,"inputs":[0]}],"inputs":[0],"outputs":[1],"#
            + #""inputShapes":[[4]]}"#
    }

    private static func deep(_ depth: Int) -> String {
        architecture(
            (0..<depth).reduce(dense(units: 1)) { inner, _ in
                #"{"type":"Sequential","configuration":\#(architecture(inner))}"#
            })
    }

    /// Each model uses the one inside it twice: 2^depth layers run.
    private static func doubling(_ depth: Int, of leaf: String = dense(units: 4)) -> String {
        (0..<depth).reduce(leaf) { inner, _ in
            #"{"type":"Sequential","configuration":{"type":"Sequential","layers":[\#(inner)],"#
                + #""uses":[{"layer":0,"inputs":[0]},{"layer":0,"inputs":[1]}],"inputs":[0],"outputs":[2]}}"#
        }
    }

    /// A model without a layer.
    private static let passingOn =
        #"{"type":"Model","configuration":{"type":"Model","layers":[],"uses":[],"inputs":[0],"outputs":[0]}}"#

    /// Models within models without brackets within brackets: each means the one before by its number.
    private static func linked(_ count: Int) -> String {
        let first = #"{"type":"Sequential","number":0,"configuration":\#(architecture(dense(units: 4)))}"#
        let others = (1..<count).map {
            #"{"type":"Sequential","number":\#($0),"configuration":\#(architecture(#"{"sameAs":\#($0 - 1)}"#))}"#
        }
        return architecture(([first] + others).joined(separator: ","))
    }

    @Test("A hostile description of a model is an error, not a crash", arguments: hostile.indices)
    func hostileArchitecture(_ number: Int) throws {
        let (json, expected) = Self.hostile[number]
        let folder = try TemporaryFolder()
        try Safetensors(tensors: [:], metadata: [Model.architectureKey: json]).write(to: folder.file("m"))
        let error = #expect(throws: CognitronError.self) { _ = try Model.load(folder.file("m")) }
        #expect(try #require(error).description.contains(expected), "\(error?.description ?? "")")
    }
}

private final class Doubling: Layer, Codable {
    let factor: Float
    var name: String? { nil }

    init(factor: Float) { self.factor = factor }

    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape { input }

    func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        (input * factor, { [factor] in $0 * factor })
    }
}
