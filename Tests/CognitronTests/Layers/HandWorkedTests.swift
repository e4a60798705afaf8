import Testing

@testable import Cognitron

/// The worked examples of convolution courses: numbers small enough to check on paper.
@Suite("Layers by hand")
struct HandWorkedTests {
    /// A layer's output and the gradients that an output gradient of ones gives.
    private func run(
        _ layer: any Layer, _ x: Tensor, _ pass: Pass = .training, _ values: [Tensor] = []
    ) throws -> (y: Tensor, dx: Tensor) {
        var context = BuildContext(path: "layer")
        _ = try layer.build(x.shape.sample, &context)
        for (parameter, value) in zip(layer.parameters, values) { parameter.value = value }
        let (y, pullback) = layer.forward(x, pass)
        return (y, pullback(.ones(y.shape)))
    }

    @Test("A 4×4 input, a 3×3 filter, padding 1, stride 2 and a bias of 3")
    func convolution() throws {
        let x = Tensor((1...16).map { Float($0) }, shape: [1, 4, 4, 1])
        let filter: Tensor = [[1, 0, -1], [2, 0, -2], [1, 0, -1]]
        let layer = Conv2D(1, kernelSize: 3, strides: 2, padding: .explicit(1))
        let (y, dx) = try run(layer, x, .training, [filter.reshaped([3, 3, 1, 1]), [3]])
        // Top left: −(2·2 + 6) + 3; top right: 2·(2 − 4) + (6 − 8) + 3; below: all three rows count.
        #expect(y.reshaped([2, 2]) == [[-7, -3], [-37, -5]])
        #expect(layer.bias.gradient == [4])
        // dw[a][b] is the sum of the pixels that tap (a, b) met.
        #expect(layer.kernel.gradient.reshaped([3, 3]) == [[6, 12, 14], [12, 24, 28], [20, 40, 44]])
        // dx at (1, 1) is seen by all four windows: by their corners 1 − 1 + 1 − 1.
        #expect(dx[0, 1, 1, 0] == 0)
        #expect(dx[0, 0, 0, 0] == 0 && dx[0, 0, 1, 0] == 2 - 2 && dx[0, 0, 3, 0] == -2)
    }

    @Test("'same' padding with stride 2 puts the odd pixel at the end")
    func samePadding() throws {
        let x = Tensor((1...4).map { Float($0) }, shape: [1, 1, 4, 1])
        let layer = Conv2D(1, kernelSize: [1, 3], strides: 2, padding: .same, useBias: false)
        let (y, _) = try run(layer, x, .training, [Tensor([1, 10, 100], shape: [1, 3, 1, 1])])
        #expect(y.scalars == [321, 43])
    }

    @Test("Two groups: each filter sees two of the four channels")
    func groups() throws {
        let x = Tensor([1, 2, 3, 4, 5, 6, 7, 8], shape: [1, 1, 2, 4])
        let layer = Conv2D(2, kernelSize: 1, groups: 2)
        // The first filter is 1 and 10 on the first two channels, the other 2 and 20 on the last two, with a
        // bias of 100.
        let kernel = Tensor([1, 2, 10, 20], shape: [1, 1, 2, 2])
        let (y, dx) = try run(layer, x, .training, [kernel, [0, 100]])
        #expect(y.scalars == [21, 186, 65, 274])
        #expect(layer.kernel.gradient.scalars == [6, 10, 8, 12])
        #expect(layer.bias.gradient == [2, 2])
        #expect(dx.scalars == [1, 10, 2, 20, 1, 10, 2, 20])
    }

    @Test("A depthwise convolution: two filters for each of two channels, which it does not mix")
    func depthwise() throws {
        let x = Tensor([1, 10, 2, 20, 3, 30], shape: [1, 1, 3, 2])
        let layer = DepthwiseConv2D(kernelSize: [1, 2], depthMultiplier: 2)
        // Tap 0 has weights 1, 2 for the first channel and 3, 4 for the second; tap 1 has 5, 6 and 7, 8.
        let kernel = Tensor((1...8).map { Float($0) }, shape: [1, 2, 2, 2])
        let (y, dx) = try run(layer, x, .training, [kernel, [0, 0, 0, 1000]])
        #expect(y.shape == [1, 1, 2, 4])
        // 1·1 + 2·5, 1·2 + 2·6, 10·3 + 20·7, 10·4 + 20·8 + 1000; one pixel on, the same of 2, 3, 20 and 30.
        #expect(y.scalars == [11, 14, 170, 1200, 17, 22, 270, 1320])
        #expect(layer.kernel.gradient.scalars == [3, 3, 30, 30, 5, 5, 50, 50])
        #expect(layer.bias.gradient == [2, 2, 2, 2])
        #expect(dx.scalars == [3, 7, 14, 22, 11, 15])
        // Two taps for each of 2 · 4 outputs.
        #expect(layer.multiplyAdds(inputs: [[1, 3, 2]], outputs: [[1, 2, 4]]) == 16)
        let inGroups = Conv2D(4, kernelSize: 3, groups: 2)
        #expect(inGroups.multiplyAdds(inputs: [[3, 3, 6]], outputs: [[1, 1, 4]]) == 9 * 3 * 4)
    }

    @Test("A dense layer on two samples")
    func dense() throws {
        let layer = Dense(2, activation: .relu)
        let (y, dx) = try run(layer, [[1, 2], [3, -4]], .training, [[[1, -1], [2, 0.5]], [0.5, 1]])
        #expect(y == [[5.5, 1], [0, 0]])
        #expect(layer.kernel.gradient == [[1, 1], [2, 2]])
        #expect(layer.bias.gradient == [1, 1])
        #expect(dx == [[0, 2.5], [0, 0]])
    }

