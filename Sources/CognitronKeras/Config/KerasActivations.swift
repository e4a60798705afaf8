import Cognitron

/// Activation functions: names where their arguments are the standard ones, else layers.
enum KerasActivations {
    /// Keras's names; of two names for one function the first is written.
    private static let names: [(name: String, function: ActivationFunction)] = [
        ("linear", .linear), ("relu", .relu), ("relu6", .relu6), ("leaky_relu", .leakyRelu),
        ("sigmoid", .sigmoid), ("tanh", .tanh), ("softmax", .softmax), ("log_softmax", .logSoftmax),
        ("sparsemax", .sparsemax), ("softplus", .softplus), ("elu", .elu), ("gelu", .gelu), ("silu", .swish),
        ("swish", .swish), ("celu", .celu), ("selu", .selu), ("exponential", .exponential),
        ("hard_sigmoid", .hardSigmoid), ("hard_silu", .hardSilu), ("hard_swish", .hardSilu),
        ("hard_tanh", .hardTanh), ("log_sigmoid", .logSigmoid), ("mish", .mish), ("softsign", .softsign),
        ("sparse_plus", .sparsePlus), ("sparse_sigmoid", .sparseSigmoid), ("tanh_shrink", .tanhShrink),
        ("squareplus", .squareplus), ("soft_shrink", .softShrink), ("hard_shrink", .hardShrink),
        ("glu", .glu),
    ]

    /// Layers that Keras takes as activation functions, and the types of our functions.
    private static let layers: [(name: String, type: String, arguments: [KerasArgument])] = [
        (
            "ReLU", "Relu",
            [.argument("max_value"), .argument("negative_slope"), .argument("threshold")]
        ),
        ("LeakyReLU", "LeakyRelu", [.argument("negative_slope")]),
        ("ELU", "Elu", [.argument("alpha")]),
        ("Softmax", "Softmax", [.argument("axis")]),
    ]

    static func write(_ value: JSONValue) throws -> JSONValue {
        let function: ActivationFunction = try value.decode()
        if let name = names.first(where: { $0.function == function })?.name { return .text(name) }
        let type = value["type"]?.string ?? ""
        guard let layer = layers.first(where: { $0.type == type }) else {
            throw KerasMisfit("\(type) with these arguments is no function of Keras")
        }
        let config = layer.arguments.map { argument in
            JSONValue.Member(argument.name, value[["configuration"] + argument.own] ?? .null)
        }
        return KerasObject.object("keras.layers", layer.name, .object(config))
    }

    static func read(_ value: JSONValue) throws -> JSONValue {
        if let name = value.string { return try form(named: name) }
        let name = try KerasObject.className(value)
        if name == "function", let name = value["config"]?.string {
            return try form(named: name)
        }
        guard let layer = layers.first(where: { $0.name == name }) else {
            throw KerasMisfit("the function \(name.quoted) is not known")
        }
        let standard: ActivationFunction = name == "Softmax" ? .softmax : name == "ELU" ? .elu : .relu
        var own = try JSONValue(encoding: standard)
        own["type"] = .text(layer.type)
        for argument in layer.arguments {
            guard let given = value[["config", argument.name]], given != .null else { continue }
            own[["configuration"] + argument.own] = given
        }
        if name == "LeakyReLU" {
            own["configuration"] = ["negativeSlope": own[["configuration", "negativeSlope"]] ?? .number(0.3)]
        }
        return own
    }

    /// Our form of each function that has a name.
    private static let forms: [String: JSONValue] = Dictionary(
        uniqueKeysWithValues: names.compactMap { name, function in
            (try? JSONValue(encoding: function)).map { (name, $0) }
        })

    private static func form(named name: String) throws -> JSONValue {
        guard let form = forms[name] else { throw KerasMisfit("the function \(name.quoted) is not known") }
        return form
    }
}

/// Objects in Keras's files: `{"module": …, "class_name": …, "config": …, "registered_name": null}`.
enum KerasObject {
    static func object(_ module: String, _ name: String, _ config: JSONValue) -> JSONValue {
        ["module": .text(module), "class_name": .text(name), "config": config, "registered_name": .null]
    }

    /// The name of an object's class.
    ///
    /// - Throws: `KerasMisfit` where it is no object, or of a class that a user has registered.
    static func className(_ value: JSONValue) throws -> String {
        guard let name = value["class_name"]?.string else { throw KerasMisfit("\(value.brief) is no object") }
        guard name != "__lambda__" else { throw KerasMisfit("a lambda: code is not read") }
        if let registered = value["registered_name"]?.string, registered.contains(">") {
            throw KerasMisfit("\(registered.quoted) is a class of its author's")
        }
        return name
    }
}

extension KerasForm {
    static let activation: KerasForm = KerasForm(
        write: { try KerasActivations.write($0) }, read: { try KerasActivations.read($0) },
        null: ["type": "Linear", "configuration": [:]])
}
