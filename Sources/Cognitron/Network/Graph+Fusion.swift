/// A pattern of neighbouring layers that are cheaper together, and the layer that takes their place.
///
/// To fuse more, write a layer that does the work of several and a rewrite beside it, in `Network/Fusion`, and list the
/// rewrite in `Graph.rewrites`.
protocol GraphRewrite: Sendable {
    /// Replaces the last node of the pattern that begins with a node, where there is one. The nodes before it are
    /// removed where nothing else reads them.
    ///
    /// - Parameters:
    ///   - index: of the node in `graph` that the pattern may begin with.
    ///   - nodes: those of `graph`, with what earlier rewrites have replaced.
    /// - Returns: whether the pattern was found.
    func apply(at index: Int, of graph: Graph, to nodes: inout [Graph.Node]) -> Bool
}

extension Graph {
    /// The rewrites, in the order they are tried: longer patterns before those that they begin with.
    static let rewrites: [any GraphRewrite] = [FusePooling(), FuseRectifier(), FuseResidual()]

    /// The same graph with neighbours that are cheaper together replaced by one layer. Values keep their
    /// numbers; those between the neighbours are never made.
    ///
    /// The layers stay what they are: a model is built, saved and shown by its own graph and only run by this
    /// one.
    func fused() -> Graph {
        var nodes = nodes
        for index in nodes.indices {
            _ = Self.rewrites.contains { $0.apply(at: index, of: self, to: &nodes) }
        }
        return removingUnread(nodes)
    }

    /// The node that reads a value, where it is the only one and the value is no output.
    func onlyReader(of value: Int) -> Int? {
        guard !outputs.contains(value) else { return nil }
        let readers = nodes.indices.filter { nodes[$0].inputs.contains(value) }
        return readers.count == 1 && nodes[readers[0]].inputs.filter { $0 == value }.count == 1
            ? readers[0] : nil
    }

    func isRectifier(_ node: Node) -> Bool {
        (node.layer as? any ActivationLayer)?.activation == .relu
    }

    /// A graph of those nodes that somebody reads.
    func removingUnread(_ nodes: [Node]) -> Graph {
        var isRead = Set(outputs)
        var kept: [Node] = []
        for node in nodes.reversed() where node.outputs.contains(where: isRead.contains) {
            isRead.formUnion(node.inputs)
            kept.append(node)
        }
        return Graph(nodes: kept.reversed(), inputs: inputs, outputs: outputs, valueCount: valueCount)
    }
}
