import Cognitron

extension KerasScope {
    /// The model of an object of Keras's; nil where it cannot be read, which is then a problem.
    func model(of object: JSONValue, _ kind: String) throws -> Model? {
        if kind == "Sequential" { return try sequential(object) }
        guard object[["config", "layers"]] != nil else {
            throw KerasMisfit("a model of a class of its author's, whose code is not read")
        }
        return try functional(object["config"] ?? [:])
    }

    private func sequential(_ object: JSONValue) throws -> Model? {
        let config = object["config"] ?? [:]
        // Keras 2.2 and before wrote the list alone.
        let objects = try (config["layers"] ?? config).require(\.list, "layers")
        var layers: [any AnyLayer] = []
        var isWhole = true
        for (index, object) in objects.enumerated() {
            if object["class_name"] == "InputLayer" {
                layers.append(try KerasInput(object, nil).input)
                continue
            }
            if index == 0, let shape = Self.inputShape(of: object) ?? Self.inputShape(of: config) {
                layers.append(Input(sizes: try KerasInput.sizes(shape)))
            }
            if let layer = layer(of: object) { layers.append(layer) } else { isWhole = false }
        }
        guard isWhole else { return nil }
        if !(layers.first is Input), let shape = object[["build_config", "input_shape"]], shape != .null {
            layers.insert(Input(sizes: try KerasInput.sizes(shape)), at: 0)
        }
        let model = Sequential(layers, name: config["name"]?.string)
        orders[ObjectIdentifier(model)] = layers
        noteFrozen(zip(objects.filter { $0["class_name"] != "InputLayer" }, layers.filter { !($0 is Input) }))
        if config["trainable"] == false { frozen.append(model) }
        return model
    }

    /// The input's shape in the configuration of a first layer (Keras 2), or of a model.
    private static func inputShape(of object: JSONValue) -> JSONValue? {
        [object[["config", "batch_input_shape"]], object["build_input_shape"]].lazy.compactMap { $0 }
            .first { $0 != .null }
    }

    private func functional(_ config: JSONValue) throws -> Model? {
        var graph = try KerasGraph(config, self)
        guard let (inputs, outputs) = try graph.resolve() else { return nil }
        let model = try Model(inputs: inputs, outputs: outputs, name: config["name"]?.string)
        orders[ObjectIdentifier(model)] = graph.layers
        if config["trainable"] == false { frozen.append(model) }
        return model
    }

    func noteFrozen(_ layers: some Sequence<(JSONValue, any AnyLayer)>) {
        for (object, layer) in layers where object[["config", "trainable"]] == false { frozen.append(layer) }
    }
}

/// Keras's InputLayer.
struct KerasInput {
    let input: Input

    /// - Parameter name: that of a model's list of layers.
    init(_ object: JSONValue, _ name: String?) throws {
        let config = object["config"] ?? [:]
        guard let shape = config["batch_shape"] ?? config["batch_input_shape"] ?? config["shape"] else {
            throw KerasMisfit("an InputLayer without a shape")
        }
        let hasBatch = config["batch_shape"] != nil || config["batch_input_shape"] != nil
        input = Input(sizes: try Self.sizes(shape, hasBatch: hasBatch), name: config["name"]?.string ?? name)
    }

    /// The sizes of a sample's axes.
    static func sizes(_ shape: JSONValue, hasBatch: Bool = true) throws -> [Int?] {
        let axes = try shape.require(\.list, "a shape")
        guard !axes.isEmpty || !hasBatch, axes.count <= 32 else {
            throw KerasMisfit("the shape \(shape.brief)")
        }
        return try axes.dropFirst(hasBatch ? 1 : 0).map { axis in
            if axis == .null { return nil }
            guard let size = axis.int, size > 0 else { throw KerasMisfit("the shape \(shape.brief)") }
            return size
        }
    }
}
