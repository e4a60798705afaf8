/// Batch normalisation, the sum with a residual and the ReLU after it, the end of a ResNet block, as one
/// layer.
final class ResidualBatchNormalization: MergingLayer {
    let normalization: BatchNormalization
    /// Which of the sum's two inputs is normalised.
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
        guard inputs[0].shape == inputs[1].shape else { return forwardBroadcasting(inputs, pass) }
        let input = inputs.remove(at: normalizedInput)
        let (output, pullback) = normalization.forward(
            input, plus: inputs.removeLast(), pass, mask: pass.mask(normalizedInput))
        return (
            output,
            { [normalizedInput] outputGradient in
                let (input, residual) = pullback(outputGradient)
                return normalizedInput == 0 ? [input, residual] : [residual, input]
            }
        )
    }

    /// The three layers one after another, for a sum that repeats an input.
    private func forwardBroadcasting(
        _ inputs: [Tensor], _ pass: Pass
    ) -> (output: Tensor, pullback: MergingPullback) {
        var terms = inputs
        let (normalized, normalizationPullback) = normalization.forward(inputs[normalizedInput], pass)
        terms[normalizedInput] = normalized
        let (sum, sumPullback) = Add().forward(terms, pass)
        let (output, pullback) = ActivationFunction.relu.forward(sum)
        return (
            output,
            { [normalizedInput] outputGradient in
                var gradients = sumPullback(pullback(outputGradient))
                gradients[normalizedInput] = normalizationPullback(gradients[normalizedInput])
                return gradients
            }
        )
    }
}

extension BatchNormalization {
    /// The layer, the sum with a residual and a ReLU in the same pass over memory.
    func forward(
        _ input: consuming Tensor, plus residual: consuming Tensor, _ pass: Pass, mask: Tensor? = nil
    ) -> (output: Tensor, pullback: (Tensor) -> (input: Tensor, residual: Tensor)) {
        let x = input
        let normalization = normalization(of: x, pass, mask: mask)
        let output = x.normalizedAndRectified(by: normalization, plus: residual)
        return (
            output,
            { [self] outputGradient in
                let dy = ActivationFunction.reluGradient(outputGradient, output: output)
                return (inputGradient(dy, x, normalization, isRectified: false), dy)
            }
        )
    }
}

/// Fuses batch normalisation, the sum of two values that follows and the ReLU after that.
struct FuseResidual: GraphRewrite {
    func apply(at index: Int, of graph: Graph, to nodes: inout [Graph.Node]) -> Bool {
        let node = graph.nodes[index]
        guard let normalization = node.layer as? BatchNormalization, normalization.axis == -1,
            !normalization.renorm,
            let sum = graph.onlyReader(of: node.outputs.lowerBound), nodes[sum].layer is Add,
            let last = graph.onlyReader(of: nodes[sum].outputs.lowerBound),
            graph.isRectifier(nodes[last])
        else { return false }
        // With two normalised terms, the first is fused; for the second, `last` is then no longer a ReLU.
        var inputs = nodes[sum].inputs
        guard inputs.count == 2, let normalized = inputs.firstIndex(of: node.outputs.lowerBound) else {
            return false
        }
        inputs[normalized] = node.inputs[0]
        nodes[last] = Graph.Node(
            layer: ResidualBatchNormalization(normalization, normalizedInput: normalized), name: node.name,
            inputs: inputs, outputs: nodes[last].outputs)
        return true
    }
}
