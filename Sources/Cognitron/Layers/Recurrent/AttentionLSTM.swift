/// An LSTM that looks at a memory before every step: the decoder of Bahdanau et al.
///
///     scoresₜ = Σ scale · tanh(hₜ₋₁ · query + memory · key)       // one for each place of the memory
///     contextₜ = softmax(scoresₜ) · memory
///     hₜ, cₜ = LSTM([xₜ, contextₜ], hₜ₋₁, cₜ₋₁)
///
///     let outputs = AttentionLSTM(128)
///         .outputs(of: x, memory, h, c)                           // the encoder's outputs and last states
///     let (sequence, contexts) = (outputs[0], outputs[1])
///
/// Places that the memory's mask leaves out are not looked at. Masked steps of x are taken like others: they
/// belong at the end, where no output counts any more.
///
/// - Input shapes: x `(N, T, inputs)`, the memory `(N, S, d)`, then, if wanted, the first h and c `(N,
///   units)`, else zeros.
/// - Output shapes: h of every step `(N, T, units)`, the contexts `(N, T, d)` and, with
///   `returnAttentionScores`, the weights `(N, T, S)`.
/// - Parameters: `query (units, units)`, `key (d, units)`, `scale (units)`, and those of `LSTMCell` under
///   `cell`.
/// - Throws: from `build`, a `CognitronError` where the inputs are no sequences or a state does not fit.
/// - Source: Bahdanau et al., "Neural Machine Translation by Jointly Learning to Align and Translate" (2015),
///   with an LSTM in place of the gated unit.
public final class AttentionLSTM: AnyLayer, Codable {
    public let cell: LSTMCell
    public let returnAttentionScores: Bool
    public let name: String?

    public let query = Parameter()
    public let key = Parameter()
    public let scale = Parameter()
    public var parameters: [Parameter] { [query, key, scale] }
    public var children: [(name: String, layer: any AnyLayer)] { [("cell", cell)] }
    public var outputCount: Int { returnAttentionScores ? 3 : 2 }

    private enum CodingKeys: CodingKey { case cell, returnAttentionScores, name }

    /// - Parameters:
    ///   - units: the size of the states, and of what the attention compares.
    ///   - returnAttentionScores: whether the weights are a third output.
    ///   - name: the layer's name in messages, summaries and files; by default its type with a number.
    public init(_ units: Int, returnAttentionScores: Bool = false, name: String? = nil) {
        cell = LSTMCell(units)
        (self.returnAttentionScores, self.name) = (returnAttentionScores, name)
    }

    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        guard inputs.count == 2 || inputs.count == 4, inputs[0].rank == 2, inputs[1].rank == 2 else {
            throw context.error(
                .shape, "needs a sequence and a memory, and both states or none",
                expected: "steps × inputs, places × features",
                got: inputs.map(\.description).joined(separator: ", "))
        }
        let (units, size) = (cell.units, inputs[1][1])
        guard inputs.dropFirst(2).allSatisfy({ $0 == [units] }) else {
            throw context.error(
                .shape, "its initial states do not fit", expected: "h and c of shape (\(units))",
                got: inputs.dropFirst(2).map(\.description).joined(separator: ", "))
        }
        _ = try context.child("cell", cell, [[inputs[0][1] + size], [units], [units]])
        try context.declare(query, "query", [units, units], .glorotUniform)
        try context.declare(key, "key", [size, units], .glorotUniform)
        try context.declare(scale, "scale", [units], .glorotUniform)
        let steps = inputs[0][0]
        return [[steps, units], [steps, size]] + (returnAttentionScores ? [[steps, inputs[1][0]]] : [])
    }

    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] {
        guard let mask = masks.first, mask != nil else { return [] }
        return Array(repeating: mask, count: outputCount)
    }

    public func forward(
        inputs: consuming [Tensor], _ pass: Pass
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        let inputs = inputs
        let (x, memory) = (inputs[0], inputs[1])
        let zeros = Tensor.zeros([x.shape[0], cell.units])
        let given = inputs.count == 2 ? [zeros, zeros] : Array(inputs[2...])
        let keyKernel = key.value
        let keys = memory.matmul(keyKernel)  // (N, S, units)
        let step = pass.child("cell", cell)
        let mask = pass.mask(1)
        var steps: [AttentionStep] = []
        pass.continuing(from: given) { states in
            var states = states
            for time in 0..<x.shape[1] {
                steps.append(
                    AttentionStep(
                        self, x.slice(axis: 1, time), memory, keys, mask, states, step))
                states = steps[time].states
            }
            return states
        }
        var outputs = [steps.map(\.states[0]), steps.map(\.context)]
        if returnAttentionScores { outputs.append(steps.map(\.weights)) }
        return (
            outputs.map { Tensor.stacked($0, axis: 1) },
            { [self] gradients in
                backward(gradients, steps, keyKernel, memory: memory, hasStates: inputs.count == 4)
            }
        )
    }

    private func backward(
        _ gradients: [Tensor], _ steps: [AttentionStep], _ keyKernel: Tensor, memory: Tensor, hasStates: Bool
    ) -> [Tensor] {
        var states = steps[0].states.map { Tensor.zeros($0.shape) }
        var (dMemory, dKeys) = (
            Tensor.zeros(memory.shape), Tensor.zeros(memory.shape.replacingLast(with: cell.units))
        )
        var dx: [Tensor] = []
        for (time, step) in steps.enumerated().reversed() {
            let own = gradients.map { $0.slice(axis: 1, time) }
            let gradient = step.gradients(self, own, states, memory)
            states = gradient.states
            dMemory += gradient.memory
            dKeys += gradient.keys
            dx.append(gradient.x)
        }
        key.accumulate(memory.reshaped([-1, memory.shape[2]]), dKeys.reshaped([-1, cell.units]))
        dMemory += dKeys.matmul(keyKernel, transposingOther: true)
        return [Tensor.stacked(dx.reversed(), axis: 1), dMemory] + (hasStates ? states : [])
    }

    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? { nil }

    public func multiplyAdds(inputs: [Shape], outputs: [Shape]) -> Int {
        let (steps, places, size, units) = (inputs[0][0], inputs[1][0], inputs[1][1], cell.units)
        let cells = cell.kernel.shape.elementCount + cell.recurrentKernel.shape.elementCount
        return places * size * units + steps * (units * units + places * (units + size) + cells)
    }
}

