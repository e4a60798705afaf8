import Cognitron
import Foundation

/// Makes a model of an ONNX file's graph, node by node.
///
/// Problems are collected, so that a file's unsupported nodes are listed together.
final class GraphImporter {
    let file: ONNXFile
    let sizes: [String: Int]
    var values: [String: ImportedValue] = [:]
    var problems: [String] = []
    var names: Set<String> = []
    /// Which nodes read a value, by name.
    var readers: [String: [Int]] = [:]
    var nodes: [ONNXNode] = []
    /// Nodes that an earlier one has taken in, such as the addition of a bias.
    var absorbed: Set<Int> = []
    /// Sets the weights, once the model has declared them.
    var weightings: [() throws -> Void] = []
    /// The two numbers of samples that shapes are worked out for.
    var samples = (2, 3)
    /// The numbers of the file's weights, and those worked out of constants so far.
    var weightCount = 0
    var foldedCount = 0
    /// The zeros that nodes were run on so far, for the shapes of their outputs.
    var probedCount = 0
    /// The batch that the file fixes; nil where it is free.
    var fixedBatch: Int?

    init(_ file: ONNXFile, sizes: [String: Int]) { (self.file, self.sizes) = (file, sizes) }

    func model() throws -> Model {
        let graph = file.model.graph
        let inputs = try prepare(graph)
        for index in try order(graph) where !absorbed.contains(index) { importNode(index) }
        try report()
        var outputs: [(name: String, value: ComputedValue)] = []
        for output in graph.output {
            guard let value = values[output.name]?.computed else {
                problems.append("output \(output.name): does not depend on the model's inputs")
                continue
            }
            do { outputs.append((output.name, try layerOutput(value, output.name))) } catch {
                problems.append("output \(output.name): \(error)")
            }
        }
        try report()
        return try makeModel(inputs, outputs)
    }

    /// A value in the file's order that a layer gives: of an input, a layer that passes it on.
    private func layerOutput(_ value: ComputedValue, _ name: String) throws -> ComputedValue {
        let plain = try value.arranged(Array(0..<value.rank))
        guard plain.isInput else { return plain }
        return try apply(Identity(name: unique(name)), [plain], orders: [plain.order], types: [plain.type])[0]
    }

    private func makeModel(
        _ inputs: [Input], _ outputs: [(name: String, value: ComputedValue)]
    ) throws -> Model {
        guard !outputs.isEmpty else { throw failure("has no outputs") }
        do {
            let name = file.model.graph.name
            let model = try Model(
                inputs: inputs, outputs: outputs.map(\.value.symbol),
                name: name.isEmpty || name.contains("/") ? nil : name)
            for setWeights in weightings { try setWeights() }
            for entry in file.model.metadataProps { model.metadata[entry.key] = entry.value }
            return model
        } catch let error as CognitronError {
            throw failure("makes no model: \(error)")
        } catch {
            throw failure("makes no model: \(error)")
        }
    }

    func failure(_ problem: String) -> CognitronError { CognitronError(.file, file.path, problem) }

    func report() throws {
        guard !problems.isEmpty else { return }
        let shown = problems.prefix(100)
        let rest = problems.count - shown.count
        throw CognitronError(
            .file, file.path,
            "has parts that cannot be imported:\n  " + shown.joined(separator: "\n  ")
                + (rest > 0 ? "\n  and \(rest) more" : "") + "\n")
    }
}
