import Cognitron
import Testing

/// What shifting a picture does to the layers of a convolutional network.
@Suite("Shifted pictures")
struct TranslationTests {
    /// Noise in the middle of black pictures, so that shifts by a few pixels lose nothing: (1, 16, 16, 1).
    private static let picture = Tensor.randomUniform([1, 6, 6, 1], seed: 1)
        .padded([(0, 0), (5, 5), (5, 5), (0, 0)])

    private func shifted(_ x: Tensor, _ rows: Int, _ columns: Int) -> Tensor {
        x.rolled(by: rows, axis: 1).rolled(by: columns, axis: 2)
    }

    private func output(_ layer: any Layer, _ x: Tensor) throws -> Tensor {
        let model = Sequential([layer])
        try model.build(x.shape.sample)
        return try model.predict(x)
    }

    @Test(
        "Convolution is equivariant: the response to a shifted picture is the shifted response",
        arguments: [(1, 0), (0, 2), (-3, 1)])
    func equivariance(rows: Int, columns: Int) throws {
        let layer = Conv2D(3, kernelSize: 5, padding: .same, activation: .relu)
        let response = try output(layer, Self.picture)
        let after = try output(layer, shifted(Self.picture, rows, columns))
        #expect(after.isClose(to: shifted(response, rows, columns)))
    }

    @Test("Pooling of the whole image is invariant, whatever the shift")
    func globalInvariance() throws {
        let convolution = Conv2D(3, kernelSize: 3, padding: .same)
        let model = Sequential([convolution, GlobalMaxPooling2D()])
        try model.build([16, 16, 1])
        let response = try model.predict(Self.picture)
        for (rows, columns) in [(1, 0), (-3, 2), (4, -4)] {
            #expect(try model.predict(shifted(Self.picture, rows, columns)).isClose(to: response))
        }
    }

    @Test("Max pooling is invariant locally: a point that moves within its window changes nothing")
    func localInvariance() throws {
        var changes = 0
        for (rows, columns) in [(0, 0), (0, 1), (1, 0), (1, 1), (2, 0)] {
            var point = Tensor.zeros([1, 8, 8, 1])
            point[0, 4 + rows, 2 + columns, 0] = 1
            var expected = Tensor.zeros([1, 4, 4, 1])
            expected[0, 2, 1, 0] = 1
            if try output(MaxPooling2D(poolSize: 2), point) != expected { changes += 1 }
        }
        // Only the point that left its window.
        #expect(changes == 1)
    }

    @Test("A shift by one pixel changes pooled responses less than the responses themselves")
    func smallerChanges() throws {
        let x = Tensor.randomUniform([8, 32, 32, 1], seed: 2)
        let smooth = try output(AveragePooling2D(poolSize: 5, strides: 1, padding: .same), x)
        func change(_ layer: any Layer) throws -> Float {
            let (a, b) = (try output(layer, smooth), try output(layer, smooth.rolled(by: 1, axis: 2)))
            return (a - b).squared.mean() / a.squared.mean()
        }
        #expect(try change(MaxPooling2D(poolSize: 4)) < change(Identity()))
    }

    @Test("Max pooling and a convolution with the same stride give the same sizes; only one has weights")
    func stridedConvolution() throws {
        let x = Tensor.randomUniform([1, 9, 8, 2], seed: 3)
        let (pooling, convolution) = (MaxPooling2D(poolSize: 2), Conv2D(2, kernelSize: 2, strides: 2))
        #expect(try output(pooling, x).shape == output(convolution, x).shape)
        #expect(pooling.parameters.isEmpty && convolution.parameters.count == 2)
        // The convolution can take the mean, or one corner, but not the maximum.
        convolution.kernel.value = Tensor(
            (0..<16).map { (at: Int) -> Float in at / 2 % 2 == at % 2 ? 0.25 : 0 }, shape: [2, 2, 2, 2])
        convolution.bias.value = [0, 0]
        #expect(
            try output(convolution, x).isClose(to: output(AveragePooling2D(poolSize: 2), x), absolute: 1e-6))
        #expect(try output(convolution, -x).isClose(to: -output(convolution, x)))
        #expect(try output(pooling, -x) != -output(pooling, x))
    }
}
