import Cognitron

/// Writes the layers of a model as the nodes of an ONNX graph.
///
/// Layers that cannot be exported are collected and refused together.
final class ModelExporter {
    let writer = GraphWriter()
    private(set) var problems: [String] = []

    /// Exports the nodes of a model and returns its outputs.
    ///
    /// - Parameter path: the model's path in the outermost one; empty for that.
    func export(_ model: Model, _ inputs: [ExportedValue], path: String) throws -> [ExportedValue] {
        let given = (inputs.map(\.shapes.0), inputs.map(\.shapes.1))
        guard let first = model.valueShapes(for: given.0), let second = model.valueShapes(for: given.1) else {
            throw ExportProblem("is not built for its inputs")
        }
        let graph = model.graph
        var values: [Int: ExportedValue] = [:]
        for (number, value) in zip(graph.inputs, inputs) { values[number] = value }
        for node in graph.nodes {
            let outputs = export(
                node.layer, node.inputs.compactMap { values[$0] },
                node.outputs.map { (first[$0], second[$0]) },
                path: path.isEmpty ? node.name : "\(path)/\(node.name)")
            for (number, value) in zip(node.outputs, outputs) { values[number] = value }
        }
        return graph.outputs.compactMap { values[$0] }
    }

    /// Exports one layer. Where that is impossible, the problem is kept and its outputs get stand-ins, so
    /// that all problems of a model are found.
    func export(
        _ layer: any AnyLayer, _ inputs: [ExportedValue], _ outputShapes: [(Shape, Shape)], path: String
    ) -> [ExportedValue] {
        let scope = writer.scope
        writer.scope = path
        defer { writer.scope = scope }
        do {
            return try attempt(layer, inputs, outputShapes, path: path)
        } catch {
            let text = (error as? ExportProblem)?.text ?? "\(error)"
            problems.append("\(path) (\(String(describing: type(of: layer)))): \(text)")
            return outputShapes.map { ExportedValue($0, channelsLast: "") }
        }
    }

    /// Exports a layer inside another one.
    func attempt(
        _ layer: any AnyLayer, _ inputs: [ExportedValue], _ outputShapes: [(Shape, Shape)], path: String
    ) throws -> [ExportedValue] {
        if let model = layer as? Model { return try export(model, inputs, path: path) }
        guard let convert = LayerExports.all[ObjectIdentifier(type(of: layer))] else {
            throw ExportProblem("ONNX has no such layer")
        }
        return try convert(
            LayerExport(
                layer: layer, inputs: inputs, outputShapes: outputShapes, writer: writer, exporter: self,
                path: path))
    }
}

/// How each type of layer is exported, a rule a type.
enum LayerExports {
    typealias Convert = @Sendable (LayerExport) throws -> [ExportedValue]
    typealias Rule = (type: ObjectIdentifier, convert: Convert)

    static let all: [ObjectIdentifier: Convert] = Dictionary(
        uniqueKeysWithValues: [
            convolutions, poolings, normalizations, activations, core, merging, reshaping, recurrent,
            attentions, transformers, positions, preprocessing, regularization,
            neocognitron, regions, sound,
        ].joined().map { ($0.type, $0.convert) })

    /// A rule for a layer of one output.
    static func rule<L: AnyLayer>(
        _ type: L.Type, _ convert: @escaping @Sendable (L, LayerExport) throws -> ExportedValue
    ) -> Rule {
        rules(type) { layer, export in [try convert(layer, export)] }
    }

    /// A rule for a layer of several outputs.
    static func rules<L: AnyLayer>(
        _ type: L.Type, _ convert: @escaping @Sendable (L, LayerExport) throws -> [ExportedValue]
    ) -> Rule {
        (
            ObjectIdentifier(type),
            { export in
                guard let layer = export.layer as? L else { return [] }
                return try convert(layer, export)
            }
        )
    }
}
