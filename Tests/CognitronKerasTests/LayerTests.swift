import Cognitron
import Foundation
import Testing

@testable import CognitronKeras

@Suite("Keras's layers")
struct LayerTests {
    @Test("Every layer is the same after a way to Keras's form and back", arguments: layerSamples.indices)
    func roundTrip(index: Int) throws {
        let layer = layerSamples[index]
        guard !(layer is Input) else { return }
        let scope = KerasScope()
        let object = try scope.object(of: layer)
        #expect(scope.problems == [])
        let form = try #require(KerasLayer.of(layer))
        // Keras keeps what its attentions are called with apart from their arguments.
        let back = try #require(scope.layer(of: object), "\(scope.problems)")
        #expect(scope.problems == [], "\(object.text)")
        let (before, after) = (
            try JSONValue(encoding: SavedLayer(layer)), try JSONValue(encoding: SavedLayer(back))
        )
        let again = try KerasScope().object(of: back)
        #expect(again.isEqual(to: object), "\(form.name):\n\(object.text)\n\(again.text)")
        #expect(before["type"] == after["type"])
    }

    @Test("The table has every class that both have")
    func complete() {
        let missing = layerSamples.filter { !($0 is Input) && KerasLayer.of($0) == nil }
        #expect(missing.isEmpty)
        #expect(KerasLayer.all.count == 127)
        #expect(Set(KerasLayer.all.map(\.name)).count == KerasLayer.all.count)
    }

    @Test("Unknown layers, lambdas and arguments are refused by name, all at once")
    func refusals() throws {
        let text = """
            {"class_name": "Sequential", "config": {"name": "s", "layers": [
              {"class_name": "InputLayer", "config": {"batch_shape": [null, 4, 4, 3]}},
              {"class_name": "Lambda", "config": {"name": "code", "function": {"class_name": "__lambda__"}}},
              {"class_name": "Mine", "registered_name": "pack>Mine", "config": {"name": "mine"}},
              {"class_name": "Conv2D", "config": {"name": "c", "filters": 2, "kernel_size": 3,
                "data_format": "channels_first"}},
              {"class_name": "Dense", "config": {"name": "d", "activation": "wavy"}},
              {"class_name": "Dense", "config": {"name": "e", "units": 2, "kernel_initializer": "odd",
                "spread": 3}}]}}
            """
        let scope = KerasScope()
        #expect(scope.layer(of: try JSONValue(Array(text.utf8), "config.json")) == nil)
        #expect(
            scope.problems == [
                "s (Sequential): code (Lambda): there is no such layer here",
                "s (Sequential): mine (Mine): \"pack>Mine\" is a class of its author's",
                "s (Sequential): c (Conv2D): data_format \"channels_first\": "
                    + "only \"channels_last\" can be read",
                "s (Sequential): d (Dense): units: is missing",
                "s (Sequential): d (Dense): activation: the function \"wavy\" is not known",
                "s (Sequential): e (Dense): kernel_initializer: the initializer \"odd\" is not known",
                "s (Sequential): e (Dense): spread 3: there is no such argument here",
            ])
    }

    @Test("What Keras does not have is refused by name when writing")
    func unwritable() throws {
        let model = Sequential {
            Input(8, 8, 3)
            AveragePooling2D(poolSize: 3, strides: 2, padding: .explicit(1), name: "first")
            LpPooling2D(name: "second")
            Dense(2, activation: .scaledTanh, name: "third")
            ZeroPadding2D(1, mode: .reflect, name: "fourth")
        }
        try model.build([8, 8, 3])
        let problem = error { try model.save(keras: "/tmp/never.keras") }?.problem ?? ""
        for part in [
            "first (AveragePooling2D): padding: explicit amounts",
            "second (LpPooling2D): Keras has no such layer",
            "third (Dense): activation: ScaledTanh with these arguments is no function of Keras",
            "fourth (ZeroPadding2D): mode: Keras has no such argument",
        ] {
            #expect(problem.contains(part), "\(problem)")
        }
    }
}
