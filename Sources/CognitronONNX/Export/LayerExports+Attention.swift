import Cognitron

extension LayerExports {
    static let attentions: [Rule] = [
        rules(MultiHeadAttention.self) { layer, export in
            try headed(layer, layer.numHeads, layer.numHeads, export)
        },
        rules(GroupQueryAttention.self) { layer, export in
            try headed(layer, layer.numQueryHeads, layer.numKeyValueHeads, export)
        },
        rules(Attention.self) { layer, export in
            try scored(export, isCausal: layer.useCausalMask, returnsScores: layer.returnAttentionScores) {
                q, k in
                let writer = export.writer
                guard layer.scoreMode == .dot else {
                    return export.tangentScores(
                        q, k, factor: layer.useScale ? layer.scale : nil, weight: layer.concatScoreWeight)
                }
                let products = writer.node("MatMul", q, writer.transpose(k, [0, 2, 1]))
                return layer.useScale ? writer.node("Mul", products, export.weight(layer.scale)) : products
            }
        },
        rules(AdditiveAttention.self) { layer, export in
            try scored(export, isCausal: layer.useCausalMask, returnsScores: layer.returnAttentionScores) {
                q, k in
                export.tangentScores(q, k, factor: nil, weight: layer.useScale ? layer.scale : nil)
            }
        },
    ]

    /// An attention with heads, whose projections are its children.
    private static func headed(
        _ layer: some AnyLayer & Encodable, _ heads: Int, _ keyHeads: Int, _ export: LayerExport
    ) throws -> [ExportedValue] {
        let options = try LayerArguments(layer)["options"]
        let attention = try AttentionExport(
            layer, heads: heads, keyHeads: keyHeads, isCausal: options.bool("useCausalMask"),
            window: options.int("slidingWindow"), export)
        let sources = export.inputs
        if export.input.rank > 3 {
            return try alongAxes(attention, options.ints("attentionAxes"), export)
        }
        let keep = attention.kept(
            query: sources[0], key: sources[1], secondMask: sources.count > 2 ? sources[2].mask : nil,
            pairs: sources.count > 3 ? sources[3] : nil, queryMask: sources[0].mask, keyMask: sources[1].mask)
        let result = try attention.run(
            query: sources[0].channelsLast(export.writer),
            key: (sources.count > 2 ? sources[2] : sources[1]).channelsLast(export.writer),
            value: sources[1].channelsLast(export.writer), keep: keep)
        let output = export.output(result.output, mask: sources[0].mask)
        return export.layer.outputCount > 1 ? [output, export.output(result.weights, 1)] : [output]
    }

    /// Attention among the steps along some axes of pictures, the others being further samples.
    private static func alongAxes(
        _ attention: AttentionExport, _ axes: [Int]?, _ export: LayerExport
    ) throws -> [ExportedValue] {
        let writer = export.writer
        let rank = export.input.rank
        let chosen = axes.map { $0.map { $0 < 0 ? $0 + rank - 1 : $0 } } ?? Array(1..<rank - 1)
        let others = (1..<rank - 1).filter { !chosen.contains($0) }
        let order = [0] + others + chosen + [rank - 1]
        let shapes = try export.inputs.map { input in
            guard let shape = input.fixedShape else { throw ExportProblem("its inputs have free axes") }
            return shape
        }
        func sizes(_ axes: [Int], _ input: Int) -> [Int] { axes.map { shapes[input][$0 - 1] } }
        let rows = export.inputs.indices.map { number in
            let moved = writer.transpose(export.inputs[number].channelsLast(writer), order)
            return writer.reshape(
                moved, [-1, sizes(chosen, number).reduce(1, *), shapes[number][rank - 2]])
        }
        let result = try attention.run(
            query: rows[0], key: rows.count > 2 ? rows[2] : rows[1], value: rows[1], keep: nil)
        let features = export.outputShapes[0].0[rank - 2]
        let whole = writer.reshape(result.output, [-1] + sizes(others, 0) + sizes(chosen, 0) + [features])
        let back = order.indices.map { place in order.firstIndex(of: place) ?? place }
        let output = export.output(writer.transpose(whole, back))
        guard export.layer.outputCount > 1 else { return [output] }
        let weights = writer.reshape(result.weights, [-1] + Array(export.outputShapes[1].0))
        return [output, export.output(weights, 1)]
    }

