extension Model {
    /// A model from this one's inputs to the outputs of some of its layers, which it shares with this one.
    ///
    ///     let features = try vgg.featureExtractor(["conv2d", "conv2d_5"])
    ///     let maps = try features.predict([pictures])                    // two tensors
    ///
    ///     let alignment = try seq2seq.featureExtractor(["attention"], outputs: [1])
    ///
    /// - Parameters:
    ///   - layers: the layers' names, as in `summary`, or the paths of those inside models, `encoder/conv2d`.
    ///   - outputs: which output of each layer is taken, counted from 0; by default the first.
    /// - Throws: `CognitronError` where the model is not built, or has no layer of a name or not so many
    ///   outputs.
    /// - Source: Keras, `Model(inputs=model.inputs, outputs=model.get_layer(name).output)`.
    public func featureExtractor(_ layers: [String], outputs numbers: [Int]? = nil) throws -> Model {
        let graph = graph.expanded()
        let outputs = try layers.enumerated().map { place, layer in
            let outputs = try self.place(of: layer, in: graph).node.outputs
            let number = numbers.map { place < $0.count ? $0[place] : -1 } ?? 0
            guard (0..<outputs.count).contains(number) else {
                throw CognitronError(
                    .argument, displayName, "\(layer) has no such output",
                    expected: "from 0 to \(outputs.count - 1), one for each layer",
                    got: numbers.map { "\($0)" })
            }
            return outputs.lowerBound + number
        }
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
