import Foundation
import Testing

@testable import Cognitron

@Suite("Normalisation layers")
struct NormalizationLayerTests {
    private func built<L: AnyLayer>(_ layer: L, _ input: Shape) throws -> L {
        var context = BuildContext(path: "layer")
        _ = try layer.build(inputs: [input], &context)
        return layer
    }

    @Test("Layer normalisation of four numbers, by hand")
    func layerNormalization() throws {
        let layer = try built(LayerNormalization(epsilon: 0.75), [4])
        layer.gamma.value = [1, 2, 3, 4]
        layer.beta.value = [0, 0, 0, 10]
        // Mean 2.5, variance 1.25: a deviation of √2.
        let root = Float(2).squareRoot()
        let (y, pullback) = layer.forward([[1, 2, 3, 4]], .training)
        let normalized = [-1.5 / root, -1 / root, 1.5 / root, 10 + 6 / root]
        #expect(y.isClose(to: Tensor(normalized, shape: [1, 4])))
        let dx = pullback([[1, 0, 0, 0]])
        #expect(layer.beta.gradient == [1, 0, 0, 0])
        #expect(layer.gamma.gradient.isClose(to: Tensor([-1.5 / root, 0, 0, 0])))
        // g = 1 0 0 0; mean(g) = 1/4, mean(g · x̂) = −1.5 / √2 / 4.
        let slope = -1.5 / root / 4
        let hats: [Float] = [-1.5 / root, -0.5 / root, 0.5 / root, 1.5 / root]
        let g: [Float] = [1, 0, 0, 0]
        let expected = zip(hats, g).map { hat, g -> Float in (g - 0.25 - hat * slope) / root }
        #expect(dx.isClose(to: Tensor(expected, shape: [1, 4])))
    }

    @Test(
        "Rows of any length and number give the same bits with any number of threads, and equal numbers beta")
    func rows() throws {
        for shape: Shape in [[70, 33], [3, 5000], [1, 1], [2, 8]] {
            let layer = try built(LayerNormalization(scale: false), shape.sample)
            layer.beta.value = .randomNormal(layer.beta.shape, seed: 1)
            let y = layer.forward(Tensor(repeating: 1000.3, shape: shape), .training).output
            #expect(y == Tensor.zeros(shape) + layer.beta.value)
        }
    }

    @Test("The largest singular value becomes 1, in training only, and a checkpoint keeps the vector")
    func spectralNormalization() throws {
        let dense = Dense(2, useBias: false)
        let layer = try built(SpectralNormalization(dense, powerIterations: 30), [2])
        dense.kernel.value = [[3, 0], [0, 4]]
        layer.vectorU.value = [[0.6, 0.8]]
        let x: Tensor = [[1, 1]]
        #expect(layer.forward(inputs: [x], .inference).outputs[0] == [[3, 4]])
        let (outputs, pullback) = layer.forward(inputs: [x], .training)
        #expect(outputs[0].isClose(to: [[0.75, 1]]))
        #expect(dense.kernel.value.isClose(to: [[0.75, 0], [0, 1]]))
        #expect(layer.vectorU.value.isClose(to: [[0, 1]], absolute: 1e-3))
        #expect(pullback([[[1, 1]]])[0].isClose(to: [[0.75, 1]]))
        #expect(dense.kernel.gradient == [[1, 1], [1, 1]])
        #expect(layer.allParameters.map(\.name) == ["layer/vector_u", "layer/layer/kernel"])
        #expect(layer.vectorU.isStatistic)
    }

    @Test("A step that fails puts back the kernel that spectral normalisation has divided")
    func failedStep() throws {
        let dense = Dense(2)
        let model = Sequential([Input(2), SpectralNormalization(dense)])
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
        let before = model.parameters.map(\.value)
        let x = Tensor(repeating: .greatestFiniteMagnitude, shape: [2, 2])
        #expect(throws: CognitronError.self) { try model.trainOnBatch(x, .zeros([2, 2])) }
        #expect(model.parameters.map(\.value) == before)
        try model.trainOnBatch(.ones([2, 2]), .zeros([2, 2]))
        #expect(dense.kernel.value != before[1] && dense.kernel.value != before[2])
    }

