import CognitronKernels
import Foundation

/// The layers and wiring of a model in its file.
struct Architecture: Codable {
    /// The version of the form, in the outermost model only; absent in version 1, which is read too.
    var version: Int?
    /// `Sequential` or `Model`.
    var type: String
    var name: String?
    var layers: [LayerEntry]
    /// The uses of the layers, in execution order. Values are numbered: first the inputs, then each use's
    /// outputs.
    var uses: [Use]
    var inputs: [Int]
    var outputs: [Int]
    /// The sizes of one sample of each input, null for free axes; absent where the model is not built.
    var inputShapes: [[Int?]]?
    /// The names given to the outputs.
    var outputNames: [String]?
    /// The paths of the frozen parameters, frozen statistics included.
    var frozen: [String]?
    /// Tied parameters: the path of each further use, with the path of the tensor in the file.
    var tied: [String: String]?

    /// The version that is written.
    static let currentVersion = 2

    struct Use: Codable {
        var layer: Int
        var inputs: [Int]
    }

    /// - Throws: `CognitronError` where the model could not be loaded again.
    init(_ model: Model) throws {
        var extents = ModelExtents()
        try extents.measure(model, model.displayName)
        var sharing = LayerSharing(model)
        try self.init(model, &sharing)
        version = Self.currentVersion
        let frozen = model.namedParameters.filter(\.parameter.isFrozen).map(\.path)
        self.frozen = frozen.isEmpty ? nil : frozen
        let tied = Self.tied(model)
        self.tied = tied.isEmpty ? nil : tied
    }

    /// The parameters with several paths: shared by layers, or of a layer inside several models.
    private static func tied(_ model: Model) -> [String: String] {
        var first: [ObjectIdentifier: String] = [:]
        var tied: [String: String] = [:]
        for (path, parameter) in model.namedParameters(path: "") {
            if let known = first[parameter.identity] {
                tied[path] = known
            } else {
                first[parameter.identity] = path
            }
        }
        return tied
    }

    /// The inputs' sizes for building the model.
    var declaredSizes: [[Int?]] {
        get throws {
            guard let inputShapes else {
                throw CognitronError(.file, "architecture", "has no input shape")
            }
            return inputShapes
        }
    }

    /// Throws where a newer version of the package wrote the file.
    static func requireKnownVersion(_ json: Data) throws {
        struct Form: Decodable { var version: Int? }
        // Text without a readable version is an error of decoding the architecture itself.
        guard let version = try? JSONDecoder().decode(Form.self, from: json).version, version > currentVersion
        else { return }
        throw CognitronError(
            .file, "architecture", "is of a newer form than this program knows",
            expected: "version \(currentVersion) or older", got: "\(version)", advice: "update the package")
    }

    fileprivate init(_ model: Model, _ sharing: inout LayerSharing) throws {
        type = model.typeName
        name = model.name
        let unique = model.layers
        let indices = Dictionary(uniqueKeysWithValues: unique.enumerated().map { (ObjectIdentifier($1), $0) })
        layers = try unique.map { try sharing.entry(for: $0) }
        uses = model.graph.nodes.map {
            guard let index = indices[ObjectIdentifier($0.layer)] else {
                fail("a node's layer is not among the layers")
            }
            return Use(layer: index, inputs: $0.inputs)
        }
        inputs = model.graph.inputs
        outputs = model.graph.outputs
        inputShapes = model.declaredInputSizes
        outputNames = model.givenOutputNames
    }

    /// Makes the model, not yet built.
    ///
    /// - Throws: `CognitronError` where the wiring is invalid.
    func makeModel() throws -> Model {
        var assembly = Assembly()
        return try makeModel(&assembly)
    }

    /// The layers made from a file so far.
    struct Assembly {
        /// The numbered layers, which `sameAs` entries refer to.
        var layers: [Int: any AnyLayer] = [:]
        var extents = ModelExtents()
    }

    fileprivate func makeModel(_ assembly: inout Assembly) throws -> Model {
        let layers = try layers.map { try $0.make(&assembly) }
        guard uses.allSatisfy({ layers.indices.contains($0.layer) }) else {
            throw Self.unsound("a layer does not exist")
        }
        let model =
            switch type {
            case Sequential.typeName: Sequential(uses.map { layers[$0.layer] }, name: name)
            case Model.typeName: Model(graph: try makeGraph(layers), name: name, outputNames: outputNames)
            default: throw Self.unsound("\(type) is no kind of model")
            }
        try assembly.extents.measure(model, "architecture")
        return model
    }

