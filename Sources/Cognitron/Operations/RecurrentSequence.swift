import CognitronKernels

/// What a recurrent layer makes of a whole sequence.
struct RecurrentSequence {
    /// h after every step (N, T, units), in the order of the steps; nil unless asked for.
    var outputs: Tensor?
    /// The states after the last step.
    var states: [Tensor]
    /// The backward half, given the gradients of the outputs and of the last states; zeros where there are
    /// none.
    ///
    /// - Parameter needsWeights: whether the gradients of the weights are wanted.
    var gradients: (_ outputs: Tensor?, _ states: [Tensor], _ needsWeights: Bool) -> RecurrentGradients
}

/// The weights of a recurrent layer, or their gradients.
struct RecurrentTensors {
    /// (C, gates · units)
    var kernel: Tensor
    /// (units, gates · units)
    var recurrentKernel: Tensor
    /// (gates · units), for GRU (2, gates · units)
    var bias: Tensor
}

struct RecurrentGradients {
    /// (N, T, C); the input's product is skipped where nobody wants it.
    var input: Tensor?
    var states: [Tensor]
    var weights: RecurrentTensors?
}

/// A layer that a fused operation computes: with tanh, and the sigmoid for its gates.
enum FusedRecurrence {
    case simple
    case lstm
    /// With the reset gate behind the product.
    case gru

    /// Takes a batch through all steps, gates and products fused.
    ///
    ///     z = x · kernel + h · recurrentKernel + bias;   h′ (and c′) by the gates of z
    ///
    /// - Parameters:
    ///   - x: (N, T, C), T at least 1.
    ///   - states: h (N, units), for LSTM also c.
    ///   - mask: (N, T), 0 where a step is left out: the states stay as they are.
    ///   - isReversed: whether the last time step is taken first.
    ///   - givesOutputs: whether h of every step is wanted.
    ///   - keepsTrace: whether there will be a backward pass.
    ///   - needsInputGradient: whether it will want the input's gradient.
    func run(
        _ x: Tensor, _ states: [Tensor], _ weights: RecurrentTensors, mask: Tensor?, isReversed: Bool,
        givesOutputs: Bool, keepsTrace: Bool, needsInputGradient: Bool
    ) -> RecurrentSequence {
        let geometry = RecurrentGeometry(
            batch: x.shape[0], steps: x.shape[1], inputs: x.shape[2],
            units: weights.recurrentKernel.shape[0], isReversed: isReversed)
        func run<Step: RecurrentStep>(_: Step.Type) -> RecurrentSequence {
            FusedSequence<Step>(geometry, weights, mask).run(
                x, states, givesOutputs: givesOutputs, keepsTrace: keepsTrace,
                needsInputGradient: needsInputGradient)
        }
        return switch self {
        case .simple: run(SimpleRNNStep.self)
        case .lstm: run(LSTMStep.self)
        case .gru: run(GRUStep.self)
        }
    }
}

/// What the backward pass reads of the forward pass.
private struct TraceTensors {
    var x: Tensor, gates: Tensor?, h: Tensor, extra: Tensor?

    init<Step: RecurrentStep>(_ g: RecurrentGeometry, _: Step.Type) {
        let (rows, states) = (g.batch * g.steps, [g.batch * (g.steps + 1), g.units] as Shape)
        x = Tensor(uninitialized: [rows, g.inputs])
        gates = Step.keepsGates ? Tensor(uninitialized: [rows, Step.gateCount * g.units]) : nil
        h = Tensor(uninitialized: states)
        extra = Step.hasExtra ? Tensor(uninitialized: states) : nil
    }

    /// The arrays, which only the forward pass writes.
    var pointers: RecurrentTrace {
        RecurrentTrace(
            x: x.buffer.pointer, gates: gates?.buffer.pointer, h: h.buffer.pointer,
            extra: extra?.buffer.pointer)
    }
}

