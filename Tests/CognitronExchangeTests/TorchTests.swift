import Cognitron
import CognitronData
import CognitronTesting
import Foundation
import Testing

@testable import CognitronExchange

func fixture(_ name: String) throws -> String {
    let url = try #require(
        Bundle.module.url(forResource: name, withExtension: nil, subdirectory: "Fixtures"), "\(name)")
    return url.path
}

/// A folder that is removed with the value.
final class Folder {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString).path
    init() throws {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }
    deinit { try? FileManager.default.removeItem(atPath: path) }
    func file(_ name: String) -> String { path + "/" + name }
}

/// State dictionaries that PyTorch wrote: Scripts/make-pytorch-fixtures.py.
@Suite("Files of PyTorch")
struct TorchTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var testDescription: String
        var make: @Sendable () throws -> Model

        init(_ name: String, _ make: @escaping @Sendable () throws -> Model) {
            (testDescription, self.make) = (name, make)
        }
    }

    static let cases = [
        Case("convolutions") {
            chain(
                [9, 10, 3],
                [
                    Conv2D(4, kernelSize: 3, padding: .explicit(1), name: "conv1"),
                    BatchNormalization(epsilon: 1e-5, name: "bn1"), ReLU(),
                    DepthwiseConv2D(kernelSize: 3, depthMultiplier: 2, useBias: false, name: "depthwise"),
                    PReLU(sharedAxes: [1, 2], name: "act"),
                    Conv2D(6, kernelSize: [3, 2], strides: 2, groups: 2, name: "grouped"),
                    Conv2DTranspose(3, kernelSize: 3, strides: 2, name: "up"),
                    GroupNormalization(groups: 3, epsilon: 1e-5, name: "norm"),
                ])
        },
        Case("classifier") {
            chain(
                [8, 6, 2],
                [
                    Conv2D(3, kernelSize: 3, name: "conv"), MaxPooling2D(), Flatten(), Dropout(0.5),
                    Dense(7, activation: .tanh, name: "fc1"), Dense(4, name: "fc2"),
                ])
        },
        Case("sequence") {
            chain(
                [7, 5],
                [
                    Conv1D(4, kernelSize: 3, name: "conv"),
                    Conv1DTranspose(2, kernelSize: 2, strides: 2, name: "up"),
                ])
        },
        Case("volume") { chain([4, 5, 6, 2], [Conv3D(3, kernelSize: [2, 3, 3], name: "conv")]) },
        Case("lstm") { chain([6, 5], [LSTM(4, returnSequences: true, name: "rnn")]) },
        Case("gru") { chain([6, 5], [GRU(4, returnSequences: true, name: "rnn")]) },
        Case("rnn") { chain([6, 5], [SimpleRNN(4, returnSequences: true, name: "rnn")]) },
        Case("both-lstm") { chain([6, 5], [Bidirectional(LSTM(4, returnSequences: true), name: "rnn")]) },
        Case("both-gru") { chain([6, 5], [Bidirectional(GRU(4, returnSequences: true), name: "rnn")]) },
        Case("attention") {
            let x = Input(5, 8)
            return try Model(
                inputs: [x],
                outputs: [MultiHeadAttention(numHeads: 2, keyDim: 4, name: "attention")(x, x)])
        },
        Case("encoder") {
            chain(
                [5, 8],
                [
                    TransformerEncoder(intermediateDim: 12, numHeads: 2, activation: .gelu, name: "encoder"),
                    LayerNormalization(epsilon: 1e-5, name: "norm"),
                ])
        },
    ]

    static func chain(_ shape: Shape, _ layers: [any AnyLayer]) -> Model {
        Sequential([Input(shape: shape)] + layers)
    }

    @Test("A module's weights give its outputs", arguments: cases)
    func outputs(_ item: Case) throws {
        let model = try item.make()
        let arrays = try NumPyArchive(contentsOf: fixture("outputs.npz"))
        try model.load(pyTorch: fixture("\(item.testDescription).pt"))
        let output = try model.predict(arrays["\(item.testDescription).input"].tensor)
        let expected = try arrays["\(item.testDescription).output"].tensor
        #expect(output.shape == expected.shape)
        #expect((output - expected).map(abs).max() < 1e-5)
    }

    @Test("What was read is written again, and read", arguments: cases)
    func roundTrip(_ item: Case) throws {
        let folder = try Folder()
        let model = try item.make()
        let original = try TorchFile(contentsOf: fixture("\(item.testDescription).pt"))
        try model.load(stateDictionary: original.tensors)
        try model.save(pyTorch: folder.file("a.pt"))
        let copy = try TorchFile(contentsOf: folder.file("a.pt"))
        let names = original.tensors.keys.filter { !$0.hasSuffix("num_batches_tracked") }
        #expect(Set(copy.tensors.keys) == Set(names))
        for name in names {
            // Two biases of a recurrent layer that has one become their sum and zero.
            if name.contains("bias_") {
                let pair = [name.replacing("hh", with: "ih"), name.replacing("ih", with: "hh")]
                let sums = [original, copy].map { file in
                    pair.compactMap { file.tensors[$0] }.reduce(.zeros(file.tensors[name]?.shape ?? [])) {
                        $0 + $1
                    }
                }
                #expect(sums[0] == sums[1], "\(name)")
            } else {
                #expect(copy.tensors[name] == original.tensors[name], "\(name)")
            }
        }
    }

    @Test("Views, other types, scalars and empty tensors are read")
    func types() throws {
        let tensors = try TorchFile(contentsOf: fixture("types.pt")).tensors
        #expect(tensors["view"] == Tensor([0, 4, 8, 1, 5, 9, 2, 6, 10, 3, 7, 11], shape: [4, 3]))
        #expect(tensors["part"] == Tensor([2, 5, 8]))
        #expect(tensors["half"] == Tensor([1, 0.5, -2]))
        #expect(tensors["brain"] == Tensor([1.5]))
        #expect(tensors["whole"] == Tensor([0, 1, 2]))
        #expect(tensors["truth"] == Tensor([1, 0]))
        #expect(tensors["double"] == Tensor([0.25]))
        #expect(tensors["scalar"]?.shape == [] && tensors["scalar"]?.scalars == [7])
        #expect(tensors["empty"]?.shape == [0, 3])
    }

    @Test("Of a checkpoint the weights are read, and the rest is named")
    func checkpoint() throws {
        let file = try TorchFile(contentsOf: fixture("checkpoint.pt"))
        #expect(file.tensors.keys.sorted() == ["bias", "weight"])
        #expect(file.others == ["epoch", "optimizer"])
    }

    @Test("Nothing is called; what a file calls for is named")
    func calls() throws {
        let error = fileError { try TorchFile(contentsOf: fixture("calls.pt")) }
        #expect(error?.problem.contains("posix.system") == true)
        #expect(error?.problem.contains("torch.nn.modules.activation.ReLU") == true)
        #expect(!FileManager.default.fileExists(atPath: "/tmp/called"))
    }

    @Test("The form before 1.6 is refused with a way out")
    func old() throws {
        let error = fileError { try TorchFile(contentsOf: fixture("old.pt")) }
        #expect(error?.advice?.contains("save its state_dict() again") == true)
    }

    @Test("Weights of another module change nothing, and every difference is listed")
    func misfit() throws {
        let model = Self.chain([8, 6, 2], [Flatten(), Dense(7, name: "fc1"), Dense(3, name: "fc2")])
        let before = try model.stateDictionary()
        let error = fileError { try model.load(pyTorch: fixture("classifier.pt")) }
        let problem = try #require(error?.problem)
        #expect(problem.contains("fc1.weight: the model has 7 × 96, the file 7 × 18"))
        #expect(problem.contains("fc2.bias: the model has 3, the file 4"))
        #expect(problem.contains("conv.weight is not in the model"))
        #expect(try model.stateDictionary() == before)
    }

    @Test("Damaged files are refused or read, and never crash")
    func fuzz() throws {
        let folder = try Folder()
        let files = try ["types.pt", "checkpoint.pt", "lstm.pt"].map { try fixture($0) }
        let originals = try files.map { try [UInt8](Data(contentsOf: URL(fileURLWithPath: $0))) }
        let path = folder.file("a.pt")
        let failures = FileMutator.failures(of: originals, seed: 1) { bytes in
            try Data(bytes).write(to: URL(fileURLWithPath: path))
            _ = try TorchFile(contentsOf: path)
        }
        #expect(failures.isEmpty)
        // The pickle by itself, which the archive's checksums would protect.
        let pickles = try files.map { path in
            try Archive.entries(ofZipAt: path) { $0.hasSuffix("data.pkl") }[0].bytes
        }
        #expect(FileMutator.failures(of: pickles, seed: 2) { _ = try TorchPlan($0, "x") }.isEmpty)
    }
}

func fileError(_ body: () throws -> some Any) -> CognitronError? {
    do {
        _ = try body()
        Issue.record("no error")
    } catch let error as CognitronError {
        return error
    } catch {
        Issue.record("\(error)")
    }
    return nil
}
