import Cognitron
import CognitronExchange
import Foundation
import Testing

@testable import CognitronKeras

@Suite("Keras 2's files, and the table of formats")
struct LegacyTests {
    @Test("Whole models in HDF5 predict what Keras predicts", arguments: ["shared", "trained"])
    func reading(name: String) throws {
        try withTemporaryPath("a.h5") { path in
            try Fixtures.hdf5("\(name).h5").write(to: URL(fileURLWithPath: path))
            let model = try Model.load(keras: path)
            let outputs = try model.predict(Fixtures.tensors(name, "input").map { $0 as any Samples })
            for (output, wanted) in zip(outputs, try Fixtures.tensors(name, "output")) {
                #expect((output - wanted).absolute.max() <= 1e-5 * max(1, wanted.absolute.max()))
            }
            for parameter in model.parameters { parameter.value = Tensor.zeros(parameter.shape) }
            try model.loadWeights(keras: path)
            let again = try model.predict(Fixtures.tensors(name, "input").map { $0 as any Samples })
            #expect(again == outputs)
        }
    }

    @Test("The formats list, read and write files")
    func formats() throws {
        let listing = try ExchangeFormat.keras.list(Fixtures.path("trained.keras"))
        #expect(listing.format == "Keras 3.15.1")
        #expect(
            listing.facts.contains(.init("layers", "InputLayer, Conv2D, BatchNormalization, Flatten, Dense")))
        #expect(listing.facts.contains(.init("optimizer", "Adam")))
        #expect(
            listing.tensors.contains(.init(name: "layers/conv2d/vars/0", type: "F32", shape: [3, 3, 1, 3])))
        let exchanged = try ExchangeFormat.keras.read(Fixtures.path("trained.keras"), nil)
        #expect(exchanged.notes == [])
        try withTemporaryPath("a.weights.h5") { path in
            #expect(try ExchangeFormat.kerasWeights.write(exchanged.content, path) == [])
            guard case .tensors(let tensors) = try ExchangeFormat.kerasWeights.read(path, nil).content else {
                throw CognitronError(.file, path, "no tensors")
            }
            #expect(tensors.count == 8)
            #expect(try ExchangeFormat.kerasWeights.write(.tensors(tensors), path) == [])
            #expect(try ExchangeFormat.kerasWeights.list(path).tensors.count == 8)
            let named = error { try ExchangeFormat.kerasWeights.write(.tensors(["a": Tensor(0)]), path) }
            #expect(named?.problem == "these weights have no place in a file of Keras")
        }
    }
}