    /// An attention without weights of its own for query, key and value.
    private static func scored(
        _ export: LayerExport, isCausal: Bool, returnsScores: Bool, scores: (String, String) -> String
    ) throws -> [ExportedValue] {
        let writer = export.writer
        let (query, value) = (export.inputs[0], export.inputs[1])
        let key = export.inputs.count > 2 ? export.inputs[2] : value
        let keep = writer.kept(
            query, key, queryMask: query.mask, keyMasks: [value.mask], isCausal: isCausal, window: nil,
            headAxes: 0)
        let weights = writer.attentionShares(
            scores(query.channelsLast(writer), key.channelsLast(writer)), keep: keep)
        let output = writer.node("MatMul", weights, value.channelsLast(writer))
        return [export.output(output, mask: query.mask)] + (returnsScores ? [export.output(weights, 1)] : [])
    }
}

extension LayerExport {
    /// Σ weight · tanh(factor · (q + k)), (N, T, S) of (N, T, d) and (N, S, d).
    fileprivate func tangentScores(_ q: String, _ k: String, factor: Parameter?, weight: Parameter?) -> String
    {
        var sums = writer.node(
            "Add", writer.unsqueeze(q, axes: [2]), writer.unsqueeze(k, axes: [1]))
        if let factor { sums = writer.node("Mul", sums, self.weight(factor)) }
        var z = writer.node("Tanh", sums)
        if let weight { z = writer.node("Mul", z, self.weight(weight)) }
        return writer.sum(z, axes: [3])
    }
}

extension GraphWriter {
    /// Which keys a query may attend to, as truth values that broadcast to (N, …heads, T, S); nil for all.
    func kept(
        _ query: ExportedValue, _ key: ExportedValue, queryMask: String?, keyMasks: [String?], isCausal: Bool,
        window: Int?, headAxes: Int
    ) -> String? {
        var parts = keyMasks.compactMap { $0 }.map { unsqueeze($0, axes: Array(1...1 + headAxes)) }
        if let queryMask {
            parts.append(unsqueeze(queryMask, axes: Array(1..<1 + headAxes) + [2 + headAxes]))
        }
        if isCausal || window != nil {
            parts.append(distances(query, key, isCausal: isCausal, window: window))
        }
        return parts.isEmpty ? nil : parts.dropFirst().reduce(parts[0]) { node("And", $0, $1) }
    }

    /// (T, S): whether a key is no later than the query, and within the window.
    private func distances(
        _ query: ExportedValue, _ key: ExportedValue, isCausal: Bool, window: Int?
    ) -> String {
        let t = unsqueeze(places(query), axes: [1])
        let s = places(key)
        var parts: [String] = []
        if isCausal { parts.append(node("LessOrEqual", s, t)) }
        if let window {
            let limit = constant([window], shape: [])
            parts.append(node("Less", node("Sub", t, s), limit))
            if !isCausal { parts.append(node("Less", node("Sub", s, t), limit)) }
        }
        return parts.dropFirst().reduce(parts[0]) { node("And", $0, $1) }
    }

    /// The numbers of a sequence's steps.
    private func places(_ value: ExportedValue) -> String {
        if let count = value.sizes[1] { return constant(Array(0..<count)) }
        let count = squeeze(shape(value.channelsLast(self), 1..<2), axes: [0])
        return node("Range", constant([0], shape: []), count, constant([1], shape: []))
    }
}
