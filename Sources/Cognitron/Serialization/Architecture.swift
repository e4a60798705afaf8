import Foundation

/// A model's layers and wiring, as its file keeps them.
struct Architecture: Codable {
    /// `Sequential` or `Model`.
    var type: String
    var name: String?
    var layers: [LayerEntry]
    /// The layers' uses, in the order they run. Values are numbered: first the inputs, then each use's outputs.
    var uses: [Use]
    var inputs: [Int]
    var outputs: [Int]
    /// The shape of one sample of each input; absent while the model has not seen any.
    var inputShapes: [Shape]?

    struct Use: Codable {
        var layer: Int
        var inputs: [Int]
    }

    init(_ model: Model) throws {
        type = model.typeName
        name = model.name
        let unique = model.layers
        let indices = Dictionary(uniqueKeysWithValues: unique.enumerated().map { (ObjectIdentifier($1), $0) })
        layers = unique.map(LayerEntry.init)
        uses = model.graph.nodes.map {
            Use(layer: indices[ObjectIdentifier($0.layer)] ?? 0, inputs: $0.inputs)
        }
        inputs = model.graph.inputs
        outputs = model.graph.outputs
        inputShapes = model.inputShapes
    }

    /// The model this describes, not yet built.
    ///
    /// - Throws: `CognitronError` where the wiring makes no sense.
    func makeModel() throws -> Model {
        let layers = layers.map(\.layer)
        if type == Sequential.typeName {
            guard uses.allSatisfy({ layers.indices.contains($0.layer) }) else {
                throw unsound("a layer does not exist")
            }
            return Sequential(uses.map { layers[$0.layer] }, name: name)
        }
        guard type == Model.typeName else { throw unsound("\(type) is no kind of model") }
        guard !inputs.isEmpty, inputs == Array(inputs.indices), !outputs.isEmpty else {
            throw unsound("no inputs or outputs")
        }
        let names = LayerNames(layers)
        var valueCount = inputs.count
        var nodes: [Graph.Node] = []
        for use in uses {
            guard layers.indices.contains(use.layer), use.inputs.allSatisfy({ (0..<valueCount).contains($0) })
            else {
                throw unsound("a layer reads a value that does not exist")
            }
            let layer = layers[use.layer]
            let values = valueCount..<valueCount + layer.outputCount
            nodes.append(
                Graph.Node(layer: layer, name: names.name(of: layer), inputs: use.inputs, outputs: values))
            valueCount = values.upperBound
        }
        guard outputs.allSatisfy({ (0..<valueCount).contains($0) }) else {
            throw unsound("an output does not exist")
        }
        let graph = Graph(nodes: nodes, inputs: inputs, outputs: outputs, valueCount: valueCount)
        return Model(graph: graph, name: name)
    }

    private func unsound(_ problem: String) -> CognitronError {
        CognitronError(
            .file, "architecture", problem, advice: "the file is damaged or was made by something else")
    }
}

/// One layer in a file: its type's name and its configuration.
struct LayerEntry: Codable {
    let layer: any AnyLayer

    private enum CodingKeys: CodingKey { case type, configuration }

    /// Models within models deeper than this are taken for an attack on the stack.
    private static let deepest = 64

    init(_ layer: any AnyLayer) { self.layer = layer }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(layer.typeName, forKey: .type)
        if let model = layer as? Model {
            try container.encode(Architecture(model), forKey: .configuration)
        } else if let layer = layer as? any Encodable {
            try layer.encode(to: container.superEncoder(forKey: .configuration))
        } else {
            throw CognitronError(
                .model, layer.typeName, "cannot be saved",
                advice: "make the layer Codable and call LayerRegistry.register before loading")
        }
    }

    init(from decoder: any Decoder) throws {
        guard decoder.codingPath.count < Self.deepest else {
            throw CognitronError(.file, "architecture", "models are nested too deeply")
        }
        let container = try decoder.container(keyedBy: CodingKeys.self)
        let name = try container.decode(String.self, forKey: .type)
        if name == Sequential.typeName || name == Model.typeName {
            layer = try container.decode(Architecture.self, forKey: .configuration).makeModel()
        } else if let type = LayerRegistry.type(named: name) {
            layer = try type.init(from: container.superDecoder(forKey: .configuration))
        } else {
            throw CognitronError(
                .file, "architecture", "unknown layer type \(name)",
                expected: "one of \(LayerRegistry.names.joined(separator: ", "))", got: name,
                advice: "for a layer of your own call LayerRegistry.register first")
        }
    }
}
