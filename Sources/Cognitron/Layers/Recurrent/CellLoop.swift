/// Takes any cell through a sequence, one step after another.
struct CellLoop {
    private let step: CellStep
    private let outputShape: Shape
    private let mask: Tensor?
    private let options: SequenceOptions

    /// - Parameters:
    ///   - step: what `RecurrentCell.begin` gives.
    ///   - outputShape: of one sample of a step's output.
    ///   - mask: (N, T)
    init(_ step: @escaping CellStep, outputShape: Shape, mask: Tensor?, _ options: SequenceOptions) {
        self.step = step
        self.outputShape = outputShape
        self.mask = mask
        self.options = options
    }

    func run(_ sequence: Tensor, _ initial: [Tensor]) -> SequenceRun {
        let (batch, steps) = (sequence.shape[0], sequence.shape[1])
        var (states, outputs, pullbacks) = (initial, [Tensor](), [CellPullback]())
        var output = Tensor.zeros(outputShape.batched(batch))
        for time in times(steps) {
            let next = step(sequence.slice(axis: 1, time), states)
            pullbacks.append(next.pullback)
            if let counts = counts(time) {
                let before = options.zeroOutputForMask ? Tensor.zeros(output.shape) : output
                output = counts.choose(next.output, before)
                states = zip(next.states, states).map(counts.choose)
            } else {
                (output, states) = (next.output, next.states)
            }
            if options.returnSequences { outputs.append(output) }
        }
        return SequenceRun(
            output: options.returnSequences ? .stacked(outputs, axis: 1) : output, states: states
        ) { [self] output, states in
            gradients(pullbacks, output, states.isEmpty ? initial.map { .zeros($0.shape) } : states)
        }
    }

    /// Back-propagation through time.
    private func gradients(
        _ pullbacks: [CellPullback], _ output: Tensor, _ last: [Tensor]
    ) -> (input: Tensor, states: [Tensor]) {
        var (pullbacks, states, inputs) = (pullbacks, last, [Tensor]())
        // Of the output so far, which a masked step repeats.
        let zeros = Tensor.zeros(outputShape.batched(output.shape[0]))
        var carried = options.returnSequences ? zeros : output
        for (number, time) in times(pullbacks.count).enumerated().reversed() {
            guard let pullback = pullbacks.popLast() else { break }
            if options.returnSequences { carried += output.slice(axis: 1, number) }
            guard let counts = counts(time) else {
                let step = pullback(carried, states)
                (carried, states) = (zeros, step.states)
                inputs.append(step.input)
                continue
            }
            let step = pullback(
                counts.choose(carried, zeros), states.map { counts.choose($0, .zeros($0.shape)) })
            states = zip(step.states, states).map { $0 + counts.choose(.zeros($1.shape), $1) }
            carried = options.zeroOutputForMask ? zeros : counts.choose(zeros, carried)
            inputs.append(step.input)
        }
        return (.stacked(options.goBackwards ? inputs : inputs.reversed(), axis: 1), states)
    }

    /// The places in time of the steps, in their order.
    private func times(_ steps: Int) -> [Int] {
        options.goBackwards ? (0..<steps).reversed() : Array(0..<steps)
    }

    private func counts(_ time: Int) -> StepMask? { mask.map { StepMask($0.slice(axis: 1, time)) } }
}

/// Which samples of one step count.
private struct StepMask {
    /// (N)
    private let mask: Tensor

    init(_ mask: Tensor) { self.mask = mask }

    /// The rows of `a` that count, those of `b` elsewhere.
    func choose(_ a: Tensor, _ b: Tensor) -> Tensor {
        let ones = [Int](repeating: 1, count: a.rank - 1)
        return Tensor.where(mask.reshaped(Shape([mask.count] + ones)), a, b)
    }
}
