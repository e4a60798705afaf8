/// What the layers of several heads have in common: their projections, and the attention between them.
///
///     q = query(x), k = key(z), v = value(z)
///     output = attention_output(softmax(q · kᵀ / √size) · v)
///
/// With a gate, what the heads give is multiplied by sigmoid(gate(x)) first.
final class AttentionHeads: AnyLayer {
    /// The arguments that all such layers take.
    struct Options: Codable, Sendable {
        var dropout: Float
        var useBias: Bool
        var slidingWindow: Int?
        var rules: ProjectionRules
        var useGate: Bool
        var useCausalMask: Bool
        var returnAttentionScores: Bool
        var seed: UInt64?
        var attentionAxes: [Int]?
    }

    /// The number of heads of queries, that of keys and values, and the sizes of one head: the query's
    /// features divided by the heads where there is none, and the size of keys for values.
    struct Sizes: Sendable {
        var heads: Int
        var keyHeads: Int
        var keySize: Int?
        var valueSize: Int?
    }

    let name: String? = nil
    private let sizes: Sizes
    private let outputSize: Int?
    let options: Options
    private let query: HeadProjection
    private let key: HeadProjection
    private let value: HeadProjection
    private let gate: HeadProjection?
    private let output: HeadProjection
    private let random: RandomStream
    var randomStreams: [RandomStream] { [random] }

    /// - Parameter outputSize: the features of the output; nil for those of the query.
    init(_ sizes: Sizes, outputSize: Int?, _ options: Options) {
        self.sizes = sizes
        self.outputSize = outputSize
        self.options = options
        random = RandomStream(seed: options.seed)
        func projection() -> HeadProjection { HeadProjection(useBias: options.useBias, options.rules) }
        (query, key, value, output) = (projection(), projection(), projection(), projection())
        // The penalty is that of the sigmoid's output.
        var gateRules = options.rules
        gateRules.activityRegularizer = nil
        gate = options.useGate ? HeadProjection(useBias: options.useBias, gateRules) : nil
    }

    /// In the order in which Keras makes their weights.
    var children: [(name: String, layer: any AnyLayer)] {
        let gates: [(String, any AnyLayer)] = gate.map { [("gate", $0)] } ?? []
        return [("query", query), ("key", key)] + gates + [("value", value), ("attention_output", output)]
    }

    var outputCount: Int { options.returnAttentionScores ? 2 : 1 }

