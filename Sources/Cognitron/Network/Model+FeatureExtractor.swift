extension Model {
    /// A model from this one's inputs to the outputs of some of its layers, which it shares with this one.
    ///
    ///     let features = try vgg.featureExtractor(["conv2d", "conv2d_5"])
    ///     let maps = try features.predict([pictures])                    // two tensors
    ///
    /// - Parameter layers: the layers' names, as in `summary`; a layer's first output is taken.
    /// - Throws: `CognitronError` where the model is not built, or has no layer of a name.
    /// - Source: Keras, `Model(inputs=model.inputs, outputs=model.get_layer(name).output)`.
    public func featureExtractor(_ layers: [String]) throws -> Model {
        guard let sizes = declaredInputSizes else {
            throw CognitronError(
                .model, displayName, "is not built", advice: "give it an Input, or call build(_:) first")
        }
        let outputs = try layers.map { name in
            guard let node = graph.nodes.first(where: { $0.name == name }) else {
                let names = graph.nodes.map(\.name)
                throw CognitronError(
                    .argument, displayName, "has no layer called \(name)",
                    expected: names.joined(separator: ", "), got: name,
                    advice: name.nearest(of: names).map { "did you mean \($0)?" })
            }
            return node.outputs.lowerBound
        }
        var part = graph.part(before: outputs).renumbered()
        part.inputSizes = sizes
        let model = Model(graph: part, name: name, outputNames: layers)
        try model.buildDeclared(sizes)
        return model
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
