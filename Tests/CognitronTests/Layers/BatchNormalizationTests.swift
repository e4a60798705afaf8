import Testing

@testable import Cognitron

@Suite("Batch normalisation of large numbers")
struct BatchNormalizationTests {
    /// Numbers whose multiples are rounded, and one whose neighbours are 1024 apart.
    static let constants: [Float] = [1000.3, 65535.7, 1e10, -0.1, 0]

    /// More rows than a block of the statistics has, no multiple of 4; whole vectors and a rest.
    static let shapes: [Shape] = [[3, 2, 2, 11], [1, 2, 2, 8], [5, 18, 14, 19]]

    private func layer(_ shape: Shape, center: Bool = true, momentum: Float = 0.99) throws
        -> BatchNormalization
    {
        let layer = BatchNormalization(momentum: momentum, center: center)
        var context = BuildContext(path: "layer")
        _ = try layer.build(shape.sample, &context)
        layer.gamma.value = Tensor.randomUniform([shape[3]], in: -2..<2, seed: 1)
        if center { layer.beta.value = beta(shape) }
        return layer
    }

    private func beta(_ shape: Shape) -> Tensor { .randomUniform([shape[3]], in: -1..<1, seed: 2) }

    @Test("Equal numbers are normalised to beta, to the last bit", arguments: constants, shapes)
    func equalNumbers(_ constant: Float, _ shape: Shape) throws {
        let x = Tensor(repeating: constant, shape: shape)
        let beta = Tensor.zeros(shape) + beta(shape)
        #expect(try layer(shape).forward(x, .training).output == beta)
        #expect(try layer(shape, center: false).forward(x, .training).output == .zeros(shape))
        #expect(try layer(shape).forward(x, .training, isRectified: true).output == beta.relu)
        let residual = Tensor.randomUniform(shape, seed: 3)
        #expect(
            try layer(shape).forward(x, plus: residual, .training).output == (beta + residual).relu)
        let small = Tensor.zeros([shape[0], shape[1] / 2, shape[2] / 2, shape[3]]) + self.beta(shape)
        #expect(try layer(shape).forwardPooled(x, .training, isRectified: false).output == small)
        #expect(try layer(shape).forwardPooled(x, .training, isRectified: true).output == small.relu)
    }

    @Test("Inference normalises the moving mean to beta, to the last bit", arguments: constants, shapes)
    func inference(_ constant: Float, _ shape: Shape) throws {
        let x = Tensor(repeating: constant, shape: shape)
        let layer = try layer(shape, momentum: 0)
        _ = layer.forward(x, .training)
        #expect(layer.movingMean.value == Tensor(repeating: constant, shape: [shape[3]]))
        #expect(layer.movingVariance.value == .zeros([shape[3]]))
        #expect(layer.forward(x, .inference).output == Tensor.zeros(shape) + beta(shape))
    }

    @Test("The gradient of equal numbers is that of their differences", arguments: constants, shapes)
    func gradient(_ constant: Float, _ shape: Shape) throws {
        let layer = try layer(shape)
        let dy = Tensor.randomUniform(shape, seed: 4)
        let dx = layer.forward(Tensor(repeating: constant, shape: shape), .training).pullback(dy)
        #expect(layer.gamma.gradient == .zeros([shape[3]]))
        let factor = layer.gamma.value / layer.epsilon.squareRoot()
        #expect(dx.isClose(to: (dy - dy.mean(axes: [0, 1, 2])) * factor, absolute: 1e-4))
    }

    @Test("Numbers that differ little beside their size keep their differences", arguments: shapes)
    func largeMean(_ shape: Shape) throws {
        let x = Tensor.randomUniform(shape, in: -0.5..<0.5, seed: 5) + 4000
        let layer = try layer(shape)
        let y = layer.forward(x, .training).output
        let (rows, channels) = (shape.elementCount / shape[3], shape[3])
        for c in 0..<channels {
            let column = (0..<rows).map { Double(x.scalars[$0 * channels + c]) }
            let mean = column.reduce(0, +) / Double(rows)
            let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(rows)
            let factor =
                Double(layer.gamma.value.scalars[c]) / (variance + Double(layer.epsilon)).squareRoot()
            for row in 0..<rows {
                let expected = (column[row] - mean) * factor + Double(layer.beta.value.scalars[c])
                // The mean as a Float is off by up to 2⁻¹³ = 1.2e-4.
                #expect(abs(Double(y.scalars[row * channels + c]) - expected) < 2e-6 * (1 + abs(factor)))
            }
        }
    }

    @Test("The gradients of large numbers are those of their differences from the mean", arguments: shapes)
    func largeMeanGradient(_ shape: Shape) throws {
        let (large, small) = (try layer(shape), try layer(shape))
        // The same numbers in steps of 2⁻¹², exact with and without the 4000.
        let centered = Tensor.randomUniform(shape, in: -0.5..<0.5, seed: 5).map {
            ($0 * 4096).rounded() / 4096
        }
        let dy = Tensor.randomUniform(shape, seed: 6)
        let dx = large.forward(centered + 4000, .training).pullback(dy)
        let expected = small.forward(centered, .training).pullback(dy)
        let scale = expected.absolute.max()
        #expect(dx.maximumDifference(from: expected) < 1e-5 * scale)
        #expect(
            large.gamma.gradient.isClose(
                to: small.gamma.gradient, absolute: 1e-5 * Float(shape.elementCount).squareRoot()))
    }

    @Test(
        "Pooling passes the gradient to the first pixel where gamma is 0, to the smallest where it is negative"
    )
    func pooledDirections() throws {
        let layer = try layer([1, 2, 2, 3])
        layer.gamma.value = [0, -1, 1]
        let x = Tensor([1, 1, 1, 3, 3, 3, 0, 0, 0, 2, 2, 2], shape: [1, 2, 2, 3])
        let (fused, pullback) = layer.forwardPooled(x, .inference, isRectified: false)
        let plain = layer.forward(x, .inference)
        let (pooled, unpool) = MaxPooling2D().forward(plain.output, .inference)
        let dy = Tensor.ones([1, 1, 1, 3])
        #expect(fused.isClose(to: pooled))
        #expect(pullback(dy).isClose(to: plain.pullback(unpool(dy))))
    }
}

extension Tensor {
    fileprivate var relu: Tensor { Tensor(scalars.map { Swift.max(0, $0) }, shape: shape) }
}
