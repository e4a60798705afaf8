import Cognitron
import CognitronKernels
import CognitronModels

/// Random operands of one convolution, and its three passes by any algorithm.
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

    /// Both algorithms timed. The naive one, a hundred times slower, gets one image; that is also what the two are
    /// compared on.
    func measure(
        _ pass: ConvolutionPass, _ repetitions: Int, model: ModelName, layer: String
    ) -> ConvolutionRow {
        var single = geometry
        single.batch = 1
        var expected = Tensor.zeros([resultCount(pass, single)])
        var actual = expected
        let naiveTiming = Timing(repetitions: 1) {
            run(pass, .init(single, algorithm: .naive), into: &expected)
        }
        run(pass, .init(single, algorithm: .im2col), into: &actual)
        var result = Tensor.zeros([resultCount(pass, geometry)])
        let timing = Timing(repetitions: repetitions) {
            run(pass, .init(geometry, algorithm: .im2col), into: &result)
        }
        let scale = expected.scalars.reduce(Float.leastNormalMagnitude) { max($0, abs($1)) }
        let prefix = "conv/\(model.rawValue)/\(layer)"
        return ConvolutionRow(
            model: model, layer: layer, geometry: geometry, pass: pass,
            naive: Figure("\(prefix)/naive/\(pass.rawValue)", "GFLOP/s", amount: flops(single), naiveTiming),
            im2col: Figure("\(prefix)/im2col/\(pass.rawValue)", "GFLOP/s", amount: flops(geometry), timing),
            milliseconds: timing.median * 1e3, difference: actual.maximumDifference(from: expected) / scale)
    }

    private func flops(_ geometry: ConvolutionGeometry) -> Double { 2e-9 * Double(geometry.multiplyAdds) }

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
