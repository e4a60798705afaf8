/// The layers of networks and their wiring, as TensorBoard shows them.
///
/// - Source: TensorFlow `graph.proto`, `node_def.proto`, `attr_value.proto`.
struct ModelGraph {
    private var graph = ProtobufMessage()
    private var taken: Set<String> = []

    /// A `GraphDef`: a node for each use of a layer, with its type, its inputs and its outputs' shapes. Layers
    /// of inner models are named by their paths.
    ///
    /// - Parameter networks: the names are prefixes where there are several.
    static func definition(of networks: [(name: String, network: Model)]) -> ProtobufMessage {
        var writer = ModelGraph()
        for (name, network) in networks {
            let prefix = networks.count > 1 ? "\(name)/" : ""
            let inputs = network.graph.inputs.enumerated().map { number, _ in
                writer.add("\(prefix)input", "Placeholder", [], shapes: [])
            }
            _ = writer.add(network, prefix, inputs)
        }
        return writer.graph
    }

    /// - Parameter inputs: the names of what gives the network's inputs.
    /// - Returns: the names of what gives its outputs.
    private mutating func add(_ network: Model, _ prefix: String, _ inputs: [String]) -> [String] {
        let graph = network.graph
        var sources = [String](repeating: "", count: graph.valueCount)
        for (value, source) in zip(graph.inputs, inputs) { sources[value] = source }
        let shapes = network.valueShapes
        for node in graph.nodes {
            let arguments = node.inputs.map { sources[$0] }
            guard node.inner == nil else {
                let outputs = node.inner.map { add($0, "\(prefix)\(node.name)/", arguments) } ?? []
                for (value, source) in zip(node.outputs, outputs) { sources[value] = source }
                continue
            }
            let name = add(
                prefix + node.name, node.layer.typeName, arguments,
                shapes: shapes.map { known in node.outputs.map { known[$0] } } ?? [])
            for (number, value) in node.outputs.enumerated() {
                sources[value] = number == 0 ? name : "\(name):\(number)"
            }
        }
        return graph.outputs.map { sources[$0] }
    }

    /// - Returns: the node's name, which has a number from the second use of a layer on.
    private mutating func add(
        _ name: String, _ operation: String, _ inputs: [String], shapes: [Shape]
    ) -> String {
        var (unique, number) = (name, 0)
        while !taken.insert(unique).inserted {
            number += 1
            unique = "\(name)_\(number)"
        }
        var node = ProtobufMessage()
        node.add(1, text: unique)
        node.add(2, text: operation)
        for input in inputs { node.add(3, text: input) }
        if !shapes.isEmpty { node.add(5, Self.attribute("_output_shapes", shapes)) }
        graph.add(1, node)
        return unique
    }

    /// A list of shapes, the batch being unknown.
    private static func attribute(_ name: String, _ shapes: [Shape]) -> ProtobufMessage {
        var list = ProtobufMessage()
        for shape in shapes {
            var dimensions = ProtobufMessage()
            for size in [-1] + Array(shape) {
                var dimension = ProtobufMessage()
                dimension.add(1, integer: size)
                dimensions.add(2, dimension)
            }
            list.add(7, dimensions)
        }
        var (value, entry) = (ProtobufMessage(), ProtobufMessage())
        value.add(1, list)
        entry.add(1, text: name)
        entry.add(2, value)
        return entry
    }
}
