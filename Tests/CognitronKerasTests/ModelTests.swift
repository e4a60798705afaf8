import Cognitron
import Foundation
import Testing

@testable import CognitronKeras

@Suite("Keras's models")
struct ModelTests {
    static let names = [
        "images", "activations", "augmentation", "sequences", "tokens", "volumes", "sounds", "merging",
        "shared", "nested", "trained",
    ]

    /// Compares with what Keras predicts, to 1e-5 of the largest number.
    private func expectPredictions(of model: Model, _ name: String) throws {
        let inputs = try Fixtures.tensors(name, "input")
        let outputs = try model.predict(inputs.map { $0 as any Samples })
        let expected = try Fixtures.tensors(name, "output")
        #expect(outputs.count == expected.count)
        for (index, (output, wanted)) in zip(outputs, expected).enumerated() {
            #expect(output.shape == wanted.shape, "\(name), output \(index)")
            guard output.shape == wanted.shape else { continue }
            let scale = max(1, wanted.absolute.max())
            #expect((output - wanted).absolute.max() <= 1e-5 * scale, "\(name), \(model.outputNames[index])")
        }
    }

    @Test("Files of Keras predict what Keras predicts", arguments: names)
    func reading(name: String) throws {
        try expectPredictions(of: try Model.load(keras: Fixtures.path("\(name).keras")), name)
    }

    @Test("A model that is written and read again predicts the same bits", arguments: names)
    func roundTrip(name: String) throws {
        let model = try Model.load(keras: Fixtures.path("\(name).keras"))
        try withTemporaryPath("a.keras") { path in
            let note = "common: used in a model and in one inside it, which Keras 3.15 saves but cannot load"
            #expect(try model.save(keras: path) == (name == "nested" ? [note] : []))
            let again = try Model.load(keras: path)
            let inputs = try Fixtures.tensors(name, "input").map { $0 as any Samples }
            #expect(try again.predict(inputs) == model.predict(inputs))
            for (old, new) in zip(model.parameters, again.parameters) {
                #expect(old.isTrainable == new.isTrainable)
            }
        }
    }

    @Test("What is known of a model goes with it")
    func metadata() throws {
        let model = try Model.load(keras: Fixtures.path("images.keras"))
        model.metadata = ["task": #"{"a":"é\n"}"#, "recipe": "x"]
        try withTemporaryPath("a.keras") { path in
            try model.save(keras: path)
            #expect(try Model.load(keras: path).metadata == model.metadata)
        }
    }

    @Test("Weights alone, of Keras and of our own")
    func weights() throws {
        let model = try Model.load(keras: Fixtures.path("shared.keras"))
        for parameter in model.parameters { parameter.value = Tensor.zeros(parameter.shape) }
        try withTemporaryPath("a.weights.h5") { path in
            try Fixtures.hdf5("shared.weights.h5").write(to: URL(fileURLWithPath: path))
            try model.loadWeights(keras: path)
            try expectPredictions(of: model, "shared")
            try model.saveWeights(keras: path)
            for parameter in model.parameters { parameter.value = Tensor.zeros(parameter.shape) }
            try model.loadWeights(keras: path)
            try expectPredictions(of: model, "shared")
        }
    }

    @Test("Weights that do not fit are all named, and change nothing")
    func misfits() throws {
        let model = Sequential {
            Input(3)
            Dense(2, name: "a")
            Dense(2, name: "b")
        }
        try model.build([3])
        try withTemporaryPath("a.weights.h5") { path in
            let other = Sequential {
                Input(3)
                Dense(4)
            }
            try other.build([3])
            try other.saveWeights(keras: path)
            let before = model.parameters.map(\.value)
            let problem = error { try model.loadWeights(keras: path) }?.problem ?? ""
            #expect(problem.contains("a/kernel: the model has 3 × 2, the file 3 × 4 at layers/dense/vars/0"))
            #expect(
                problem.contains(
                    "b/bias is missing from the file, which should have it at layers/dense_1/vars/1"))
            #expect(model.parameters.map(\.value) == before)
        }
    }
}