private struct FusedSequence<Step: RecurrentStep> {
    private let g: RecurrentGeometry
    private let weights: RecurrentTensors
    private let mask: Tensor?

    init(_ geometry: RecurrentGeometry, _ weights: RecurrentTensors, _ mask: Tensor?) {
        (g, self.weights, self.mask) = (geometry, weights, mask)
    }

    func run(
        _ x: Tensor, _ states: [Tensor], givesOutputs: Bool, keepsTrace: Bool, needsInputGradient: Bool
    ) -> RecurrentSequence {
        let trace = keepsTrace ? TraceTensors(g, Step.self) : nil
        let outputs = givesOutputs ? Tensor(uninitialized: [g.batch, g.steps, g.units]) : nil
        let last = states.map { Tensor(uninitialized: $0.shape) }
        RecurrentForward<Step>(
            g,
            RecurrentWeights(
                kernel: weights.kernel.matrix, recurrentKernel: weights.recurrentKernel.matrix,
                bias: weights.bias.pointer),
            x: x.pointer, mask: mask?.pointer,
            initial: InitialStates(h: states[0].pointer, extra: states.dropFirst().first?.pointer),
            final: FinalStates(h: last[0].buffer.pointer, extra: last.dropFirst().first?.buffer.pointer),
            output: outputs?.buffer.pointer, trace: trace?.pointers
        ).run()
        withExtendedLifetime((x, states, weights, mask)) {}
        let stateCount = states.count
        return RecurrentSequence(outputs: outputs, states: last) { [self] outputs, states, needsWeights in
            guard let trace else { fail("a recurrent layer's backward pass without a trace") }
            return gradients(
                trace, outputs, states, count: stateCount, needsInput: needsInputGradient,
                needsWeights: needsWeights)
        }
    }

    private func gradients(
        _ trace: TraceTensors, _ outputs: Tensor?, _ states: [Tensor], count: Int,
        needsInput: Bool, needsWeights: Bool
    ) -> RecurrentGradients {
        let width = Step.gateCount * g.units
        let gateGradient = Tensor(uninitialized: [g.batch * g.steps, width])
        let productGradient =
            Step.hasOwnRecurrentGradient ? Tensor(uninitialized: gateGradient.shape) : nil
        let result = RecurrentGradients(
            input: needsInput ? Tensor(uninitialized: [g.batch, g.steps, g.inputs]) : nil,
            states: (0..<count).map { _ in Tensor(uninitialized: [g.batch, g.units]) },
            weights: needsWeights
                ? RecurrentTensors(
                    kernel: Tensor(uninitialized: weights.kernel.shape),
                    recurrentKernel: Tensor(uninitialized: weights.recurrentKernel.shape),
                    bias: Tensor(uninitialized: weights.bias.shape)) : nil)
        let backward = RecurrentBackward<Step>(
            g,
            transposed: RecurrentWeights(
                kernel: weights.kernel.matrix.transposed,
                recurrentKernel: weights.recurrentKernel.matrix.transposed, bias: weights.bias.pointer),
            trace.pointers, mask: mask?.pointer, gateGradient: gateGradient.buffer.pointer,
            productGradient: productGradient?.buffer.pointer)
        backward.states(
            output: outputs?.pointer,
            final: InitialStates(h: states.first?.pointer, extra: states.dropFirst().first?.pointer),
            input: result.input?.buffer.pointer,
            initial: FinalStates(
                h: result.states[0].buffer.pointer, extra: result.states.dropFirst().first?.buffer.pointer))
        if let gradients = result.weights {
            backward.weightGradients(
                kernel: gradients.kernel.buffer.pointer,
                recurrentKernel: gradients.recurrentKernel.buffer.pointer,
                bias: gradients.bias.buffer.pointer)
        }
        withExtendedLifetime((trace, outputs, states, weights, mask, gateGradient, productGradient)) {}
        return result
    }
}
