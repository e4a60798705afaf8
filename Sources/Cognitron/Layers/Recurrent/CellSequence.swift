/// What stays the same for all steps of a sequence in a `UnitCell`: the weights of this pass and its dropout.
struct CellSequence {
    let kernel: Tensor
    let recurrentKernel: Tensor
    let bias: Tensor?
    /// Nil where nothing is dropped.
    let dropout: RecurrentDropout?
    let recurrentDropout: RecurrentDropout?

    init(_ cell: some UnitCell, _ random: RandomStream, _ pass: Pass) {
        let c = cell.configuration
        kernel = cell.kernel.value
        recurrentKernel = cell.recurrentKernel.value
        bias = c.useBias ? cell.bias.value : nil
        func drawn(_ rate: Float) -> RecurrentDropout? {
            pass.isTraining && rate > 0 ? RecurrentDropout(random.next(), rate: rate) : nil
        }
        dropout = drawn(c.dropout)
        recurrentDropout = drawn(c.recurrentDropout)
    }
}

extension Parameter {
    /// Adds the gradient of a kernel in `x · kernel`.
    func accumulate(_ x: Tensor, _ gradient: Tensor) {
        guard isTrainable else { return }
        accumulate(x.matmul(gradient, transposingSelf: true))
    }
}

extension UnitCell {
    /// Goes through a sequence by a fused operation, or step by step where there is none: for other
    /// activation functions, and while the state is dropped.
    func run(
        _ x: consuming Tensor, _ states: [Tensor], mask: Tensor?, _ options: SequenceOptions, _ pass: Pass,
        _ sequence: CellSequence, fused: FusedRecurrence?, step: @escaping CellStep
    ) -> SequenceRun {
        guard let fused, sequence.recurrentDropout == nil else {
            return CellLoop(step, outputShape: [units], mask: mask, options).run(x, states)
        }
        let result = fused.run(
            sequence.dropout.sequence(x), states,
            RecurrentTensors(
                kernel: sequence.kernel, recurrentKernel: sequence.recurrentKernel,
                bias: sequence.bias ?? .zeros(fused.biasShape(units))),
            mask: mask, isReversed: options.goBackwards, givesOutputs: options.returnSequences,
            keepsTrace: pass.needsPullback, needsInputGradient: pass.needsInputGradient)
        let shown = mask.map { OutputMask($0, options) }
        return SequenceRun(
            output: shown.applied(to: result.outputs ?? result.states[0]), states: result.states
        ) { [self] output, states in
            let output = shown.applied(to: output)
            var last = states
            if !options.returnSequences {
                if last.isEmpty { last = [output] } else { last[0] += output }
            }
            let gradients = result.gradients(
                options.returnSequences ? output : nil, last, parameters.contains { $0.isTrainable })
            if let weights = gradients.weights {
                kernel.accumulate(weights.kernel)
                recurrentKernel.accumulate(weights.recurrentKernel)
                if configuration.useBias { bias.accumulate(weights.bias) }
            }
            return (gradients.input.map { sequence.dropout.sequence($0) } ?? output, gradients.states)
        }
    }
}

/// Where a layer whose output is its state shows it: from the first step that counts on, or at every step
/// that does.
private struct OutputMask {
    /// (N, T, 1) in the order of the steps; of the last step (N, 1) where only its output is given.
    private let factor: Tensor

    init(_ mask: Tensor, _ options: SequenceOptions) {
        let counts = (options.goBackwards ? mask.flipped(axis: 1) : mask) .!= 0
        let shown = options.zeroOutputForMask ? counts : counts.cumulativeSum(axis: 1) .> 0
        let last = shown.shape[1] - 1
        factor =
            options.returnSequences
            ? shown.expandingDimensions(at: 2) : shown.slice(axis: 1, last..<last + 1)
    }

    func callAsFunction(_ output: Tensor) -> Tensor { output * factor }
}

extension OutputMask? {
    fileprivate func applied(to output: Tensor) -> Tensor { self?(output) ?? output }
}

extension CellConfiguration {
    /// Whether the activation functions are those of the fused operations.
    var hasUsualFunctions: Bool { activation == .tanh && recurrentActivation == .sigmoid }
}

extension FusedRecurrence {
    fileprivate func biasShape(_ units: Int) -> Shape {
        switch self {
        case .simple: [units]
        case .lstm: [4 * units]
        case .gru: [2, 3 * units]
        }
    }
}
