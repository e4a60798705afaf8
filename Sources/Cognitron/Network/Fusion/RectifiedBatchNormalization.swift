/// Batch normalisation and a ReLU as one layer: three passes over memory instead of five.
final class RectifiedBatchNormalization: Layer {
    let normalization: BatchNormalization
    var name: String? { normalization.name }
    var parameters: [Parameter] { normalization.parameters }

    init(_ normalization: BatchNormalization) { self.normalization = normalization }

    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try normalization.build(input, &context)
    }

    func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        normalization.forward(input, pass, isRectified: true)
    }
}

/// Fuses batch normalisation with a ReLU after it.
struct FuseRectifier: GraphRewrite {
    func apply(at index: Int, of graph: Graph, to nodes: inout [Graph.Node]) -> Bool {
        let node = graph.nodes[index]
        guard let normalization = node.layer as? BatchNormalization,
            let rectifier = graph.onlyReader(of: node.outputs.lowerBound),
            graph.isRectifier(nodes[rectifier])
        else { return false }
        nodes[rectifier] = Graph.Node(
            layer: RectifiedBatchNormalization(normalization), name: node.name, inputs: node.inputs,
            outputs: nodes[rectifier].outputs)
        return true
    }
}
