import CognitronKernels

/// A convolution and the max pooling after it, which predict in one pass over memory with weights that stay
/// as they are.
private final class PooledConv2D: Layer {
    private let layer: Conv2D
    private let pooling: MaxPooling2D
    private let filters = KeptFilters()
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
        // A picture of another size than that which the model was built for may have an edge.
        guard convolution.canPool else { return pooling.forward(layer.forward(x, pass).output, pass) }
        let g = convolution.geometry
        var output = Tensor(uninitialized: [g.batch, g.outputHeight / 2, g.outputWidth / 2, g.filters])
        let (w, b) = (layer.kernel.value, layer.useBias ? layer.bias.value : nil)
        convolution.forwardPooled(
            x.pointer, w.pointer, filters.prepared(w, for: convolution), bias: b?.pointer,
            isRectified: layer.activation == .relu, into: output.mutablePointer)
        withExtendedLifetime((x, w, b)) {}
        return (output, { $0 })
    }
}

extension Graph {
    /// The same graph, only for prediction and only while the weights stay as they are: convolutions that can
    /// pool their own output do so where nobody but a max pooling reads it.
    ///
    /// - Parameter shapes: of one sample of each value.
    func poolingInConvolutions(_ shapes: [Shape]) -> Graph {
        var nodes = nodes
        for node in self.nodes {
            guard let layer = node.layer as? Conv2D, layer.activation == .linear || layer.activation == .relu,
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
