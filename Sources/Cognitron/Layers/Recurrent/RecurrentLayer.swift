import CognitronKernels

/// A layer that goes through a sequence step by step: `RNN`, `SimpleRNN`, `LSTM`, `GRU`, `ConvLSTM2D`.
///
/// - Input shapes: `(N, T, …)`, and optionally the initial states `(N, …)` as further inputs; without them
///   the states start as zeros.
/// - Output shapes: `(N, T, …)` with `returnSequences`, otherwise `(N, …)`; with `returnState` also the
///   states after the last step.
///
/// A step that the input's mask leaves out changes no state, and its output is the one before it, at first
/// zeros.
///
/// With `stateful` a batch starts with the states that the batch before it ended with, sample by sample, in
/// training and in inference; `Model.resetStates` makes them zeros. All batches must then have as many
/// samples, and gradients end where a batch starts.
public protocol RecurrentLayer: StepwiseLayer {
    var options: SequenceOptions { get }
    var stateCount: Int { get }

    /// The shapes of one sample of the states, given that of a step's input.
    func stateShapes(_ step: Shape) -> [Shape]

    /// Checks the shape of a step's input, declares the parameters and returns the shape of a step's output.
    func buildStep(_ step: Shape, _ context: inout BuildContext) throws -> Shape

    /// Goes through a sequence (N, T, …) from given states, with a mask (N, T).
    ///
    /// - Returns: the output that `options` ask for and the last states.
    func run(
        _ sequence: consuming Tensor, _ states: [Tensor], mask: Tensor?, _ options: SequenceOptions,
        _ pass: Pass
    ) -> SequenceRun

    /// A layer with the same arguments but for these options, and parameters of its own; nil where there is
    /// no way to make one.
    func copy(_ options: SequenceOptions) -> Self?
}

/// What a recurrent layer made of a sequence.
public struct SequenceRun {
    public var output: Tensor
    public var states: [Tensor]
    /// The gradients of the sequence and of the initial states, from those of the output and of the last
    /// states; no states stand for zeros.
    public var pullback: (_ output: Tensor, _ states: [Tensor]) -> (input: Tensor, states: [Tensor])

    public init(
        output: Tensor, states: [Tensor],
        pullback: @escaping (_ output: Tensor, _ states: [Tensor]) -> (input: Tensor, states: [Tensor])
    ) {
        (self.output, self.states, self.pullback) = (output, states, pullback)
    }
}

extension RecurrentLayer {
    public var outputCount: Int { options.returnState ? 1 + stateCount : 1 }

    public func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] {
        guard options.returnSequences, let mask = masks.first else { return [] }
        // The outputs have the order in which the steps were taken.
        return [options.goBackwards ? mask?.flipped(axis: 1) : mask]
            + Array(repeating: nil, count: outputCount - 1)
    }

    public func build(inputs: [Shape], _ context: inout BuildContext) throws -> [Shape] {
        guard let input = inputs.first, input.rank >= 2 else {
            throw context.error(
                .shape, "needs sequences", expected: "an input of shape time × …",
                got: inputs.first?.description)
        }
        guard input[0] > 0 else {
            throw context.error(
                .shape, "has no time step to start with", expected: "sequences of at least one step",
                got: "\(input)", advice: "leave empty sequences out, or pad them")
        }
        let step = Shape(input.dropFirst())
        let output = try buildStep(step, &context)
        let states = stateShapes(step)
        guard inputs.count == 1 || Array(inputs.dropFirst()) == states else {
            throw context.error(
                .shape, "its initial states do not fit",
                expected: states.map(\.description).joined(separator: ", "),
                got: inputs.dropFirst().map(\.description).joined(separator: ", "),
                advice: "give one initial state for each state of the layer, or none")
        }
        return [options.returnSequences ? output.batched(input[0]) : output]
            + (options.returnState ? states : [])
    }

    public func receptiveField(
        _ field: ReceptiveField, inputs: [Shape], outputs: [Shape]
    ) -> ReceptiveField? { nil }

    public func forward(
        inputs: consuming [Tensor], _ pass: Pass
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        forward(inputs: inputs, pass, options)
    }

    /// The same with other options than the layer's own.
    func forward(
        inputs: consuming [Tensor], _ pass: Pass, _ options: SequenceOptions
    ) -> (outputs: [Tensor], pullback: MultiPullback) {
        let sequence = inputs.removeFirst()
        let (given, mask) = (inputs, checked(pass.mask(0), sequence.shape))
        let carriesStates = options.stateful && pass.decoding == nil
        let shape = sequence.shape
        let result = pass.continuing {
            given.isEmpty ? initialStates(shape, carried: carriesStates ? states.map(\.value) : []) : given
        } _: { initial in
            run(sequence, initial, mask: mask, options, pass)
        }
        if carriesStates { for (state, value) in zip(states, result.states) { state.value = value } }
        return (
            options.returnState ? [result.output] + result.states : [result.output],
            { [pullback = result.pullback] gradients in
                let (input, states) = pullback(gradients[0], Array(gradients.dropFirst()))
                return given.isEmpty ? [input] : [input] + states
            }
        )
    }

    private func initialStates(_ sequence: Shape, carried: [Tensor?]) -> [Tensor] {
        let batch = sequence[0]
        let shapes = stateShapes(Shape(sequence.dropFirst(2)))
        return shapes.enumerated().map { index, shape in
            guard carried.indices.contains(index), let state = carried[index] else {
                return .zeros(shape.batched(batch))
            }
            require(
                state.shape == shape.batched(batch),
                "\(name ?? typeName): a batch of \(batch) samples after one of \(state.shape[0]); a stateful "
                    + "layer needs batches of one size: choose a batchSize that divides the number of "
                    + "samples, or call resetStates() in between")
            return state
        }
    }

    private func checked(_ mask: Tensor?, _ sequence: Shape) -> Tensor? {
        guard let mask else { return nil }
        require(
            mask.shape == [sequence[0], sequence[1]],
            "\(name ?? typeName): a mask of shape \(mask.shape), expected \(Shape(sequence.prefix(2))): "
                + "a number for each time step of each sample")
        return mask
    }
}
