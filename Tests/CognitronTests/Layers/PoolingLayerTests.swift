import Testing

@testable import Cognitron

@Suite("Pooling layers")
struct PoolingLayerTests {
    private func run(_ layer: any Layer, _ x: Tensor, _ dy: Tensor? = nil) throws -> (y: Tensor, dx: Tensor) {
        var context = BuildContext(path: "layer")
        _ = try layer.build(x.shape.sample, &context)
        let (y, pullback) = layer.forward(x, .training)
        return (y.squeezing(), pullback(dy?.reshaped(y.shape) ?? .ones(y.shape)).squeezing())
    }

    private static let first = Tensor(
        [1, 2, 3, 4, 5, 6, 7, 8, 16, 15, 14, 13, 12, 11, 10, 9], shape: [1, 4, 4, 1])
    private static let second = Tensor(
        [3, 5, 4, 6, 1, 1, 9, 4, 7, 10, 9, 5, 12, 2, 9, 4], shape: [1, 4, 4, 1])

    @Test("The courses' maxima and means, and where the gradient goes")
    func courses() throws {
        let (y, dx) = try run(MaxPooling2D(), Self.first, [[1, 2], [3, 4]])
        #expect(y == [[6, 8], [16, 14]])
        #expect(dx == [[0, 0, 0, 0], [0, 1, 0, 2], [3, 0, 4, 0], [0, 0, 0, 0]])
        #expect(try run(MaxPooling2D(), Self.second).y == [[5, 9], [12, 9]])
        #expect(try run(AveragePooling2D(), Self.second).y == [[2.5, 5.75], [7.75, 6.75]])
    }

    @Test("Lp pooling as the courses define it, with the mean under the root")
    func averagedLp() throws {
        #expect(
            try run(LpPooling2D(p: 1, averaging: true), Self.first).y == [[3.5, 5.5], [13.5, 11.5]])
        #expect(
            try run(LpPooling2D(p: 2, averaging: true), Self.first).y.isClose(
                to: [[4.0620, 5.8737], [13.6565, 11.6833]], absolute: 1e-4))
    }

    @Test("Maxima with their pixels, and values put back there")
    func unpooling() throws {
        let pooling = MaxPooling2DWithIndices()
        let (outputs, pullback) = pooling.forward(inputs: [Self.first], .training)
        #expect(outputs[0].squeezing() == [[6, 8], [16, 14]])
        #expect(outputs[1].squeezing() == [[5, 7], [8, 10]])
        #expect(pullback([.ones([1, 2, 2, 1]), .ones([1, 2, 2, 1])])[0].sum() == 4)
        let unpooling = MaxUnpooling2D()
        let (image, back) = unpooling.forward([outputs[0], outputs[1]], .training)
        #expect(image.squeezing() == [[0, 0, 0, 0], [0, 6, 0, 8], [16, 0, 14, 0], [0, 0, 0, 0]])
        #expect(back(Self.second)[0].squeezing() == [[1, 4], [7, 9]])
    }

    @Test("Unpooling keeps to the pooled images' size, and windows that overlap add up")
    func unpoolingSizes() throws {
        var context = BuildContext(path: "unpooling")
        #expect(try MaxUnpooling2D().build([[2, 3, 4], [2, 3, 4]], &context) == [4, 6, 4])
        let sized = MaxUnpooling2D(poolSize: 3, strides: 2, outputSize: [6, 8])
        #expect(try sized.build([[2, 3, 4], [2, 3, 4]], &context) == [6, 8, 4])
        let indices = Tensor([0, 0], shape: [1, 1, 2, 1])
        let y = MaxUnpooling2D().forward([Tensor([1, 2], shape: [1, 1, 2, 1]), indices], .training).output
        #expect(y[0, 0, 0, 0] == 3)
        #expect(errorText { _ = try MaxUnpooling2D().build([[2, 3, 4]], &context) }.contains("two inputs"))
        #expect(
            errorText {
                _ = try MaxUnpooling2D(outputSize: [0, 1]).build([[2, 2, 1], [2, 2, 1]], &context)
            }
            .contains("invalid outputSize"))
    }

    @Test("Global average pooling of sequences counts the steps of the mask")
    func mask() throws {
        let x: Tensor = [
            [[1, 10], [3, 30], [100, 0]], [[5, 6], [7, 8], [9, 10]], [[1, 1], [2, 2], [3, 3]],
        ]
        let mask: Tensor = [[1, 1, 0], [0, 0, 1], [0, 0, 0]]
        let (y, pullback) = GlobalAveragePooling1D().forward(x, .training.masking([mask]))
        #expect(y == [[2, 20], [9, 10], [0, 0]])
        let dx = pullback([[2, 4], [1, 1], [1, 1]])
        #expect(
            dx == [[[1, 2], [1, 2], [0, 0]], [[0, 0], [0, 0], [1, 1]], [[0, 0], [0, 0], [0, 0]]])
        #expect(GlobalAveragePooling1D(keepdims: true).forward(x, .inference).output.shape == [3, 1, 2])
    }

    @Test("Arguments out of range are named")
    func arguments() {
        let cases: [(any AnyLayer, Shape, String)] = [
            (MaxPooling1D(poolSize: 0), [8, 2], "invalid poolSize"),
            (MaxPooling1D(padding: .causal), [8, 2], "invalid padding"),
            (MaxPooling3D(poolSize: [2, 2]), [8, 8, 8, 2], "one whole number or 3 of them"),
            (AveragePooling3D(poolSize: 9), [8, 8, 8, 2], "does not fit"),
            (AveragePooling1D(), [8, 8, 2], "needs sequences"),
            (GlobalMaxPooling3D(), [8, 2], "needs volumes"),
            (AdaptiveMaxPooling2D(outputSize: 0), [8, 8, 2], "invalid outputSize"),
            (AdaptiveMaxPooling2D(outputSize: 1), [300, 300, 2], "at most 65535 pixels"),
            (AdaptiveAveragePooling1D(outputSize: [2, 2]), [8, 2], "invalid outputSize"),
            (MaxPooling2DWithIndices(poolSize: 9), [8, 8, 2], "does not fit"),
        ]
        for (layer, input, expected) in cases {
            let text = errorText {
                var context = BuildContext(path: "layer")
                _ = try layer.build(inputs: [input], &context)
            }
            #expect(text.hasPrefix("layer: ") && text.contains(expected), "\(text)")
        }
    }
}