    /// - Returns: the shapes of the output and, where they are returned, of the weights.
    func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        try context.requireAttention(inputs, sizes, options)
        let (steps, keySteps) = (inputs[0][0], inputs[1][0])
        let keySize = try sizes.keySize ?? context.headSize(features: inputs[0][1], heads: sizes.heads)
        let valueSize = sizes.valueSize ?? keySize
        let heads: Shape = [steps, sizes.heads, valueSize]
        let source = inputs.count > 2 ? inputs[2] : inputs[1]
        _ = try context.child("query", query, [inputs[0], [steps, sizes.heads, keySize]])
        _ = try context.child("key", key, [source, [keySteps, sizes.keyHeads, keySize]])
        if let gate { _ = try context.child("gate", gate, [inputs[0], heads]) }
        _ = try context.child("value", value, [inputs[1], [keySteps, sizes.keyHeads, valueSize]])
        let result = inputs[0].replacingLast(with: outputSize ?? inputs[0][1])
        let shapes = try context.child("attention_output", output, [heads, result])
        let weights: Shape = [sizes.heads, steps, keySteps]
        return options.returnAttentionScores ? shapes + [weights] : shapes
    }

    /// Those of the projections, of the scores and of the sums of values.
    func multiplyAdds(_ inputs: [Shape]) -> Int {
        let axes = AttentionAxes(options.attentionAxes, rank: inputs[0].rank + 1)
        func product(_ sizes: [Int]?) -> Int? { sizes?.reduce(1, *) }
        let (query, key) = (axes?.sizes(inputs[0].batched(1)), axes?.sizes(inputs[1].batched(1)))
        let sequences = product(query?.others) ?? 1
        let steps = product(query?.attended) ?? inputs[0][0]
        let keys = product(key?.attended) ?? inputs[1][0]
        return sequences * multiplyAdds(steps: steps, keys: keys)
    }

    /// Those of one sequence.
    private func multiplyAdds(steps: Int, keys: Int) -> Int {
        let queries = [query, gate, output].reduce(0) { $0 + ($1?.kernel.shape.elementCount ?? 0) }
        let values = key.kernel.shape.elementCount + value.kernel.shape.elementCount
        let pairs = steps * keys * sizes.heads * (query.kernel.shape[2] + value.kernel.shape[2])
        return steps * queries + keys * values + pairs
    }

    func forward(inputs: consuming [Tensor], _ pass: Pass) -> (outputs: [Tensor], pullback: MultiPullback) {
        guard let cache = pass.decoding else { return forward(inputs, pass) }
        return (decode(inputs, pass, cache), { $0 })
    }

    private func forward(
        _ inputs: [Tensor], _ pass: Pass
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        let (q, queryPullback) = project("query", query, inputs[0], pass)
        let (k, keyPullback) = project("key", key, inputs.count > 2 ? inputs[2] : inputs[1], pass)
        let (v, valuePullback) = project("value", value, inputs[1], pass)
        let rule = rule(inputs, keySize: q.shape[3], pass)
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

    /// The outputs for some steps of a `Decoding`. Causal attention appends their keys and values to those
    /// of the steps before; otherwise keys and values are the same in all steps.
    private func decode(_ inputs: [Tensor], _ pass: Pass, _ cache: DecodingCache) -> [Tensor] {
        let q = project("query", query, inputs[0], pass).output
        func keysAndValues() -> [Tensor] {
            [
                project("key", key, inputs.count > 2 ? inputs[2] : inputs[1], pass).output,
                project("value", value, inputs[1], pass).output,
            ]
        }
        var rule = rule(inputs, keySize: q.shape[3], pass)
        let (y, weights) = cache.withSlot { slot in
            guard options.useCausalMask else {
                if slot.constants.isEmpty { slot.constants = keysAndValues() }
                return q.attended(
                    slot.constants[0], slot.constants[1], by: rule,
                    keepsWeights: options.returnAttentionScores)
            }
            slot.append(mask: rule.keyMask, batch: q.shape[0], count: q.shape[1])
            slot.append(keysAndValues())
            rule.firstQuery = pass.stepsTaken
            rule.keyCount = slot.sequences[0].count
            rule.keyMask = slot.mask?.storage
            return q.attended(
                slot.sequences[0].storage, slot.sequences[1].storage, by: rule,
                keepsWeights: options.returnAttentionScores)
        }
        let gated = gated(y, inputs[0], pass).output
        let result = project("attention_output", output, gated, pass).output
        return [result] + (weights.map { [$0] } ?? [])
    }

    /// Why the heads cannot run step by step; nil if they can.
    func stepwiseProblem(_ inputs: [StepwiseInput]) -> String? {
        if inputs.contains(where: { $0.shape.rank != 2 }) { return "it attends along several axes" }
        if inputs.count > 3 { return "its mask has steps of its own" }
        guard options.useCausalMask else {
            return inputs.isFirstAlone ? nil : "without useCausalMask its steps attend to later ones"
        }
        return inputs.allSatisfy(\.isStepped) ? nil : "with useCausalMask it attends to given steps"
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
        let pullback = pass.charging(options.rules.activityRegularizer, for: g) {
            gatePullback($0 * g * (1 - g))
        }
        return (y * g, { dy in (dy * g, pullback(dy * y)) })
    }

    private func rule(_ inputs: [Tensor], keySize: Int, _ pass: Pass) -> AttentionRule {
        var rule = AttentionRule(
            scale: 1 / Float(keySize).squareRoot(), isCausal: options.useCausalMask,
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
        try require(activityRegularizer: options.rules.activityRegularizer)
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

    /// The size of one head where the heads share the features.
    fileprivate func headSize(features: Int, heads: Int) throws -> Int {
        guard features % heads == 0 else {
            throw error(
                .shape, "its heads do not divide its input", expected: "features in a multiple of \(heads)",
                got: "\(features)", advice: "choose numHeads among the divisors of \(features)")
        }
        return features / heads
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
