import CognitronKernels

/// A convolution that predicts with constant weights and caches its prepared filters.
private final class PredictingConvolution<Convolving: ConvolutionLayer>: ActivatedLayer {
    private let layer: Convolving
    private let filters = FilterCache()
    var name: String? { layer.name }
    var parameters: [Parameter] { layer.parameters }
    var activation: ActivationFunction { layer.activation }

    init(_ layer: Convolving) { self.layer = layer }

    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try layer.build(input, &context)
    }

    func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        (layer.predict(input, isLinear: false, cache: filters), { $0 })
    }

    func forwardLinear(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        (layer.predict(input, isLinear: true, cache: filters), { $0 })
    }
}

extension Graph {
    /// The graph with convolutions that cache their prepared filters. For prediction with constant weights
    /// only.
    func keepingFilters() -> Graph {
        Graph(
            nodes: nodes.map { node in
                guard let layer = node.layer as? any ConvolutionLayer, layer.activityRegularizer == nil
                else { return node }
                return Node(
                    layer: layer.keepingFilters(), name: node.name, inputs: node.inputs,
                    outputs: node.outputs)
            },
            inputs: inputs, outputs: outputs, valueCount: valueCount)
    }
}

extension ConvolutionLayer {
    fileprivate func keepingFilters() -> any AnyLayer { PredictingConvolution(self) }
}
