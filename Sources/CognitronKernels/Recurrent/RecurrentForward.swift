/// A recurrent layer's forward pass.
package struct RecurrentForward<Step: RecurrentStep> {
    private let g: RecurrentGeometry
    private let weights: RecurrentWeights
    private let x: UnsafePointer<Float>
    private let mask: UnsafePointer<Float>?
    private let initial: InitialStates
    private let final: FinalStates
    private let output: UnsafeMutablePointer<Float>?
    private let trace: RecurrentTrace?

    /// - Parameters:
    ///   - x: (N, T, C)
    ///   - mask: (N, T), 0 where a step is left out.
    ///   - initial: zeros where nil.
    ///   - final: the states after the last step.
    ///   - output: (N, T, units): h after each step, in the order of the steps.
    ///   - trace: what the backward pass will read, where there will be one.
    package init(
        _ geometry: RecurrentGeometry, _ weights: RecurrentWeights, x: UnsafePointer<Float>,
        mask: UnsafePointer<Float>?, initial: InitialStates, final: FinalStates,
        output: UnsafeMutablePointer<Float>?, trace: RecurrentTrace?
    ) {
        g = geometry
        self.weights = weights
        (self.x, self.mask, self.initial, self.final) = (x, mask, initial, final)
        (self.output, self.trace) = (output, trace)
    }

    /// Floats in one row of gates.
    private var width: Int { Step.gateCount * g.units }

    package func run() {
        let workers = WorkerPool.shared.count
        let scratch = ScratchArrays(Array(repeating: scratchSizes, count: workers).flatMap { $0 })
        WorkerPool.shared.run(tiles: g.shareCount, workers: workers) { share, worker in
            run(share, (0..<scratchSizes.count).map { scratch[worker * scratchSizes.count + $0] })
        }
    }

    /// Of a state's products in one step, and without a trace of a block's arrays.
    private var scratchSizes: [Int] {
        let rows = g.shareSize * g.blockSteps
        let states = (rows + g.shareSize) * g.units
        return [
            g.shareSize * width, trace == nil ? rows * g.inputs : 0,
            trace == nil || !Step.keepsGates ? rows * width : 0, trace == nil ? states : 0,
            trace == nil && Step.hasExtra ? states : 0,
        ]
    }

    private func run(_ share: Int, _ scratch: [UnsafeMutablePointer<Float>]) {
        let samples = g.samples(ofShare: share)
        let stateSize = samples.count * g.units
        var (h, extra) = (scratch[3], scratch[4])
        for block in g.blocks {
            let row = g.row(samples, block.lowerBound)
            let stateRow = g.stateRow(samples, block.lowerBound)
            let xBlock = trace.map { $0.x + row * g.inputs } ?? scratch[1]
            let gates =
                Step.keepsGates ? trace.map { $0.gates + row * width } ?? scratch[2] : scratch[2]
            if let trace {
                h = trace.h + stateRow * g.units
                extra = trace.extra + stateRow * g.units
            }
            if block.lowerBound == 0 {
                InitialStates.copy(initial.h, samples, units: g.units, into: h)
                if Step.hasSecondState {
                    InitialStates.copy(initial.extra, samples, units: g.units, into: extra)
                }
            }
            g.gather(x, samples, block, into: xBlock)
            weights.kernel.multiply(
                MatrixView(xBlock, block.count * samples.count, g.inputs), into: gates)
            run(block, samples, gates: gates, product: scratch[0], h: h, extra: extra)
            guard trace == nil else { continue }
            // The next block starts where this one ended.
            h.update(from: h + block.count * stateSize, count: stateSize)
            if Step.hasSecondState { extra.update(from: extra + block.count * stateSize, count: stateSize) }
        }
        let (at, end) = (samples.lowerBound * g.units, trace == nil ? 0 : g.blocks.last?.count ?? 0)
        if let final = final.h { (final + at).update(from: h + end * stateSize, count: stateSize) }
        if let final = final.extra { (final + at).update(from: extra + end * stateSize, count: stateSize) }
    }

    /// Some steps of a share; h and extra are the states before the first of them.
    private func run(
        _ block: Range<Int>, _ samples: Range<Int>, gates: UnsafeMutablePointer<Float>,
        product: UnsafeMutablePointer<Float>, h: UnsafeMutablePointer<Float>,
        extra: UnsafeMutablePointer<Float>
    ) {
        let stateSize = samples.count * g.units
        var step = RecurrentStepMemory(
            rows: samples.count, units: g.units, gates: gates, product: product, bias: weights.bias,
            h: h, nextH: h, extra: extra, nextExtra: extra, mask: nil, maskStride: g.steps,
            gateGradient: gates, productGradient: gates, hGradient: h, extraGradient: h)
        for number in block {
            step.nextH = step.h + stateSize
            step.nextExtra = step.extra + stateSize
            step.mask = mask.map { $0 + (samples.lowerBound * g.steps + g.time(number)) }
            weights.recurrentKernel.multiply(MatrixView(step.h, samples.count, g.units), into: product)
            Step.forward(step)
            if let output {
                for (row, sample) in samples.enumerated() {
                    (output + (sample * g.steps + number) * g.units)
                        .update(from: step.nextH + row * g.units, count: g.units)
                }
            }
            step.gates += samples.count * width
            (step.h, step.extra) = (step.nextH, step.nextExtra)
        }
    }
}
