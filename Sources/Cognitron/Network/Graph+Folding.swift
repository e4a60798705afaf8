import CognitronKernels

extension Graph {
    /// The graph for prediction: batch normalisation that follows a convolution or dense layer is folded into
    /// that layer's weights.
    ///
    /// In inference it multiplies every channel by γ/√(σ² + ε) and adds β − μ·γ/√(σ² + ε), which is folded
    /// into the kernel and bias. A ReLU after it becomes the layer's activation. Layers without folding are
    /// shared with this graph.
    ///
    /// - Parameter shapes: of one sample of each value.
    func folded(_ shapes: [Shape]) throws -> Graph {
        var nodes = nodes
        for (index, node) in self.nodes.enumerated() {
            guard let next = onlyReader(of: node.outputs.lowerBound),
                let normalization = nodes[next].layer as? BatchNormalization
            else { continue }
            var last = next
            var activation = ActivationFunction.linear
            if let after = onlyReader(of: nodes[next].outputs.lowerBound), isRectifier(nodes[after]) {
                (last, activation) = (after, .relu)
            }
            guard
                let layer = try (node.layer as? any FoldableLayer)?.folding(
                    normalization, activation, node.inputs.map { shapes[$0] })
            else { continue }
            nodes[last] = Node(
                layer: layer, name: node.name, inputs: node.inputs, outputs: nodes[last].outputs)
            nodes[index] = Node(layer: layer, name: node.name, inputs: node.inputs, outputs: node.outputs)
        }
        return removingUnread(nodes)
    }
}

extension Graph {
    /// The graph with values numbered without gaps in execution order, as files require.
    func renumbered() -> Graph {
        var numbers: [Int: Int] = [:]
        func number(_ value: Int) -> Int {
            guard let number = numbers[value] else { fail("a value that no node gives") }
            return number
        }
        for value in inputs { numbers[value] = numbers.count }
        var nodes: [Node] = []
        for node in self.nodes {
            let first = numbers.count
            for value in node.outputs { numbers[value] = numbers.count }
            nodes.append(
                Node(
                    layer: node.layer, name: node.name, inputs: node.inputs.map(number),
                    outputs: first..<numbers.count))
        }
        var graph = Graph(
            nodes: nodes, inputs: inputs.map(number), outputs: outputs.map(number), valueCount: numbers.count)
        graph.inputSizes = inputSizes
        return graph
    }
}

/// A linear layer whose outputs' last axis is that of its bias and, the last axes taken together, of its
/// kernel.
private protocol FoldableLayer: ActivatedLayer {
    var kernel: Parameter { get }
    var bias: Parameter { get }
    var useBias: Bool { get }

    /// The same layer with a bias, and another activation function.
    func copy(_ activation: ActivationFunction) -> Self
}

extension FoldableLayer {
    /// A layer that computes this layer, the normalisation in inference and the activation; nil where this
    /// layer has an activation function of its own.
    fileprivate func folding(
        _ normalization: BatchNormalization, _ activation: ActivationFunction, _ inputs: [Shape]
    ) throws -> Self? {
        guard self.activation == .linear, activityRegularizer == nil else { return nil }
        let (factor, offset) = normalization.inferenceNormalization.affine
        let layer = copy(activation)
        var context = BuildContext(path: name ?? typeName)
        _ = try layer.build(inputs: inputs, &context)
        // (…, channels, depthMultiplier) of a depthwise kernel is (…, outputs) in memory.
        let rows = kernel.value.reshaped([kernel.value.count / factor.count, factor.count])
        layer.kernel.value = (rows * factor).reshaped(kernel.shape)
        layer.bias.value = (useBias ? bias.value * factor : Tensor.zeros(factor.shape)) + offset
        return layer
    }
}

extension Conv2D: FoldableLayer {
    fileprivate func copy(_ activation: ActivationFunction) -> Conv2D {
        Conv2D(
            filters, kernelSize: kernelSize, strides: strides, padding: padding, dilationRate: dilationRate,
            groups: groups, activation: activation, algorithm: algorithm, name: name)
    }
}

extension DepthwiseConv2D: FoldableLayer {
    fileprivate func copy(_ activation: ActivationFunction) -> DepthwiseConv2D {
        DepthwiseConv2D(
            kernelSize: kernelSize, strides: strides, padding: padding, depthMultiplier: depthMultiplier,
            dilationRate: dilationRate, activation: activation, name: name)
    }
}

extension Dense: FoldableLayer {
    fileprivate func copy(_ activation: ActivationFunction) -> Dense {
        Dense(units, activation: activation, name: name)
    }
}
