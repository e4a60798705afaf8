import CognitronKernels

/// Predicts a convolution and the max pooling after it in one pass over memory, with weights that do not
/// change.
private final class PooledConv2D: Layer {
    private let layer: Conv2D
    private let pooling: MaxPooling2D
    private let filters = FilterCache()
    var name: String? { layer.name }
    var parameters: [Parameter] { layer.parameters }

    init(_ layer: Conv2D, _ pooling: MaxPooling2D) {
        self.layer = layer
        self.pooling = pooling
    }

    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try pooling.build(try layer.build(input, &context), &context)
    }

    func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        let x = input
        let convolution = layer.convolution(for: x.shape)
        // Images of other sizes than the model was built for may have an odd height or width.
        guard convolution.canPool else { return pooling.forward(layer.forward(x, pass).output, pass) }
        let output = x.convolvedAndMaxPooled(
            convolution, layer.kernel.value, bias: layer.useBias ? layer.bias.value : nil,
            bounds: layer.activation.plainRectifier?.bounds ?? .none, cache: filters)
        return (output, { $0 })
    }
}

extension Graph {
    /// The same graph, for prediction with weights that do not change: fuses max pooling into the convolution
    /// before it, where the algorithm can pool and no other node reads the convolution's output.
    ///
    /// - Parameter shapes: of one sample of each value.
    func poolingInConvolutions(_ shapes: [Shape]) -> Graph {
        var nodes = nodes
        for node in self.nodes {
            guard let layer = node.layer as? Conv2D, layer.activityRegularizer == nil,
                layer.activation == .linear || layer.activation.plainRectifier != nil,
                layer.convolution(for: shapes[node.inputs[0]].batched(1)).canPool,
                let next = onlyReader(of: node.outputs.lowerBound),
                let pooling = nodes[next].layer as? MaxPooling2D, pooling.halvesImages
            else { continue }
            nodes[next] = Node(
                layer: PooledConv2D(layer, pooling), name: node.name, inputs: node.inputs,
                outputs: nodes[next].outputs)
        }
        return removingUnread(nodes)
    }
}
