import CognitronKernels

/// Batch normalisation and the ReLU after it, as one layer: three passes over memory instead of five.
private final class RectifiedBatchNormalization: Layer {
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

/// Batch normalisation, the ReLU after it if there is one, and the max pooling after that, as one layer: the
/// image that is normalised and not yet pooled, four times as large, is never made.
private final class PooledBatchNormalization: Layer {
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

/// Batch normalisation, the sum with a residual, and the ReLU after it: the end of a block of ResNet, as one
/// layer.
private final class ResidualBatchNormalization: MergingLayer {
    let normalization: BatchNormalization
    /// Which of the sum's two inputs has been normalised.
    let normalizedInput: Int
    var name: String? { normalization.name }
    var parameters: [Parameter] { normalization.parameters }

    init(_ normalization: BatchNormalization, normalizedInput: Int) {
        self.normalization = normalization
        self.normalizedInput = normalizedInput
    }

    func build(_ inputs: [Shape], _ context: inout BuildContext) throws -> Shape {
        try normalization.build(inputs[normalizedInput], &context)
    }

    func forward(
        _ inputs: consuming [Tensor], _ pass: Pass
    ) -> (output: Tensor, pullback: MergingPullback) {
        let input = inputs.remove(at: normalizedInput)
        let (output, pullback) = normalization.forward(input, plus: inputs.removeLast(), pass)
        return (
            output,
            { [normalizedInput] outputGradient in
                let (input, residual) = pullback(outputGradient)
                return normalizedInput == 0 ? [input, residual] : [residual, input]
            }
        )
    }
}

extension Graph {
    /// The same graph with neighbours that are cheaper together replaced by one layer. Values keep their
    /// numbers; those between the neighbours are never made.
    ///
    /// The layers stay what they are: a model is built, saved and shown by its own graph and only run by this
    /// one.
    func fused() -> Graph {
        var nodes = nodes
        for node in nodes {
            guard let normalization = node.layer as? BatchNormalization,
                let next = onlyReader(of: node.outputs.lowerBound)
            else { continue }
            let rectifier = isRectifier(nodes[next]) ? next : nil
            let afterwards = rectifier.map { onlyReader(of: nodes[$0].outputs.lowerBound) } ?? next
            if let last = afterwards, let pooling = nodes[last].layer as? MaxPooling2D, pooling.halvesImages {
                nodes[last] = Node(
                    layer: PooledBatchNormalization(
                        normalization, isRectified: rectifier != nil, pooling),
                    name: node.name, inputs: node.inputs, outputs: nodes[last].outputs)
            } else if rectifier != nil {
                nodes[next] = Node(
                    layer: RectifiedBatchNormalization(normalization), name: node.name, inputs: node.inputs,
                    outputs: nodes[next].outputs)
            } else if nodes[next].layer is Add, nodes[next].inputs.count == 2,
                let last = onlyReader(of: nodes[next].outputs.lowerBound), isRectifier(nodes[last])
            {
                var inputs = nodes[next].inputs
                guard let normalized = inputs.firstIndex(of: node.outputs.lowerBound) else { continue }
                inputs[normalized] = node.inputs[0]
                nodes[last] = Node(
                    layer: ResidualBatchNormalization(normalization, normalizedInput: normalized),
                    name: node.name, inputs: inputs, outputs: nodes[last].outputs)
            }
        }
        return removingUnread(nodes)
    }

    /// The node that reads a value, where it is the only one and the value is no output.
    func onlyReader(of value: Int) -> Int? {
        guard !outputs.contains(value) else { return nil }
        let readers = nodes.indices.filter { nodes[$0].inputs.contains(value) }
        return readers.count == 1 && nodes[readers[0]].inputs.filter { $0 == value }.count == 1
            ? readers[0] : nil
    }

    func isRectifier(_ node: Node) -> Bool {
        (node.layer as? any ActivationLayer)?.activation == .relu
    }

    /// A graph of those nodes that somebody reads.
    func removingUnread(_ nodes: [Node]) -> Graph {
        var isRead = Set(outputs)
        var kept: [Node] = []
        for node in nodes.reversed() where node.outputs.contains(where: isRead.contains) {
            isRead.formUnion(node.inputs)
            kept.append(node)
        }
        return Graph(nodes: kept.reversed(), inputs: inputs, outputs: outputs, valueCount: valueCount)
    }
}
