extension Model {
    /// A model from this one's inputs to the outputs of some of its layers, which it shares with this one.
    ///
    ///     let features = try vgg.featureExtractor(["conv2d", "conv2d_5"])
    ///     let maps = try features.predict([pictures])                    // two tensors
    ///
    /// - Parameter layers: the layers' names, as in `summary`, or the paths of those inside models,
    ///   `encoder/conv2d`; a layer's first output is taken.
    /// - Throws: `CognitronError` where the model is not built, or has no layer of a name.
    /// - Source: Keras, `Model(inputs=model.inputs, outputs=model.get_layer(name).output)`.
    public func featureExtractor(_ layers: [String]) throws -> Model {
        let graph = graph.expanded()
        let outputs = try layers.map { try place(of: $0, in: graph).node.outputs.lowerBound }
        return try part(graph.part(before: outputs), outputNames: layers)
    }
}

extension Graph {
    /// The nodes that some values depend on, with these as outputs.
    fileprivate func part(before outputs: [Int]) -> Graph {
        var needed = Set(outputs)
        var nodes: [Node] = []
        for node in self.nodes.reversed() where node.outputs.contains(where: needed.contains) {
            needed.formUnion(node.inputs)
            nodes.append(node)
        }
        return Graph(nodes: nodes.reversed(), inputs: inputs, outputs: outputs, valueCount: valueCount)
    }
}
