import CognitronKernels

/// Batch normalisation, a ReLU if `isRectified`, and max pooling of 2×2 pixels, as one layer. Never stores
/// the normalised image, four times as large as the pooled one.
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

extension BatchNormalization {
    /// The layer, a ReLU if `isRectified`, and max pooling of 2×2 pixels in the same passes over memory.
    ///
    /// - Parameter input: (N, H, W, C) with H and W even.
    func forwardPooled(
        _ input: consuming Tensor, _ pass: Pass, isRectified: Bool
    ) -> (output: Tensor, pullback: Pullback) {
        let x = input
        let normalization = normalization(of: x, pass, mask: nil)
        let (output, selected) = x.normalizedAndMaxPooled(by: normalization, isRectified: isRectified)
        return (
            output,
            { [self] dy in
                // Only the selected pixels have gradients.
                let gradients = selected.normalizationGradients(normalization, dy, isRectified: isRectified)
                accumulate(gradients, of: normalization)
                let all = normalization.exchange?.mean(of: gradients) ?? gradients
                return dy.pooledNormalizationInputGradient(
                    normalization, x, selected, all, isRectified: isRectified)
            }
        )
    }
}

/// Fuses batch normalisation, with a ReLU after it or without, and max pooling of 2×2 pixels.
struct FusePooling: GraphRewrite {
    func apply(at index: Int, of graph: Graph, to nodes: inout [Graph.Node]) -> Bool {
        let node = graph.nodes[index]
        guard let normalization = node.layer as? BatchNormalization, normalization.isPlain(rank: 4),
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