extension AttentionLSTM: StepwiseLayer {
    public func stepwiseProblem(_ inputs: [StepwiseInput]) -> String? {
        inputs.isFirstAlone ? nil : "its memory or states come step by step"
    }
}

/// One step of an `AttentionLSTM`, and what its backward pass needs.
private struct AttentionStep {
    /// (N, d) and (N, S).
    let context: Tensor
    let weights: Tensor
    let states: [Tensor]
    /// h of the step before, and what made the query of it.
    private let h: Tensor
    private let queryKernel: Tensor
    private let scorePullback: ScorePullback
    private let cellPullback: CellPullback

    init(
        _ layer: AttentionLSTM, _ x: Tensor, _ memory: Tensor, _ keys: Tensor, _ mask: Tensor?,
        _ before: [Tensor], _ step: CellStep
    ) {
        (h, queryKernel) = (before[0], layer.query.value)
        let queries = h.matmul(queryKernel).expandingDimensions(at: 1)  // (N, 1, units)
        let (scores, scorePullback) = AdditiveAttention.tanhScores(
            queries, keys, factor: nil, weight: (layer.scale.value, layer.scale))
        var rule = AttentionRule()
        rule.keyMask = mask
        let weights = scores.attentionWeights(by: rule)  // (N, 1, S)
        context = weights.matmul(memory).slice(axis: 1, 0)
        self.weights = weights.slice(axis: 1, 0)
        self.scorePullback = scorePullback
        let (_, states, cellPullback) = step(Tensor.concatenated([x, context]), before)
        (self.states, self.cellPullback) = (states, cellPullback)
    }

    /// - Parameters:
    ///   - own: the gradients of h, the context and, if they are an output, the weights of this step.
    ///   - next: those of the states from the step after.
    func gradients(
        _ layer: AttentionLSTM, _ own: [Tensor], _ next: [Tensor], _ memory: Tensor
    ) -> (x: Tensor, states: [Tensor], memory: Tensor, keys: Tensor) {
        let (input, states) = cellPullback(own[0], next)
        let parts = input.split([input.shape[1] - context.shape[1], context.shape[1]])
        let dContext = (parts[1] + own[1]).expandingDimensions(at: 1)  // (N, 1, d)
        let rows = weights.expandingDimensions(at: 1)
        var dWeights = dContext.matmul(memory, transposingOther: true)
        if own.count > 2 { dWeights += own[2].expandingDimensions(at: 1) }
        let (dQueries, dKeys) = scorePullback(dWeights.attentionWeightsGradient(rows))
        let dq = dQueries.slice(axis: 1, 0)
        layer.query.accumulate(h, dq)
        let dh = states[0] + dq.matmul(queryKernel, transposingOther: true)
        return (parts[0], [dh, states[1]], rows.matmul(dContext, transposingSelf: true), dKeys)
    }
}
