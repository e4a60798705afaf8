import Foundation
import Testing

@testable import Cognitron

@Suite("GaussianSampling: the code of a variational autoencoder")
struct SamplingTests {
    @Test("The divergence is PyTorch's, and so is its gradient", arguments: try GoldenCase.all("sampling"))
    func golden(_ golden: GoldenCase) throws {
        struct Arguments: Decodable { var weight: Float }
        let layer = GaussianSampling(weight: try golden.configuration(Arguments.self).weight)
        try expectGolden(layer, golden, tolerance: 2e-6)
        let losses = LayerLosses()
        _ = layer.forward(
            inputs: [try golden["x0"], try golden["x1"]], .inference.collecting(losses))
        #expect(abs(losses.total / (try golden["loss"].scalar) - 1) < 1e-5)
    }

    @Test("The divergence by hand: 0 of a standard normal, and so much for each shift and each variance")
    func byHand() throws {
        // ½ (μ² + σ² − 1 − ln σ²), summed over two numbers, the mean over two samples. The logarithms of the
        // variances 4 and ¼ cancel.
        let rows: [(mean: [Float], logVariance: [Float], loss: Float)] = [
            ([0, 0, 0, 0], [0, 0, 0, 0], 0),
            ([1, 0, 0, 3], [0, 0, 0, 0], (0.5 + 4.5) / 2),
            ([0, 0, 0, 0], [log(4), 0, 0, log(0.25)], 0.5625),
        ]
        for row in rows {
            let losses = LayerLosses()
            let inputs = [Tensor(row.mean, shape: [2, 2]), Tensor(row.logVariance, shape: [2, 2])]
            let output = GaussianSampling().forward(inputs, .inference.collecting(losses)).output
            #expect(abs(losses.total - row.loss) < 1e-6)
            #expect(output == inputs[0], "the mean where there is no training")
        }
    }

    @Test("Draws have the mean and the variance of the inputs, and other numbers each time")
    func draws() throws {
        let layer = GaussianSampling(seed: 3)
        let (mean, deviation): (Float, Float) = (2, 0.5)
        let inputs = [mean, log(deviation * deviation)].map { Tensor(repeating: $0, shape: [5_000, 2]) }
        let first = layer.forward(inputs, .training).output
        #expect(abs(first.mean() - mean) < 0.02)
        #expect(abs((first - mean).squared.mean().squareRoot() - deviation) < 0.01)
        #expect(layer.forward(inputs, .training).output != first)
        #expect(GaussianSampling(seed: 3).forward(inputs, .training).output == first)
    }

    @Test("Inputs that do not fit are refused")
    func refusals() throws {
        let (mean, other) = (Input(3), Input(2))
        let shapes = errorText {
            _ = try Model(inputs: [mean, other], outputs: GaussianSampling()(mean, other))
        }
        #expect(shapes.contains("needs a mean and the logarithm of a variance for each number"), "\(shapes)")
        let weight = errorText {
            _ = try Model(inputs: mean, outputs: GaussianSampling(weight: -1)(mean, mean))
        }
        #expect(weight.contains("invalid weight"), "\(weight)")
    }
}