    @Test("Max pooling passes the gradient to the maximum, average pooling shares it")
    func pooling() throws {
        let x = Tensor([1, 3, 2, 4, 5, 6, 8, 7, 3, 2, 1, 0, 1, 2, 3, 4], shape: [1, 4, 4, 1])
        let largest = try run(MaxPooling2D(), x)
        #expect(largest.y.scalars == [6, 8, 3, 4])
        #expect(largest.dx.scalars == [0, 0, 0, 0, 0, 1, 1, 0, 1, 0, 0, 0, 0, 0, 0, 1])
        let mean = try run(AveragePooling2D(), x)
        #expect(mean.y.scalars == [3.75, 5.25, 2, 2])
        #expect(mean.dx == Tensor(repeating: 0.25, shape: [1, 4, 4, 1]))
        let norm = try run(LpPooling2D(p: 2, poolSize: 2), Tensor([3, 4, 0, 0], shape: [1, 2, 2, 1]))
        #expect(norm.y.scalars == [5])
        #expect(norm.dx.isClose(to: Tensor([0.6, 0.8, 0, 0], shape: [1, 2, 2, 1])))
    }

    @Test("Batch normalisation of four numbers, and the statistics it moves")
    func batchNormalization() throws {
        let layer = BatchNormalization(epsilon: 1e-9)
        let x: Tensor = [[1], [2], [3], [4]]  // mean 2.5, variance 1.25
        let (y, dx) = try run(layer, x, .training, [[2], [10]])
        let deviation = Float(1.25).squareRoot()
        #expect(y.isClose(to: (x - 2.5) * (2 / deviation) + 10, absolute: 1e-5))
        #expect(layer.movingMean.value.isClose(to: [0.025]))
        #expect(layer.movingVariance.value.isClose(to: [1.0025]))
        #expect(layer.beta.gradient == [4])
        #expect(abs(layer.gamma.gradient.scalar) < 1e-6)
        #expect(dx.isClose(to: .zeros([4, 1]), absolute: 1e-5))  // a common shift is taken off again
        let inference = layer.forward(x, .inference).output
        let scale = 2 / layer.movingVariance.value.scalar.squareRoot()
        #expect(inference.isClose(to: (x - 0.025) * scale + 10, absolute: 1e-5))
    }

    @Test(
        "A frozen batch normalisation works with its moving statistics in training, and they rest",
        arguments: 0..<4)
    func frozenBatchNormalization(_ way: Int) throws {
        let layer =
            way == 3 ? BatchNormalization(center: false, scale: false) : BatchNormalization(epsilon: 1e-9)
        let x: Tensor = [[1], [2], [3], [4]]
        if way == 0 { layer.isTrainable = false }  // before the parameters are declared
        _ = try run(layer, x, .inference)
        if way == 1 { for parameter in layer.trainableParameters { parameter.isTrainable = false } }
        if way == 2 { for parameter in layer.parameters { parameter.isTrainable = false } }
        if way == 3 { layer.isTrainable = false }
        #expect(way == 1 || !layer.isTrainable)
        for parameter in layer.parameters { parameter.clearGradient() }
        layer.movingMean.value = [2]
        layer.movingVariance.value = [4]
        if way < 3 { layer.gamma.value = [6] }
        let (y, pullback) = layer.forward(x, .training)
        let factor: Float = way == 3 ? 1 / Float(4.001).squareRoot() : 3
        #expect(y.isClose(to: (x - 2) * factor))
        #expect(pullback(x).isClose(to: x * factor))
        #expect(layer.movingMean.value == [2] && layer.movingVariance.value == [4])
        #expect(layer.gamma.gradient.sum() == 0)
        layer.isTrainable = true
        _ = layer.forward(x, .training)
        #expect(layer.movingMean.value.isClose(to: [2.005]))
        #expect(!layer.movingMean.isTrainable)
    }

    @Test("Dropout keeps the mean, drops the same elements on the way back, and rests in inference")
    func dropout() throws {
        let x = Tensor.ones([100, 100])
        let (y, dx) = try run(Dropout(0.25), x)
        #expect(y == dx)
        #expect(Set(y.scalars) == [0, Float(4) / 3])
        #expect(abs(y.mean() - 1) < 0.03)
        #expect(try run(Dropout(0.25), x, .inference).y == x)
    }

    @Test("Zero padding, reshaping, flattening and global pooling move numbers where they belong")
    func shaping() throws {
        let x = Tensor((1...8).map { Float($0) }, shape: [1, 2, 2, 2])
        let padded = try run(ZeroPadding2D(top: 1, bottom: 0, left: 0, right: 2), x)
        #expect(padded.y.shape == [1, 3, 4, 2])
        #expect(padded.y[0, 1, 0, 1] == 2 && padded.y[0, 2, 1, 0] == 7 && padded.y.sum() == 36)
        #expect(padded.dx == .ones([1, 2, 2, 2]))
        #expect(try run(Flatten(), x).y == x.reshaped([1, 8]))
        #expect(try run(Reshape([4, -1]), x).y == x.reshaped([1, 4, 2]))
        #expect(try run(Reshape(4, -1), x).y == x.reshaped([1, 4, 2]))
        #expect(try run(GlobalAveragePooling2D(), x).y == [[4, 5]])
        #expect(try run(GlobalMaxPooling2D(), x).y == [[7, 8]])
        #expect(try run(GlobalMaxPooling2D(), x).dx.scalars == [0, 0, 0, 0, 0, 0, 1, 1])
    }
}