    @Test("Batch statistics of sequences with a mask are those of the steps that count")
    func maskedBatch() throws {
        let x = Tensor.randomNormal([3, 4, 5], seed: 1)
        let mask: Tensor = [[1, 1, 0, 0], [1, 0, 1, 1], [0, 0, 0, 0]]
        let counting = x.reshaped([12, 5]).gathering([0, 1, 4, 6, 7], axis: 0)
        let (masked, plain) = (
            try built(BatchNormalization(), [4, 5]), try built(BatchNormalization(), [5])
        )
        let (y, pullback) = masked.forward(x, .training.masking([mask]))
        let (expected, plainPullback) = plain.forward(counting, .training)
        #expect(
            y.reshaped([12, 5]).gathering([0, 1, 4, 6, 7], axis: 0).isClose(to: expected, absolute: 1e-6))
        #expect(masked.movingMean.value.isClose(to: plain.movingMean.value))
        #expect(masked.movingVariance.value.isClose(to: plain.movingVariance.value))
        // A gradient that reaches the counting steps alone is that of a batch of them.
        let dy = Tensor.randomNormal([12, 5], seed: 2) * mask.reshaped([12, 1])
        let dx = pullback(dy.reshaped([3, 4, 5]))
        let expectedGradient = plainPullback(dy.gathering([0, 1, 4, 6, 7], axis: 0))
        #expect(
            dx.reshaped([12, 5]).gathering([0, 1, 4, 6, 7], axis: 0).isClose(
                to: expectedGradient, absolute: 1e-5))
        #expect(masked.gamma.gradient.isClose(to: plain.gamma.gradient, absolute: 1e-5))
        #expect(dx[2].sum() == 0)
        // Of a batch of which nothing counts, mean and variance are 0.
        let nothing = masked.forward(x, .training.masking([.zeros([3, 4])])).output
        #expect(nothing.isClose(to: x / masked.epsilon.squareRoot(), absolute: 1e-3))
    }

    @Test("The gradient through masked statistics equals finite differences")
    func maskedGradient() throws {
        let x = Tensor.randomNormal([2, 3, 2], seed: 3)
        let mask: Tensor = [[1, 1, 0], [1, 0, 1]]
        let weighting = Tensor.randomNormal(x.shape, seed: 4)
        let layer = try built(BatchNormalization(), [3, 2])
        func value(_ x: Tensor) -> Float {
            (layer.forward(x, .training.masking([mask])).output * weighting).sum()
        }
        let dx = layer.forward(x, .training.masking([mask])).pullback(weighting)
        for index in 0..<x.count {
            var (more, less) = (x.scalars, x.scalars)
            more[index] += 0.01
            less[index] -= 0.01
            let slope = (value(Tensor(more, shape: x.shape)) - value(Tensor(less, shape: x.shape))) / 0.02
            #expect(abs(slope - dx.scalars[index]) < 5e-3, "element \(index)")
        }
    }

    @Test("Files keep what is not the default, and read what older ones leave out")
    func files() throws {
        let old = #"{"momentum": 0.9, "epsilon": 0.001, "center": true, "scale": false}"#
        let read = try JSONDecoder().decode(BatchNormalization.self, from: Data(old.utf8))
        #expect(read.axis == -1 && !read.renorm && read.arguments.gammaInitializer == .ones)
        let layer = BatchNormalization(
            axis: 1, betaInitializer: .ones, renorm: true, renormClipping: RenormClipping(dmax: 2),
            renormMomentum: 0.5)
        let again = try JSONDecoder().decode(
            BatchNormalization.self, from: JSONEncoder().encode(layer)
        ).arguments
        #expect(again.axis == 1 && again.betaInitializer == .ones && again.renormClipping?.dmax == 2)
        #expect(again.renorm && again.renormMomentum == 0.5)
    }

    @Test("Arguments out of range are named")
    func arguments() {
        let cases: [(any AnyLayer, Shape, String)] = [
            (LayerNormalization(axis: 0), [4, 3], "invalid axis; expected different axes from 1 to 2"),
            (LayerNormalization(axis: [1, -2]), [4, 3], "invalid axis"),
            (LayerNormalization(epsilon: 0), [4], "invalid epsilon"),
            (GroupNormalization(groups: 4), [4, 6], "invalid groups; expected a divisor of the 6 channels"),
            (GroupNormalization(groups: 0), [4, 6], "invalid groups"),
            (GroupNormalization(groups: 2, axis: 3), [4, 6], "invalid axis"),
            (RMSNormalization(axis: 2), [4], "invalid axis"),
            (UnitNormalization(axis: [Int]()), [4], "invalid axis"),
            (BatchNormalization(axis: 2), [4], "invalid axis"),
            (
                BatchNormalization(renorm: true, renormClipping: RenormClipping(rmin: 2, rmax: 1)), [4],
                "invalid renormClipping"
            ),
            (BatchNormalization(renormMomentum: 2), [4], "invalid renormMomentum"),
            (LocalResponseNormalization(size: 0), [4], "invalid size"),
            (LocalResponseNormalization(alpha: -1), [4], "invalid alpha"),
            (LocalResponseNormalization(k: 0), [4], "invalid k"),
            (SpectralNormalization(ReLU()), [4], "has no kernel"),
            (SpectralNormalization(Dense(2), powerIterations: 0), [4], "invalid powerIterations"),
        ]
        for (layer, input, expected) in cases {
            let text = errorText {
                var context = BuildContext(path: "layer")
                _ = try layer.build(inputs: [input], &context)
            }
            #expect(text.contains(expected), "\(text)")
        }
    }
}
