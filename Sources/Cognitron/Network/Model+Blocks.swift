// The blocks of a network that are unfrozen one after the other.

extension Model {
    /// The parameters in blocks, from the input to the output.
    ///
    /// Layers whose outputs are maps of one size form a block: a stage of a convolutional network. Elsewhere
    /// every layer with weights is one. A layer of statistics and scales alone, such as normalisation,
    /// belongs to the block before it.
    ///
    /// Empty while the model is not built.
    public var parameterBlocks: [[Parameter]] {
        var seen: Set<ObjectIdentifier> = []
        var blocks: [(size: Shape?, parameters: [Parameter])] = []
        for (node, shape) in sizedNodes {
            let new = node.layer.allParameters.filter { seen.insert($0.identity).inserted }
            guard !new.isEmpty else { continue }
            let size = shape.rank >= 3 ? Shape(shape.dropLast()) : nil
            let isScale = new.allSatisfy { $0.shape.rank < 2 }
            if let last = blocks.indices.last, isScale || size != nil && blocks[last].size == size {
                blocks[last].parameters += new
            } else {
                blocks.append((size, new))
            }
        }
        return blocks.map(\.parameters)
    }

    /// The layers, those of inner models in their places, with the shapes of their first outputs.
    private var sizedNodes: [(node: Graph.Node, shape: Shape)] {
        guard let shapes = valueShapes else { return [] }
        return graph.nodes.flatMap { node -> [(node: Graph.Node, shape: Shape)] in
            if let inner = node.inner { return inner.sizedNodes }
            return node.outputs.first.map { [(node, shapes[$0])] } ?? []
        }
    }
}
