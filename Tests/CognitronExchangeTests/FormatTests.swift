import Cognitron
import CognitronData
import CognitronExchange
import Foundation
import Testing

@Suite("Formats that models are exchanged in")
struct FormatTests {
    static func model() throws -> Model {
        let model = Sequential([
            Input(4, 4, 1), Conv2D(2, kernelSize: 3, name: "conv"), Flatten(), Dense(3, name: "head"),
        ])
        model.metadata["note"] = "kept"
        try model.build([4, 4, 1])
        return model
    }

    @Test(
        "A model goes through each and comes back", arguments: [ExchangeFormat.safetensors, .pyTorch, .npz])
    func roundTrip(_ format: ExchangeFormat) throws {
        let folder = try Folder()
        let model = try Self.model()
        let path = folder.file("m.\(format.endings[0])")
        let notes = try format.write(.model(model), path)
        #expect(notes.isEmpty == (format.name == "safetensors"))
        let blank = try Self.model()
        let read = try format.read(path, blank)
        guard case .model(let copy) = read.content else { throw CognitronError(.model, path, "no model") }
        let x = Tensor.randomNormal([2, 4, 4, 1], seed: 1)
        #expect(try copy.predict(x) == model.predict(x))
        #expect(try format.list(path).tensors.count == 4)
    }

    @Test("Without a model, tensors come as they are; our own file is a model by itself")
    func tensors() throws {
        let folder = try Folder()
        let model = try Self.model()
        _ = try ExchangeFormat.pyTorch.write(.model(model), folder.file("m.pt"))
        guard case .tensors(let tensors) = try ExchangeFormat.pyTorch.read(folder.file("m.pt"), nil).content
        else {
            throw CognitronError(.model, "m.pt", "no tensors")
        }
        #expect(tensors.keys.sorted() == ["conv.bias", "conv.weight", "head.bias", "head.weight"])
        #expect(tensors["conv.weight"]?.shape == [2, 1, 3, 3])
        _ = try ExchangeFormat.safetensors.write(.tensors(tensors), folder.file("t.safetensors"))
        // PyTorch's names and layouts are recognised.
        let filled = try Self.model()
        _ = try ExchangeFormat.safetensors.read(folder.file("t.safetensors"), filled)
        #expect(try filled.stateDictionary() == model.stateDictionary())
        try model.save(folder.file("m.safetensors"))
        guard
            case .model(let own) = try ExchangeFormat.safetensors.read(folder.file("m.safetensors"), nil)
                .content
        else { throw CognitronError(.model, "m.safetensors", "no model") }
        #expect(own.metadata["note"] == "kept")
    }

    @Test("A single array is a .npy file, more are refused")
    func single() throws {
        let folder = try Folder()
        let path = folder.file("a.npy")
        _ = try ExchangeFormat.npy.write(.tensors(["x": Tensor([1, 2])]), path)
        guard case .tensors(let tensors) = try ExchangeFormat.npy.read(path, nil).content else {
            throw CognitronError(.model, path, "no tensors")
        }
        #expect(tensors == ["array": Tensor([1, 2])])
        #expect(try ExchangeFormat.npy.list(path).tensors == [.init(name: "array", type: "f4", shape: [2])])
        let error = fileError { try ExchangeFormat.npy.write(.model(try Self.model()), path) }
        #expect(error?.advice?.contains(".npz") == true)
    }
}
