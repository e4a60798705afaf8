/// Replaces a pattern of neighbouring layers by one fused layer.
///
/// To fuse more, write a fused layer and its rewrite in `Network/Fusion`, and list the rewrite in
/// `Graph.rewrites`.
protocol GraphRewrite: Sendable {
    /// Replaces the last node of the pattern by the fused layer. The nodes before it become unread and are
    /// removed later.
    ///
    /// - Parameters:
    ///   - index: the index in `graph` of the pattern's first node.
    ///   - nodes: the nodes of `graph` after earlier replacements.
    /// - Returns: whether the pattern begins at `index`.
    func apply(at index: Int, of graph: Graph, to nodes: inout [Graph.Node]) -> Bool
}

extension Graph {
    /// The rewrites in the order they are tried: a pattern before its own prefixes.
    static let rewrites: [any GraphRewrite] = [FusePooling(), FuseRectifier(), FuseResidual()]

    /// The graph with fused layers. Values keep their numbers; those between fused layers are not computed.
    ///
    /// A model is built, saved and shown by its unfused graph.
    func fused() -> Graph {
        var nodes = nodes
        for index in nodes.indices {
            _ = Self.rewrites.contains { $0.apply(at: index, of: self, to: &nodes) }
        }
        return removingUnread(nodes)
    }

    /// The index of the only node that reads a value; nil where there are several reads or the value is an
    /// output.
    func onlyReader(of value: Int) -> Int? {
        guard !outputs.contains(value) else { return nil }
        let readers = nodes.indices.filter { nodes[$0].inputs.contains(value) }
        return readers.count == 1 && nodes[readers[0]].inputs.filter { $0 == value }.count == 1
            ? readers[0] : nil
    }

    func isRectifier(_ node: Node) -> Bool {
        (node.layer as? any ActivationLayer)?.activation == .relu
    }

    /// A graph without the nodes whose outputs are not read.
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
