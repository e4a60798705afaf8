import Cognitron
import CognitronKernels
import CognitronModels

extension ConvolutionProblem {
    /// Times the algorithms that support the pass. The naive one, a hundred times slower, runs on one image,
    /// which is also the reference for the others' results.
    func measure(
        _ pass: ConvolutionPass, _ algorithms: [ConvolutionAlgorithm], _ repetitions: Int, model: ModelName,
        layer: String
    ) -> [ConvolutionRow] {
        var single = geometry
        single.batch = 1
        var expected = Tensor.zeros([single.resultCount(of: pass)])
        let naive = Timing(repetitions: 1) {
            run(pass, by: Convolution(single, algorithm: .naive), into: &expected)
        }
        let naiveRow = ConvolutionRow(
            model: model, layer: layer, geometry: single, pass: pass, algorithm: .naive, timing: naive)
        let others = algorithms.filter {
            $0 != .naive && $0.supports(geometry)
                && Convolution(geometry, algorithm: $0).algorithm(for: pass) == $0
        }
        return [naiveRow]
            + others.map { algorithm in
                var actual = Tensor.zeros(expected.shape)
                run(pass, by: Convolution(single, algorithm: algorithm), into: &actual)
                var result = Tensor.zeros([geometry.resultCount(of: pass)])
                let timing = Timing(repetitions: repetitions) {
                    run(pass, by: Convolution(geometry, algorithm: algorithm), into: &result)
                }
                return ConvolutionRow(
                    model: model, layer: layer, geometry: geometry, pass: pass, algorithm: algorithm,
                    timing: timing, speedUp: naive.median * Double(geometry.batch) / timing.median,
                    difference: relativeDifference(actual, expected, pass))
            }
    }

    /// The largest difference, relative to the largest result; NaN if any difference is NaN. For both
    /// gradients of one image, the larger of the two.
    private func relativeDifference(
        _ actual: Tensor, _ expected: Tensor, _ pass: ConvolutionPass
    ) -> Float {
        let count = expected.shape[0]
        let end = pass == .both ? count - geometry.weightCount : count
        let differences = [0..<end, end..<count].map { part in
            let scale = expected[part].scalars.reduce(Float.leastNormalMagnitude) { max($0, abs($1)) }
            return actual[part].maximumDifference(from: expected[part]) / scale
        }
        return differences.first(where: \.isNaN) ?? max(differences[0], differences[1])
    }

    private func run(_ pass: ConvolutionPass, by convolution: Convolution, into result: inout Tensor) {
        result.withUnsafeMutableScalars {
            guard let out = $0.baseAddress else { return }
            run(pass, by: convolution, into: out)
        }
    }
}