    private func makeGraph(_ layers: [any AnyLayer]) throws -> Graph {
        guard !inputs.isEmpty, inputs == Array(inputs.indices), !outputs.isEmpty else {
            throw Self.unsound("no inputs or outputs")
        }
        let names = LayerNames(layers)
        var valueCount = inputs.count
        var nodes: [Graph.Node] = []
        for use in uses {
            guard use.inputs.allSatisfy({ (0..<valueCount).contains($0) }) else {
                throw Self.unsound("a layer reads a value that does not exist")
            }
            let layer = layers[use.layer]
            let values = valueCount..<valueCount + layer.outputCount
            nodes.append(
                Graph.Node(layer: layer, name: names.name(of: layer), inputs: use.inputs, outputs: values))
            valueCount = values.upperBound
        }
        guard outputs.allSatisfy({ (0..<valueCount).contains($0) }) else {
            throw Self.unsound("an output does not exist")
        }
        guard outputNames.map({ $0.count == outputs.count }) ?? true else {
            throw Self.unsound("the outputs' names are not as many as the outputs")
        }
        var graph = Graph(nodes: nodes, inputs: inputs, outputs: outputs, valueCount: valueCount)
        graph.inputSizes = inputShapes
        return graph
    }

    fileprivate static func unsound(_ problem: String) -> CognitronError {
        CognitronError(
            .file, "architecture", problem, advice: "the file is damaged or was made by something else")
    }
}

/// A layer in a file.
enum LayerEntry: Codable {
    /// A type's name and a configuration, with a number where other entries refer to this layer.
    case layer(any AnyLayer, number: Int?)
    case model(Architecture, number: Int?)
    /// The earlier layer with this number: one layer used in a model and in an inner model, or in two inner
    /// models.
    case sameAs(Int)

    /// The entry of a layer that is not shared with other entries.
    init(alone layer: any AnyLayer) throws {
        guard let model = layer as? Model else {
            self = .layer(layer, number: nil)
            return
        }
        var sharing = LayerSharing(model)
        self = .model(try Architecture(model, &sharing), number: nil)
    }

    private enum CodingKeys: CodingKey { case type, configuration, number, sameAs }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        switch self {
        case .sameAs(let number): try container.encode(number, forKey: .sameAs)
        case .model(let architecture, let number):
            try container.encode(architecture.type, forKey: .type)
            try container.encodeIfPresent(number, forKey: .number)
            try container.encode(architecture, forKey: .configuration)
        case .layer(let layer, let number):
            try container.encode(Registry.name(of: type(of: layer)), forKey: .type)
            try container.encodeIfPresent(number, forKey: .number)
            guard let encodable = layer as? any Encodable else {
                throw CognitronError(
                    .model, layer.typeName, "cannot be saved",
                    advice: "make the layer Codable and call LayerRegistry.register before loading")
            }
            try encodable.encode(to: container.superEncoder(forKey: .configuration))
        }
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        if let number = try container.decodeIfPresent(Int.self, forKey: .sameAs) {
            self = .sameAs(number)
            return
        }
        let number = try container.decodeIfPresent(Int.self, forKey: .number)
        let name = try container.decode(String.self, forKey: .type)
        // Checked during decoding too, which recurses as deep as the file is nested.
        let depth = decoder.codingPath.count { $0.stringValue == CodingKeys.configuration.stringValue }
        let isModel = name == Sequential.typeName || name == Model.typeName
        try ModelExtents.require(depth: isModel ? depth + 1 : depth, "architecture")
        if isModel {
            self = .model(try container.decode(Architecture.self, forKey: .configuration), number: number)
        } else {
            self = .layer(try LayerRegistry.registry.decode(from: decoder), number: number)
        }
    }

    func make(_ assembly: inout Architecture.Assembly) throws -> any AnyLayer {
        let (layer, number): (any AnyLayer, Int?)
        switch self {
        case .sameAs(let number):
            guard let layer = assembly.layers[number] else {
                throw Architecture.unsound("no layer before has number \(number)")
            }
            return layer
        case .layer(let made, let its): (layer, number) = (made, its)
        case .model(let architecture, let its): (layer, number) = (try architecture.makeModel(&assembly), its)
        }
        if let number { assembly.layers[number] = layer }
        return layer
    }
}

/// Finds and numbers the layers that a model and its inner models use in several places.
private struct LayerSharing {
    private var visited: Set<ObjectIdentifier> = []
    private var shared: Set<ObjectIdentifier> = []
    private var numbers: [ObjectIdentifier: Int] = [:]

    init(_ model: Model) { visit(model) }

    private mutating func visit(_ model: Model) {
        for layer in model.layers {
            let identifier = ObjectIdentifier(layer)
            if !visited.insert(identifier).inserted {
                shared.insert(identifier)
            } else if let inner = layer as? Model {
                visit(inner)
            }
        }
    }

    mutating func entry(for layer: any AnyLayer) throws -> LayerEntry {
        let identifier = ObjectIdentifier(layer)
        if let number = numbers[identifier] { return .sameAs(number) }
        if shared.contains(identifier) { numbers[identifier] = numbers.count }
        let number = numbers[identifier]
        guard let model = layer as? Model else { return .layer(layer, number: number) }
        return .model(try Architecture(model, &self), number: number)
    }
}
