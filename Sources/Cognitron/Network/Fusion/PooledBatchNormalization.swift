import CognitronKernels

/// Batch normalisation, the ReLU after it if there is one, and the max pooling after that, as one layer: the
/// image that is normalised and not yet pooled, four times as large, is never made.
final class PooledBatchNormalization: Layer {
    let normalization: BatchNormalization
    let isRectified: Bool
    let pooling: MaxPooling2D
    var name: String? { normalization.name }
    var parameters: [Parameter] { normalization.parameters }

    init(_ normalization: BatchNormalization, isRectified: Bool, _ pooling: MaxPooling2D) {
        self.normalization = normalization
        self.isRectified = isRectified
        self.pooling = pooling
    }

    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try pooling.build(try normalization.build(input, &context), &context)
    }

    func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        if PooledNormalization.supports(height: input.shape[1], width: input.shape[2]) {
            return normalization.forwardPooled(input, pass, isRectified: isRectified)
        }
        let (normalized, normalizationPullback) = normalization.forward(
            input, pass, isRectified: isRectified)
        let (output, poolingPullback) = pooling.forward(normalized, pass)
        return (output, { normalizationPullback(poolingPullback($0)) })
    }
}

/// Fuses batch normalisation, with a ReLU after it or without, and max pooling of 2×2 after that.
struct FusePooling: GraphRewrite {
    func apply(at index: Int, of graph: Graph, to nodes: inout [Graph.Node]) -> Bool {
        let node = graph.nodes[index]
        guard let normalization = node.layer as? BatchNormalization,
            let next = graph.onlyReader(of: node.outputs.lowerBound)
        else { return false }
        let isRectified = graph.isRectifier(nodes[next])
        guard
            let last = isRectified ? graph.onlyReader(of: nodes[next].outputs.lowerBound) : next,
            let pooling = nodes[last].layer as? MaxPooling2D, pooling.halvesImages
        else { return false }
        nodes[last] = Graph.Node(
            layer: PooledBatchNormalization(normalization, isRectified: isRectified, pooling),
            name: node.name, inputs: node.inputs, outputs: nodes[last].outputs)
        return true
    }
}
