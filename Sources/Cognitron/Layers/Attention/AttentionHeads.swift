/// What the layers of several heads have in common: their projections, and the attention between them.
///
///     q = query(x), k = key(z), v = value(z)
///     output = attention_output(softmax(q · kᵀ / √size) · v)
///
/// With a gate, what the heads give is multiplied by sigmoid(gate(x)) first.
final class AttentionHeads: Sendable {
    /// The arguments that all such layers take.
    struct Options: Codable, Sendable {
        var dropout: Float
        var useBias: Bool
        var slidingWindow: Int?
        var rules: ProjectionRules
        var useGate: Bool
        var useCausalMask: Bool
        var returnAttentionScores: Bool
    }

    /// The number of heads of queries, that of keys and values, and the sizes of one head.
    struct Sizes: Sendable {
        var heads: Int
        var keyHeads: Int
        var keySize: Int
        var valueSize: Int
    }

    private let sizes: Sizes
    private let options: Options
    private let query: HeadProjection
    private let key: HeadProjection
    private let value: HeadProjection
    private let gate: HeadProjection?
    private let output: HeadProjection
    let random = RandomStream()

    /// - Parameter outputSize: the features of the output; nil for those of the query.
    init(_ sizes: Sizes, outputSize: Int?, _ options: Options) {
        self.sizes = sizes
        self.options = options
        func projection(_ outputs: [Int]?) -> HeadProjection {
            HeadProjection(to: outputs, useBias: options.useBias, options.rules)
        }
        query = projection([sizes.heads, sizes.keySize])
        key = projection([sizes.keyHeads, sizes.keySize])
        value = projection([sizes.keyHeads, sizes.valueSize])
        gate = options.useGate ? projection([sizes.heads, sizes.valueSize]) : nil
        output = projection(outputSize.map { [$0] })
    }

    /// In the order in which Keras makes their weights.
    var children: [(name: String, layer: any AnyLayer)] {
        let gates: [(String, any AnyLayer)] = gate.map { [("gate", $0)] } ?? []
        return [("query", query), ("key", key)] + gates + [("value", value), ("attention_output", output)]
    }

    var outputCount: Int { options.returnAttentionScores ? 2 : 1 }

    /// - Returns: the shapes of the output and, where they are returned, of the weights.
    func build(_ inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        try context.requireAttention(inputs, sizes, options)
        _ = try context.child("query", query, [inputs[0]])
        _ = try context.child("key", key, [inputs.count > 2 ? inputs[2] : inputs[1]])
        if let gate { _ = try context.child("gate", gate, [inputs[0]]) }
        _ = try context.child("value", value, [inputs[1]])
        let heads: Shape = [inputs[0][0], sizes.heads, sizes.valueSize]
        let shapes = try context.child("attention_output", output, [heads, inputs[0]])
        let weights: Shape = [sizes.heads, inputs[0][0], inputs[1][0]]
        return options.returnAttentionScores ? shapes + [weights] : shapes
    }

    /// Those of the projections, of the scores and of the sums of values.
    func multiplyAdds(_ inputs: [Shape]) -> Int {
        let (steps, keys) = (inputs[0][0], inputs[1][0])
        let queries = [query, gate, output].reduce(0) { $0 + ($1?.kernel.shape.elementCount ?? 0) }
        let values = key.kernel.shape.elementCount + value.kernel.shape.elementCount
        let pairs = steps * keys * sizes.heads * (sizes.keySize + sizes.valueSize)
        return steps * queries + keys * values + pairs
    }

