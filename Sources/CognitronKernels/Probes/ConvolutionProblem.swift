/// Random operands of one convolution, for running its passes with any algorithm.
package struct ConvolutionProblem {
    package let geometry: ConvolutionGeometry
    private let x: Buffer
    private let w: Buffer
    private let dy: Buffer

    package init(_ geometry: ConvolutionGeometry) {
        func random(_ count: Int, _ bound: Float, key: UInt64) -> Buffer {
            let buffer = Buffer(count)
            Philox(key: key).fillUniform(buffer.pointer, count: count, low: -bound, high: bound)
            return buffer
        }
        self.geometry = geometry
        x = random(geometry.inputCount, 1, key: 1)
        w = random(geometry.weightCount, 0.1, key: 2)
        dy = random(geometry.outputCount, 1, key: 3)
    }

    /// Runs one pass into `result`, of `resultCount(of: pass)` floats of the convolution's geometry, which
    /// may be this one with a smaller batch.
    package func run(
        _ pass: ConvolutionPass, by convolution: Convolution, into result: UnsafeMutablePointer<Float>
    ) {
        withExtendedLifetime((x, w, dy)) {
            switch pass {
            case .forward: convolution.forward(x.pointer, w.pointer, bias: nil, into: result)
            case .data: convolution.dataGradient(dy.pointer, w.pointer, into: result)
            case .weights: convolution.weightGradient(x.pointer, dy.pointer, into: result)
            case .both:
                convolution.gradients(
                    x.pointer, dy.pointer, w.pointer, intoData: result,
                    weights: result + convolution.geometry.inputCount)
            }
        }
    }

    /// Times the pass with the algorithm chosen for the geometry.
    package func measure(_ pass: ConvolutionPass, repetitions: Int) -> Timing {
        let result = Buffer(geometry.resultCount(of: pass))
        return withExtendedLifetime(result) {
            Timing(repetitions: repetitions) { run(pass, by: Convolution(geometry), into: result.pointer) }
        }
    }

}

extension ConvolutionGeometry {
    /// Operations of a pass as direct sums, in multiples of 10⁹.
    package func gigaflops(of pass: ConvolutionPass) -> Double {
        (pass == .both ? 4e-9 : 2e-9) * Double(multiplyAdds)
    }

    /// Number of floats that a pass writes.
    package func resultCount(of pass: ConvolutionPass) -> Int {
        switch pass {
        case .forward: outputCount
        case .data: inputCount
        case .weights: weightCount
        case .both: inputCount + weightCount
        }
    }
}
