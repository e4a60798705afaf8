import CognitronKernels

extension Model {
    /// The convolutions of images of a built model in execution order, for a batch of the given size, those
    /// of inner models included. Empty where the model is not built or has free axes.
    package func convolutions(batch: Int) -> [(name: String, geometry: ConvolutionGeometry)] {
        guard let inputShapes else { return [] }
        return convolutions(inputs: inputShapes, batch: batch)
    }

    private func convolutions(inputs: [Shape], batch: Int) -> [(name: String, geometry: ConvolutionGeometry)]
    {
        guard let shapes = valueShapes(for: inputs) else { return [] }
        return graph.nodes.flatMap { node -> [(name: String, geometry: ConvolutionGeometry)] in
            switch node.layer {
            case let layer as Conv2D:
                [(node.name, layer.geometry(shapes[node.inputs[0]].batched(batch)))]
            case let layer as DepthwiseConv2D:
                [(node.name, layer.geometry(shapes[node.inputs[0]].batched(batch)))]
            case let model as Model:
                model.convolutions(inputs: node.inputs.map { shapes[$0] }, batch: batch)
                    .map { ("\(node.name)/\($0.name)", $0.geometry) }
            default: []
            }
        }
    }
}
