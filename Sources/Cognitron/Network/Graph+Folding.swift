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
                let normalization = nodes[next].layer as? BatchNormalization,
                normalization.isPlain(rank: shapes[node.outputs.lowerBound].rank + 1)
            else { continue }
            var last = next
            var activation = ActivationFunction.linear
            if let after = onlyReader(of: nodes[next].outputs.lowerBound),
                let rectifier = nodes[after].layer as? any ActivationLayer,
                rectifier.activation.plainRectifier != nil
            {
                (last, activation) = (after, rectifier.activation)
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

/// A linear layer whose outputs' last axis is that of its bias.
private protocol FoldableLayer: ActivatedLayer {
    var kernel: Parameter { get }
    var bias: Parameter { get }
    var useBias: Bool { get }

    /// The same layer with a bias, and another activation function.
    func copy(_ activation: ActivationFunction) -> Self

    /// The kernel with each output's weights multiplied by its factor.
    func scaledKernel(_ factor: Tensor) -> Tensor
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
        layer.kernel.value = scaledKernel(factor)
        layer.bias.value = (useBias ? bias.value * factor : Tensor.zeros(factor.shape)) + offset
        return layer
    }
}

extension FoldableLayer {
    fileprivate func scaledKernel(_ factor: Tensor) -> Tensor {
        // (…, channels, depthMultiplier) of a depthwise kernel is (…, outputs) in memory.
        let rows = kernel.value.reshaped([kernel.value.count / factor.count, factor.count])
        return (rows * factor).reshaped(kernel.shape)
    }
}

extension FoldableLayer where Self: BaseConvolution {
    fileprivate func copy(_ activation: ActivationFunction) -> Self {
        var copied = arguments
        (copied.activation, copied.useBias) = (activation, true)
        (copied.kernelRegularizer, copied.biasRegularizer) = (nil, nil)
        (copied.kernelConstraint, copied.biasConstraint) = (nil, nil)
        return Self(copied)
    }
}

extension FoldableLayer where Self: TransposedConvolutionLayer {
    /// The outputs are the last axis but one.
    fileprivate func scaledKernel(_ factor: Tensor) -> Tensor {
        kernel.value * factor.expandingDimensions(at: 1)
    }
}

extension FoldableLayer where Self: DepthwiseLayer {
    fileprivate func copy(_ activation: ActivationFunction) -> Self {
        var copied = arguments
        (copied.activation, copied.useBias) = (activation, true)
        (copied.depthwiseRegularizer, copied.biasRegularizer) = (nil, nil)
        (copied.depthwiseConstraint, copied.biasConstraint) = (nil, nil)
        return Self(copied)
    }
}

extension Conv1D: FoldableLayer {}
extension Conv2D: FoldableLayer {}
extension Conv3D: FoldableLayer {}
extension Conv1DTranspose: FoldableLayer {}
extension Conv2DTranspose: FoldableLayer {}
extension Conv3DTranspose: FoldableLayer {}
extension DepthwiseConv1D: FoldableLayer {}
extension DepthwiseConv2D: FoldableLayer {}

extension Dense: FoldableLayer {
    fileprivate func copy(_ activation: ActivationFunction) -> Dense {
        Dense(units, activation: activation, name: name)
    }
}