    func forward(_ inputs: [Tensor], _ pass: Pass) -> (outputs: [Tensor], pullback: MultiPullback) {
        let (q, queryPullback) = project("query", query, inputs[0], pass)
        let (k, keyPullback) = project("key", key, inputs.count > 2 ? inputs[2] : inputs[1], pass)
        let (v, valuePullback) = project("value", value, inputs[1], pass)
        let rule = rule(inputs, pass)
        let (y, weights) = q.attended(
            k, v, by: rule, keepsWeights: pass.needsPullback || options.returnAttentionScores)
        let (gated, gatePullback) = gated(y, inputs[0], pass)
        let (result, outputPullback) = project("attention_output", output, gated, pass)
        let returned = options.returnAttentionScores ? weights : nil
        return (
            [result] + (returned.map { [$0] } ?? []),
            { gradients in
                guard let weights else { return gradients }
                let (dy, dx) = gatePullback(outputPullback(gradients[0]))
                let (dq, dk, dv) = dy.attentionGradients(
                    q, k, v, weights: weights, weightsGradient: returned == nil ? nil : gradients[1],
                    by: rule)
                var dQuery = queryPullback(dq)
                if let dx { dQuery += dx }
                let (dKey, dValue) = (keyPullback(dk), valuePullback(dv))
                guard inputs.count > 2 else { return [dQuery, dValue + dKey] }
                return [dQuery, dValue, dKey] + inputs.dropFirst(3).map { Tensor.zeros($0.shape) }
            }
        )
    }

    private func project(
        _ name: String, _ projection: HeadProjection, _ input: Tensor, _ pass: Pass
    ) -> (output: Tensor, pullback: Pullback) {
        let (outputs, pullback) = pass.child(name, projection, [input])
        return (outputs[0], { pullback([$0])[0] })
    }

    /// The heads' output times the gate; the pullback gives the gradients of both.
    private func gated(
        _ y: Tensor, _ x: Tensor, _ pass: Pass
    ) -> (output: Tensor, pullback: (Tensor) -> (dy: Tensor, dx: Tensor?)) {
        guard let gate else { return (y, { ($0, nil) }) }
        let (linear, gatePullback) = project("gate", gate, x, pass)
        let g = linear.sigmoid
        return (y * g, { dy in (dy * g, gatePullback(dy * y * g * (1 - g))) })
    }

    private func rule(_ inputs: [Tensor], _ pass: Pass) -> AttentionRule {
        var rule = AttentionRule(
            scale: 1 / Float(sizes.keySize).squareRoot(), isCausal: options.useCausalMask,
            window: options.slidingWindow)
        rule.queryMask = pass.mask(0)
        rule.keyMask = pass.mask(1)
        if inputs.count > 2, let mask = pass.mask(2) { rule.keyMask = rule.keyMask.map { $0 * mask } ?? mask }
        rule.pairMask = inputs.count > 3 ? inputs[3] : nil
        if pass.isTraining && options.dropout > 0 { rule.dropout = (options.dropout, random.next()) }
        return rule
    }
}

extension BuildContext {
    fileprivate func requireAttention(
        _ inputs: [Shape], _ sizes: AttentionHeads.Sizes, _ options: AttentionHeads.Options
    ) throws {
        try requireRate("dropout", options.dropout)
        if let window = options.slidingWindow { try require("slidingWindow", window) }
        try requireSequences(inputs, allowsMask: true)
        guard inputs.count == 4 else { return }
        let pairs: Shape = [inputs[0][0], inputs[1][0]]
        guard inputs[3] == pairs || inputs[3] == Shape([sizes.heads] + pairs) else {
            throw error(
                .shape, "its mask does not fit its other inputs",
                expected: "\(pairs) or \(Shape([sizes.heads] + pairs))", got: "\(inputs[3])")
        }
    }

    /// Throws unless the inputs of an attention layer are sequences that fit each other.
    func requireSequences(_ inputs: [Shape], allowsMask: Bool = false) throws {
        guard (2...(allowsMask ? 4 : 3)).contains(inputs.count) else {
            throw error(
                .shape, "invalid number of inputs",
                expected: "query and value" + (allowsMask ? ", then key and mask" : ", then key"),
                got: "\(inputs.count)")
        }
        let sequences = inputs.prefix(3)
        guard sequences.allSatisfy({ $0.rank == 2 && $0.allSatisfy { $0 > 0 } }) else {
            throw error(
                .shape, "needs sequences", expected: "inputs of shape steps × features, at least 1 of each",
                got: sequences.map(\.description).joined(separator: ", "))
        }
        guard sequences.count < 3 || inputs[2][0] == inputs[1][0] else {
            throw error(
                .shape, "value and key differ in length", expected: "\(inputs[1][0]) steps",
                got: "\(inputs[2][0])")
        }
    }
}
