// Resampling of images along rows and columns: every output pixel is a weighted sum of input pixels. The
// gradient is the same with the weights transposed.

/// Which positions of the input an output position along one axis is made of, and how much of each.
package struct ResamplingAxis: Sendable {
    package let inputs: Int
    package let outputs: Int
    /// Where each output position's taps begin, and at the end their number.
    let starts: [Int]
    let places: [Int]
    let weights: [Float]

    /// - Parameter taps: for each output position, input positions and their weights.
    package init(inputs: Int, taps: [[(place: Int, weight: Float)]]) {
        self.inputs = inputs
        outputs = taps.count
        starts = taps.reduce(into: [0]) { $0.append($0[$0.count - 1] + $1.count) }
        places = taps.flatMap { $0.map(\.place) }
        weights = taps.flatMap { $0.map(\.weight) }
    }

    /// The input position before each output position, without half-pixel centres.
    package static func repeating(inputs: Int, outputs: Int) -> ResamplingAxis {
        // In 32 bits, where PyTorch rounds.
        let scale = Float(inputs) / Float(outputs)
        return ResamplingAxis(
            inputs: inputs, taps: (0..<outputs).map { [(min(inputs - 1, Int(Float($0) * scale)), 1)] })
    }

    /// The axis of the gradient.
    package var transposed: ResamplingAxis {
        var taps = [[(place: Int, weight: Float)]](repeating: [], count: inputs)
        for output in 0..<outputs {
            for tap in starts[output]..<starts[output + 1] {
                taps[places[tap]].append((output, weights[tap]))
            }
        }
        return ResamplingAxis(inputs: outputs, taps: taps)
    }

    func taps(_ output: Int) -> Range<Int> { starts[output]..<starts[output + 1] }
}

/// x: (images, rows.inputs, columns.inputs, channels), y: (images, rows.outputs, columns.outputs, channels).
package struct Resampling {
    let images: Int
    let rows: ResamplingAxis
    let columns: ResamplingAxis
    let channels: Int

    package init(images: Int, rows: ResamplingAxis, columns: ResamplingAxis, channels: Int) {
        (self.images, self.rows, self.columns, self.channels) = (images, rows, columns, channels)
    }

    /// y ← x resampled. A tile is some rows of y; each first sums its rows of x.
    package func apply(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>) {
        let (inRow, outRow) = (columns.inputs * channels, columns.outputs * channels)
        let grain = max(1, Elementwise.grain / max(1, inRow + outRow))
        WorkerPool.shared.run(total: images * rows.outputs, grain: grain) { range, _ in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, inRow)) { scratch in
                guard let sum = scratch.baseAddress else { return }
                for row in range {
                    let image = x + row / rows.outputs * rows.inputs * inRow
                    add(image, rows, row % rows.outputs, stride: inRow, count: inRow, into: sum)
                    for column in 0..<columns.outputs {
                        add(
                            sum, columns, column, stride: channels, count: channels,
                            into: y + row * outRow + column * channels)
                    }
                }
            }
        }
    }

    /// out ← Σ weight · x[place] over an output position's taps.
    @inline(__always)
    private func add(
        _ x: UnsafePointer<Float>, _ axis: ResamplingAxis, _ output: Int, stride: Int, count: Int,
        into out: UnsafeMutablePointer<Float>
    ) {
        out.update(repeating: 0, count: count)
        for tap in axis.taps(output) {
            let (from, weight) = (x + axis.places[tap] * stride, axis.weights[tap])
            if count < Vector.width {
                for i in 0..<count { out[i] += weight * from[i] }
            } else {
                Elementwise.mapSerially(out, from, into: out, count: count) { $0 + weight * $1 }
            }
        }
    }
}
