/// A recurrent layer's backward pass: back-propagation through time.
package struct RecurrentBackward<Step: RecurrentStep> {
    private let g: RecurrentGeometry
    private let weights: RecurrentWeights
    private let trace: RecurrentTrace
    private let mask: UnsafePointer<Float>?
    private let gateGradient: UnsafeMutablePointer<Float>
    private let productGradient: UnsafeMutablePointer<Float>

    /// - Parameters:
    ///   - transposed: the weights of the forward pass, the kernels transposed.
    ///   - gateGradient: (N · T, gates · units), which `states` fills and `weightGradients` reads.
    ///   - productGradient: the same of the state's product, where it differs.
    package init(
        _ geometry: RecurrentGeometry, transposed weights: RecurrentWeights, _ trace: RecurrentTrace,
        mask: UnsafePointer<Float>?, gateGradient: UnsafeMutablePointer<Float>,
        productGradient: UnsafeMutablePointer<Float>?
    ) {
        g = geometry
        (self.weights, self.trace, self.mask) = (weights, trace, mask)
        (self.gateGradient, self.productGradient) = (gateGradient, productGradient ?? gateGradient)
    }

    private var width: Int { Step.gateCount * g.units }

    // MARK: Through time

    /// The gradients of the products, of the input and of the initial states.
    ///
    /// - Parameters:
    ///   - output: the gradient of all outputs (N, T, units), in the order of the steps.
    ///   - final: those of the states after the last step; zeros where nil.
    ///   - input: (N, T, C), where it is wanted.
    ///   - initial: those of the states before the first step.
    package func states(
        output: UnsafePointer<Float>?, final: InitialStates, input: UnsafeMutablePointer<Float>?,
        initial: FinalStates
    ) {
        let workers = WorkerPool.shared.count
        let state = g.shareSize * g.units
        let sizes = [state, state, input == nil ? 0 : g.shareSize * g.blockSteps * g.inputs]
        let scratch = ScratchArrays(Array(repeating: sizes, count: workers).flatMap { $0 })
        WorkerPool.shared.run(tiles: g.shareCount, workers: workers) { share, worker in
            let samples = g.samples(ofShare: share)
            let (dh, dExtra) = (scratch[worker * 3], scratch[worker * 3 + 1])
            InitialStates.copy(final.h, samples, units: g.units, into: dh)
            InitialStates.copy(final.extra, samples, units: g.units, into: dExtra)
            for block in g.blocks.reversed() {
                for step in block.reversed() { back(step, samples, output, dh, dExtra) }
                guard let input else { continue }
                let gradient = MatrixView(
                    gateGradient + g.row(samples, block.lowerBound) * width, block.count * samples.count,
                    width)
                let dx = scratch[worker * 3 + 2]
                weights.kernel.multiply(gradient, into: dx)
                g.scatter(dx, samples, block, into: input)
            }
            let at = samples.lowerBound * g.units
            initial.h.map { ($0 + at).update(from: dh, count: samples.count * g.units) }
            initial.extra.map { ($0 + at).update(from: dExtra, count: samples.count * g.units) }
        }
    }

    private func back(
        _ number: Int, _ samples: Range<Int>, _ output: UnsafePointer<Float>?,
        _ dh: UnsafeMutablePointer<Float>, _ dExtra: UnsafeMutablePointer<Float>
    ) {
        if let output {
            for (row, sample) in samples.enumerated() {
                let sum = dh + row * g.units
                Elementwise.mapSerially(
                    sum, output + (sample * g.steps + number) * g.units, into: sum, count: g.units
                ) { $0 + $1 }
            }
        }
        let row = g.row(samples, number) * width
        let state = g.stateRow(samples, number) * g.units
        let stateSize = samples.count * g.units
        Step.backward(
            RecurrentStepMemory(
                rows: samples.count, units: g.units,
                gates: Step.keepsGates ? trace.gates + row : trace.gates, product: gateGradient,
                bias: weights.bias, h: trace.h + state, nextH: trace.h + (state + stateSize),
                extra: trace.extra + state, nextExtra: trace.extra + (state + stateSize),
                mask: mask.map { $0 + (samples.lowerBound * g.steps + g.time(number)) },
                maskStride: g.steps, gateGradient: gateGradient + row,
                productGradient: productGradient + row, hGradient: dh, extraGradient: dExtra))
        weights.recurrentKernel.multiply(
            MatrixView(productGradient + row, samples.count, width), into: dh, beta: 1)
    }

    // MARK: Weights

    /// Rows of one product of the weights' gradients: with more, its operands leave the cache.
    private static var productRows: Int { 2048 }

    /// The gradients of the weights, from those of the products.
    ///
    /// - Parameter bias: (gates · units), where the two products' gradients differ twice.
    package func weightGradients(
        kernel: UnsafeMutablePointer<Float>, recurrentKernel: UnsafeMutablePointer<Float>,
        bias: UnsafeMutablePointer<Float>
    ) {
        add(trace.x, g.inputs, gateGradient, rows: g.batch * g.steps, into: kernel, isFirst: true)
        for share in 0..<g.shareCount {
            let samples = g.samples(ofShare: share)
            add(
                trace.h + g.stateRow(samples, 0) * g.units, g.units,
                productGradient + g.row(samples, 0) * width, rows: samples.count * g.steps,
                into: recurrentKernel, isFirst: share == 0)
        }
        let rows = g.batch * g.steps
        Reduction.sumRows(gateGradient, rows: rows, columns: width, into: bias)
        if Step.hasOwnRecurrentGradient {
            Reduction.sumRows(productGradient, rows: rows, columns: width, into: bias + width)
        }
    }

    /// sum ← xᵀ · dy, or that and the sum so far.
    private func add(
        _ x: UnsafePointer<Float>, _ columns: Int, _ dy: UnsafePointer<Float>, rows: Int,
        into sum: UnsafeMutablePointer<Float>, isFirst: Bool
    ) {
        for first in stride(from: 0, to: rows, by: Self.productRows) {
            let count = min(Self.productRows, rows - first)
            BLAS.multiplyInParallel(
                MatrixView(x + first * columns, count, columns).transposed,
                MatrixView(dy + first * width, count, width), into: sum, beta: isFirst && first == 0 ? 0 : 1)
        }
    }
}
