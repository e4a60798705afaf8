import Cognitron
import CognitronKernels
import CognitronModels

/// Random operands of one convolution, and its three passes by every algorithm.
struct ConvolutionProblem {
    private let geometry: ConvolutionGeometry
    private let x: Tensor
    private let w: Tensor
    private let dy: Tensor

    init(_ geometry: ConvolutionGeometry) {
        self.geometry = geometry
        x = .randomUniform([geometry.inputCount], in: -1..<1, seed: 1)
        w = .randomUniform([geometry.weightCount], in: -0.1..<0.1, seed: 2)
        dy = .randomUniform([geometry.outputCount], in: -1..<1, seed: 3)
    }

    /// Those algorithms that can do it timed. The naive one, a hundred times slower, gets one image; that is also what
    /// the others are compared with it on.
    func measure(
        _ pass: ConvolutionPass, _ algorithms: [ConvolutionAlgorithm], _ repetitions: Int, model: ModelName,
        layer: String
    ) -> [ConvolutionRow] {
        var single = geometry
        single.batch = 1
        var expected = Tensor.zeros([resultCount(pass, single)])
        let naive = Timing(repetitions: 1) {
            run(pass, Convolution(single, algorithm: .naive), into: &expected)
        }
        let scale = expected.scalars.reduce(Float.leastNormalMagnitude) { max($0, abs($1)) }
        let naiveRow = ConvolutionRow(
            model: model, layer: layer, geometry: single, pass: pass, algorithm: .naive, timing: naive)
        let others = algorithms.filter {
            $0 != .naive && $0.supports(geometry)
                && Convolution(geometry, algorithm: $0).algorithm(for: pass) == $0
        }
        return [naiveRow]
            + others.map { algorithm in
                var actual = Tensor.zeros(expected.shape)
                run(pass, Convolution(single, algorithm: algorithm), into: &actual)
                var result = Tensor.zeros([resultCount(pass, geometry)])
                let timing = Timing(repetitions: repetitions) {
                    run(pass, Convolution(geometry, algorithm: algorithm), into: &result)
                }
                return ConvolutionRow(
                    model: model, layer: layer, geometry: geometry, pass: pass, algorithm: algorithm,
                    timing: timing, speedUp: naive.median * Double(geometry.batch) / timing.median,
                    difference: actual.maximumDifference(from: expected) / scale)
            }
    }

    private func resultCount(_ pass: ConvolutionPass, _ geometry: ConvolutionGeometry) -> Int {
        switch pass {
        case .forward: geometry.outputCount
        case .data: geometry.inputCount
        case .weights: geometry.weightCount
        }
    }

    private func run(_ pass: ConvolutionPass, _ convolution: Convolution, into result: inout Tensor) {
        result.withUnsafeMutableScalars { result in
            guard let out = result.baseAddress else { return }
            x.withUnsafeScalars { x in
                w.withUnsafeScalars { w in
                    dy.withUnsafeScalars { dy in
                        guard let x = x.baseAddress, let w = w.baseAddress, let dy = dy.baseAddress else {
                            return
                        }
                        switch pass {
                        case .forward: convolution.forward(x, w, bias: nil, into: out)
                        case .data: convolution.dataGradient(dy, w, into: out)
                        case .weights: convolution.weightGradient(x, dy, into: out)
                        }
                    }
                }
            }
        }
    }
}
