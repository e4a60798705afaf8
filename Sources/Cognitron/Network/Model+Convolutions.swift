import CognitronKernels

extension Model {
    /// The convolutions of a built model in the order they run, for a batch of the given size, those of the
    /// models inside it included.
    package func convolutions(batch: Int) -> [(name: String, geometry: ConvolutionGeometry)] {
        convolutions(inputs: inputShapes ?? [], batch: batch)
    }

    private func convolutions(inputs: [Shape], batch: Int) -> [(name: String, geometry: ConvolutionGeometry)]
    {
        guard let shapes = valueShapes(for: inputs) else { return [] }
        return graph.nodes.flatMap { node -> [(name: String, geometry: ConvolutionGeometry)] in
            switch node.layer {
            case let layer as any ConvolutionLayer:
                [(node.name, layer.geometry(shapes[node.inputs[0]].batched(batch)))]
            case let model as Model:
                model.convolutions(inputs: node.inputs.map { shapes[$0] }, batch: batch)
                    .map { ("\(node.name)/\($0.name)", $0.geometry) }
            default: []
            }
        }
    }
}
