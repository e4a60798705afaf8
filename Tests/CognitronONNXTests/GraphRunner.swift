import Cognitron

@testable import CognitronONNX

/// Runs a file's graph on tensors, node by node, without making a model of it.
struct GraphRunner {
    private let file: ONNXFile

    init(_ file: ONNXFile) { self.file = file }

    /// - Parameter inputs: in the order of the graph's inputs that have no weights.
    /// - Throws: `ImportProblem` for what an import refuses.
    func run(_ inputs: [ONNXTensor]) throws -> [ONNXTensor] {
        let graph = file.model.graph
        var values: [String: ONNXTensor] = [:]
        for tensor in graph.initializer { values[tensor.name] = try ONNXTensor(tensor, folder: file.folder) }
        let names = graph.input.map(\.name).filter { values[$0] == nil }
        for (name, input) in zip(names, inputs) { values[name] = input }
        for proto in graph.node {
            let node = ONNXNode(proto: proto, opset: file.opset)
            let outputs = try Operators.run(node, node.inputs.map { $0.isEmpty ? nil : values[$0] })
            for (name, output) in zip(node.outputs, outputs) where !name.isEmpty { values[name] = output }
        }
        return try graph.output.map { output in
            guard let value = values[output.name] else { throw ImportProblem("nothing gives \(output.name)") }
            // Half precision is computed as floats, and rounded at the end.
            return value.type == .float16 || value.type == .bfloat16 ? try value.cast(to: value.type) : value
        }
    }
}
