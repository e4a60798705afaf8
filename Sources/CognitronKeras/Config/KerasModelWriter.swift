import Cognitron

extension KerasScope {
    /// A built model as Keras writes it.
    func object(of model: Model, name: String?) throws -> JSONValue {
        guard let wiring = model.kerasWiring else {
            problem("a model that is not built")
            return .null
        }
        padded.formUnion(wiring.padded)
        for line in wiring.notes { note(line) }
        let name = name ?? model.name ?? (model.isKerasSequential ? "sequential" : "functional")
        return model.isKerasSequential
            ? try sequential(model, wiring, name) : try functional(model, wiring, name)
    }

    private func sequential(_ model: Model, _ wiring: KerasWiring, _ name: String) throws -> JSONValue {
        let shape = KerasShape.of(model.declaredInputSizes?.first ?? [])
        let first = wiring.uses.first { $0.layer is Input }
        var layers = [KerasShape.inputLayer(first?.name ?? "input_layer", shape)]
        for use in wiring.uses where !(use.layer is Input) {
            layers.append(try object(of: use.layer, name: use.name))
        }
        let config: JSONValue = [
            "name": .text(name), "trainable": .flag(model.isTrainable), "dtype": "float32",
            "layers": .list(layers),
        ]
        var object = KerasObject.object("keras", "Sequential", config)
        object["build_config"] = ["input_shape": shape]
        return object
    }

    private func functional(_ model: Model, _ wiring: KerasWiring, _ name: String) throws -> JSONValue {
        var calls = KerasCalls(model, wiring)
        var layers: [JSONValue] = []
        for member in KerasOrder(wiring).members {
            switch member {
            case .input(let index):
                var layer = KerasShape.inputLayer(
                    calls.inputNames[index], KerasShape.of(model.declaredInputSizes?[index] ?? []))
                layer["name"] = .text(calls.inputNames[index])
                layer["inbound_nodes"] = []
                layers.append(layer)
            case .layer(let layer):
                let uses = wiring.uses.filter { $0.layer === layer }
                guard let first = uses.first else { continue }
                var object = try self.object(of: layer, name: first.name)
                object["name"] = .text(first.name)
                object["inbound_nodes"] = .list(try uses.map { try calls.node(of: $0, self) })
                layers.append(object)
            }
        }
        var config: JSONValue = [
            "name": .text(name), "trainable": .flag(model.isTrainable), "layers": .list(layers),
        ]
        let inputs = wiring.inputs.map { calls.place(of: $0.value, isModelsOutput: false) }
        let outputs = wiring.outputs.map { calls.place(of: $0, isModelsOutput: true) }
        config["input_layers"] = inputs.count == 1 ? inputs[0] : .list(inputs)
        config["output_layers"] = outputs.count == 1 ? outputs[0] : .list(outputs)
        return [
            "module": "keras.src.models.functional", "class_name": "Functional", "config": config,
            "registered_name": "Functional", "build_config": ["input_shape": .null],
        ]
    }
}

/// Shapes with a free axis for the batch.
enum KerasShape {
    static func of(_ sizes: [Int?]) -> JSONValue {
        .list([.null] + sizes.map { $0.map { .integer($0) } ?? .null })
    }

    /// - Parameter text: `? × 64`.
    static func of(_ text: String) -> JSONValue {
        text == "scalar" ? of([]) : of(text.split(separator: " × ").map { Int($0) })
    }

    static func inputLayer(_ name: String, _ shape: JSONValue) -> JSONValue {
        KerasObject.object(
            "keras.layers", "InputLayer",
            [
                "batch_shape": shape, "dtype": "float32", "sparse": false, "ragged": false,
                "name": .text(name),
                "optional": false,
            ])
    }
}

/// The calls of a model's layers, as Keras numbers them.
struct KerasCalls {
    let inputNames: [String]
    private let wiring: KerasWiring
    /// The layer, call and output of each value, and its shape.
    private var values: [Int: (name: String, call: Int, output: Int, isModel: Bool, shape: String)] = [:]

    init(_ model: Model, _ wiring: KerasWiring) {
        self.wiring = wiring
        var names: [String] = []
        let taken = Set(wiring.uses.map(\.name))
        for index in wiring.inputs.indices {
            var name = index == 0 ? "input_layer" : "input_layer_\(index)"
            while taken.contains(name) { name += "_0" }
            names.append(name)
        }
        inputNames = names
        for (index, input) in wiring.inputs.enumerated() {
            values[input.value] = (names[index], 0, 0, false, input.shape)
        }
        var counts: [String: Int] = [:]
        for use in wiring.uses {
            let call = counts[use.name, default: 0]
            counts[use.name] = call + 1
            let isModel = (use.layer as? Model).map { !$0.isKerasSequential } ?? false
            for (output, value) in use.outputs.enumerated() {
                values[value] = (use.name, call, output, isModel, use.shapeTexts[output])
            }
        }
    }

    /// `["dense", 0, 0]`. Lists of outputs count a functional model's own call before the others.
    func place(of value: Int, isModelsOutput: Bool) -> JSONValue {
        guard let (name, call, output, isModel, _) = values[value] else { return .null }
        return [.text(name), .integer(call + (isModel && isModelsOutput ? 1 : 0)), .integer(output)]
    }

    private func tensor(_ value: Int) -> JSONValue {
        [
            "class_name": "__keras_tensor__",
            "config": [
                "shape": KerasShape.of(values[value]?.shape ?? ""), "dtype": "float32",
                "keras_history": place(of: value, isModelsOutput: false),
            ],
        ]
    }

    /// The values and arguments that a layer is called on.
    mutating func node(of use: KerasUse, _ scope: KerasScope) throws -> JSONValue {
        let tensors = use.inputs.map(tensor)
        let form = KerasLayer.of(use.layer)
        var arguments: [JSONValue.Member] = []
        if let form, !form.callArguments.isEmpty, let saved = use.layer as? any Encodable {
            let own = try JSONValue(encoding: saved)
            arguments = form.callArguments.compactMap { argument in
                own[argument.own] == true ? .init(argument.name, true) : nil
            }
        }
        var values = tensors
        switch form?.call ?? .list {
        case .positional: break
        case .states where tensors.count > 1:
            if use.layer.children.contains(where: { $0.layer is StackedRNNCells }) {
                scope.problem("\(use.name): first states of stacked cells")
            }
            values = [tensors[0]]
            arguments.append(.init("initial_state", .list(Array(tensors.dropFirst()))))
        case .list where tensors.count > 1 || use.layer is any MergingLayer: values = [.list(tensors)]
        default: break
        }
        return ["args": .list(values), "kwargs": .object(arguments)]
    }
}
