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

    @Test("Configurations in the form of Keras 2")
    func configuration() throws {
        let text = """
            {"class_name": "Functional", "config": {"name": "model", "layers": [
              {"class_name": "InputLayer", "config": {"batch_input_shape": [null, 8, 8, 3], "dtype": "float32",
                "sparse": false, "ragged": false, "name": "a"}, "name": "a", "inbound_nodes": []},
              {"class_name": "Conv2D", "config": {"name": "conv", "trainable": true, "dtype": "float32",
                "filters": 4, "kernel_size": [3, 3], "strides": [1, 1], "padding": "same",
                "data_format": "channels_last", "dilation_rate": [1, 1], "groups": 1, "activation": "relu",
                "use_bias": true, "kernel_initializer": {"class_name": "VarianceScaling", "config":
                {"scale": 2.0, "mode": "fan_in", "distribution": "truncated_normal", "seed": null}},
                "bias_initializer": {"class_name": "Zeros", "config": {}}, "kernel_regularizer": {"class_name":
                "L2", "config": {"l2": 0.0001}}, "bias_regularizer": null, "activity_regularizer": null,
                "kernel_constraint": null, "bias_constraint": null}, "name": "conv",
                "inbound_nodes": [[["a", 0, 0, {}]]]},
              {"class_name": "BatchNormalization", "config": {"name": "bn", "trainable": false, "axis": [3],
                "momentum": 0.9, "epsilon": 0.001, "center": true, "scale": true}, "name": "bn",
                "inbound_nodes": [[["conv", 0, 0, {"training": false}]]]},
              {"class_name": "Add", "config": {"name": "add"}, "name": "add",
                "inbound_nodes": [[["bn", 0, 0, {}], ["conv", 0, 0, {}]]]},
              {"class_name": "GlobalAveragePooling2D", "config": {"name": "pool", "data_format":
                "channels_last"}, "name": "pool", "inbound_nodes": [[["add", 0, 0, {}]]]},
              {"class_name": "LSTM", "config": {"name": "lstm", "units": 2, "implementation": 2,
                "time_major": false}, "name": "lstm", "inbound_nodes": []}],
              "input_layers": [["a", 0, 0]], "output_layers": [["pool", 0, 0]]}}
            """
        let scope = KerasScope()
        let model = try KerasArchive.model(of: try JSONValue(Array(text.utf8), "config"), scope, "a.h5")
        #expect(scope.notes == [])
        #expect(model.layers.map { $0.name ?? "" } == ["conv", "bn", "add", "pool"])
        #expect(model.outputShape == [4])
        #expect(scope.frozen.map { $0.name ?? "" } == ["bn"])
        let conv = try #require(model.layer(named: "conv") as? Conv2D)
        #expect(conv.activation == .relu && conv.kernelInitializer == .heNormal)
        #expect(conv.kernelRegularizer == .l2(0.0001))
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
