extension Model {
    /// What a pixel of a layer's output depends on: how large a part of the model's inputs, and how far the
    /// parts of neighbouring pixels are apart.
    ///
    ///     vgg.receptiveField(of: "max_pooling2d_4")?.size          // [212, 212]
    ///
    /// - Parameter layer: the layer's name; the model's first output by default.
    /// - Returns: nil where it is the whole input, as after a dense layer; and while the model is not built,
    ///   or has no layer of that name.
    public func receptiveField(of layer: String? = nil) -> ReceptiveField? {
        guard let shapes = valueShapes else { return nil }
        let value = layer.map { name in graph.nodes.first { $0.name == name }?.outputs.lowerBound }
        guard let value = value ?? graph.outputs.first else { return nil }
        let starts = graph.inputs.map { ReceptiveField(rank: max(1, shapes[$0].rank - 1)) }
        return receptiveFields(starts, shapes)[value]
    }

    /// That of the first output, as a layer of another model.
    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? {
        guard let shapes = valueShapes(for: inputs), let output = graph.outputs.first else { return nil }
        return receptiveFields(inputs.map { _ in field }, shapes)[output]
    }

    /// Those of all values of the graph; missing where they are the whole input.
    private func receptiveFields(_ starts: [ReceptiveField], _ shapes: [Shape]) -> [Int: ReceptiveField] {
        var fields = Dictionary(uniqueKeysWithValues: zip(graph.inputs, starts))
        for node in graph.nodes {
            let known = node.inputs.compactMap { fields[$0] }
            guard let first = known.first, known.count == node.inputs.count,
                known.allSatisfy({ $0.rank == first.rank })
            else { continue }
            let field = node.layer.receptiveField(
                known.dropFirst().reduce(first) { $0.union($1) }, inputs: node.inputs.map { shapes[$0] },
                outputs: node.outputs.map { shapes[$0] })
            for value in node.outputs { fields[value] = field }
        }
        return fields
    }
}
