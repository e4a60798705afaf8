/// The gradients of queries and keys for that of their scores.
typealias ScorePullback = (_ scoresGradient: Tensor) -> (dq: Tensor, dk: Tensor)

/// A layer that scores every pair of a query and a key, and sums values by the softmax of the scores.
protocol ScoredAttention: StepwiseLayer {
    var dropout: Float { get }
    var useCausalMask: Bool { get }
    var returnAttentionScores: Bool { get }
    var random: RandomStream { get }

    /// The scores (N, T, S) of queries (N, T, d) and keys (N, S, d).
    func scores(_ q: Tensor, _ k: Tensor) -> (scores: Tensor, pullback: ScorePullback)
}

extension ScoredAttention {
    /// Checks the arguments and inputs that all such layers have.
    ///
    /// - Returns: the shapes of the output and, where they are returned, of the weights.
    func buildOutputs(_ inputs: [Shape], _ context: BuildContext) throws -> [Shape] {
        try context.requireRate("dropout", dropout)
        try context.requireSequences(inputs)
        let (query, value, key) = (inputs[0], inputs[1], inputs.count > 2 ? inputs[2] : inputs[1])
        guard query[1] == key[1] else {
            throw context.error(
                .shape, "query and key differ in features", expected: "\(query[1])", got: "\(key[1])")
        }
        let output: Shape = [query[0], value[1]]
        return returnAttentionScores ? [output, [query[0], value[0]]] : [output]
    }

    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? { nil }

    /// T · S · (d + dv): those of the scores and of the sums of values.
    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        inputs[0][0] * inputs[1][0] * (inputs[0][1] + inputs[1][1])
    }

    /// Softmax of the scores, dropout, and the sum of the values.
    func attend(_ inputs: [Tensor], _ pass: Pass) -> (outputs: [Tensor], pullback: MultiPullback) {
        let (q, v, k) = (inputs[0], inputs[1], inputs.count > 2 ? inputs[2] : inputs[1])
        var rule = AttentionRule(isCausal: useCausalMask)
        (rule.queryMask, rule.keyMask) = (pass.mask(0), pass.mask(1))
        let (scores, scorePullback) = scores(q, k)
        let weights = scores.attentionWeights(by: rule)
        let key = pass.isTraining && dropout > 0 ? random.next() : nil
        let rate = dropout
        func dropped(_ x: Tensor) -> Tensor { key.map { x.dropped(rate: rate, key: $0) } ?? x }
        let used = dropped(weights)  // (N, T, S)
        let returnsWeights = returnAttentionScores
        return (
            [used.matmul(v)] + (returnsWeights ? [weights] : []),
            { gradients in
                let dy = gradients[0]
                var dWeights = dropped(dy.matmul(v, transposingOther: true))
                if returnsWeights { dWeights += gradients[1] }
                let (dq, dk) = scorePullback(dWeights.attentionWeightsGradient(weights))
                let dv = used.matmul(dy, transposingSelf: true)
                return inputs.count > 2 ? [dq, dv, dk] : [dq, dv + dk]
            }
        )
    }

    /// The query's mask, for the output only.
    func queryMask(_ masks: [Tensor?]) -> [Tensor?] {
        guard let mask = masks.first, mask != nil else { return [] }
        return [mask] + Array(repeating: nil, count: outputCount - 1)
    }

    /// Σ weight · tanh(factor · (q + k)) over the features, and the gradients.
    ///
    /// - Parameters:
    ///   - factor: a number and its parameter; nil for 1.
    ///   - weight: a number, or one for each feature, and its parameter; nil for 1.
    static func tanhScores(
        _ q: Tensor, _ k: Tensor, factor: (value: Tensor, parameter: Parameter)?,
        weight: (value: Tensor, parameter: Parameter)?
    ) -> (scores: Tensor, pullback: ScorePullback) {
        let sums = q.expandingDimensions(at: 2) + k.expandingDimensions(at: 1)  // (N, T, S, d)
        let z = (factor.map { sums * $0.value } ?? sums).hyperbolicTangent
        return (
            (weight.map { z * $0.value } ?? z).sum(axis: 3),
            { scoresGradient in
                let ds = scoresGradient.expandingDimensions(at: 3)
                if let weight {
                    weight.parameter.accumulate((ds * z).sum(axes: Array(0..<4 - weight.value.rank)))
                }
                var du = (weight.map { ds * $0.value } ?? ds) * (1 - z.squared)
                if let factor {
                    factor.parameter.accumulate((du * sums).sum(axes: [0, 1, 2, 3]))
                    du *= factor.value
                }
                return (du.sum(axis: 2), du.sum(axis: 1))
            }
        )
    }
}
