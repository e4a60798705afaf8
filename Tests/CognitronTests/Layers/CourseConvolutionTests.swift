import Testing

@testable import Cognitron

/// The worked examples of courses on convolutional networks. X holds 1 … 16 in four rows, F is [1 1 1; 2 0 1;
/// −1 −1 0].
@Suite("Convolutions of the courses, by hand")
struct CourseConvolutionTests {
    private static let x = Tensor((1...16).map { Float($0) }, shape: [1, 4, 4, 1])
    private static let filter: Tensor = [[1, 1, 1], [2, 0, 1], [-1, -1, 0]]

    /// A layer's output, without batch and channels.
    private func output(_ layer: any Layer, _ x: Tensor, kernel: Tensor, bias: Float? = nil) throws -> Tensor
    {
        var context = BuildContext(path: "layer")
        _ = try layer.build(x.shape.sample, &context)
        layer.parameters[0].value = kernel.reshaped(layer.parameters[0].shape)
        if let bias { layer.parameters[1].value = Tensor([bias], shape: [1]) }
        return layer.forward(x, .training).output.squeezing()
    }

    private func convolved(
        _ x: Tensor = x, _ filter: Tensor = filter, strides: Int = 1, padding: Int = 0, bias: Float = 0
    ) throws -> Tensor {
        try output(
            Conv2D(1, kernelSize: filter.shape[0], strides: strides, padding: .explicit(padding)), x,
            kernel: filter, bias: bias)
    }

    @Test("A filter on a 4×4 image, with a bias, and turned by half a turn: the convolution of mathematics")
    func convolution() throws {
        #expect(try convolved() == [[4, 8], [20, 24]])
        #expect(try convolved(bias: 3) == [[7, 11], [23, 27]])
        let turned = Tensor(Self.filter.scalars.reversed(), shape: [3, 3])
        #expect(try convolved(Self.x, turned) == [[44, 48], [60, 64]])
    }

    @Test("Padding and strides")
    func padding() throws {
        #expect(
            try convolved(padding: 1) == [
                [-3, -6, -5, -9], [0, 4, 8, -2], [8, 20, 24, 6], [33, 71, 77, 53],
            ])
        #expect(try convolved(strides: 2, padding: 1) == [[-3, -5], [8, 24]])
        var wide = Tensor.zeros([1, 7, 7, 1])
        for i in 0..<7 {
            for j in 0..<7 {
                let isInside = (1...4).contains(i) && (1...4).contains(j)
                wide[0, i, j, 0] = isInside ? Float(4 * i + j - 4) : i == 6 || j == 6 ? 1 : 0
            }
        }
        #expect(try convolved(wide, strides: 2) == [[-3, -5, 2], [8, 24, 18], [25, 43, 16]])
    }

    @Test("The backward pass of a 2×2 filter")
    func backward() throws {
        let layer = Conv2D(1, kernelSize: 2)
        let y = try output(layer, Self.x, kernel: [[1, 2], [3, 4]])
        #expect(y == [[44, 54, 64], [84, 94, 104], [124, 134, 144]])
        let dy = Tensor((1...9).map { Float($0) }, shape: [1, 3, 3, 1])
        let dx = layer.forward(Self.x, .training).pullback(dy)
        #expect(dx.squeezing() == [[1, 4, 7, 6], [7, 23, 33, 24], [19, 53, 63, 42], [21, 52, 59, 36]])
        #expect(layer.kernel.gradient.squeezing() == [[348, 393], [528, 573]])
    }

    @Test("Transposed convolution; the course turns the filter by half a turn")
    func transposed() throws {
        let x = Tensor([1, 2, 3, 4], shape: [1, 2, 2, 1])
        let filter: Tensor = [[1, -1], [2, 1]]
        let turned: Tensor = [[1, 2], [-1, 1]]
        func transposed(_ filter: Tensor, _ strides: Int) throws -> Tensor {
            try output(Conv2DTranspose(1, kernelSize: 2, strides: strides), x, kernel: filter)
        }
        #expect(
            try transposed(turned, 2) == [[1, 2, 2, 4], [-1, 1, -2, 2], [3, 6, 4, 8], [-3, 3, -4, 4]])
        #expect(try transposed(turned, 1) == [[1, 4, 4], [2, 9, 10], [-3, -1, 4]])
        #expect(
            try transposed(filter, 2) == [[1, -1, 2, -2], [2, 1, 4, 2], [3, -3, 4, -4], [6, 3, 8, 4]])
        #expect(try transposed(filter, 1) == [[1, 1, -2], [5, 6, -2], [6, 11, 4]])
        // (H − 1) · S + F − 2P
        for (h, s, f, p) in [(4, 2, 3, 1), (5, 1, 3, 0), (7, 3, 5, 2)] {
            var context = BuildContext(path: "layer")
            let layer = Conv2DTranspose(1, kernelSize: f, strides: s, padding: .explicit(p))
            let size = (h - 1) * s + f - 2 * p
            #expect(try layer.build([h, h, 1], &context) == [size, size, 1])
        }
    }

    @Test(
        "Output sizes",
        arguments: [
            (4, 1, 3, 2, 2), (7, 0, 3, 2, 3), (10, 0, 4, 3, 3), (224, 0, 11, 4, 54), (227, 0, 11, 4, 55),
        ])
    func outputSizes(h: Int, p: Int, f: Int, s: Int, expected: Int) throws {
        var context = BuildContext(path: "layer")
        let layer = Conv2D(1, kernelSize: f, strides: s, padding: .explicit(p))
        #expect(try layer.build([h, h, 1], &context) == [expected, expected, 1])
    }

    @Test("A filter of three taps on a sequence, and its backward pass")
    func sequence() throws {
        let x = Tensor([1, 2, 3, 4], shape: [1, 4, 1])
        func convolved(_ layer: Conv1D) throws -> Tensor {
            try output(layer, x, kernel: [3, 5, 7], bias: 1)
        }
        #expect(try convolved(Conv1D(1, kernelSize: 3, padding: .explicit(1))) == [20, 35, 50, 30])
        #expect(try convolved(Conv1D(1, kernelSize: 3, strides: 2, padding: .explicit(1))) == [20, 50])
        let layer = Conv1D(1, kernelSize: 3)
        #expect(try convolved(layer) == [35, 50])
        let dx = layer.forward(x, .training).pullback(Tensor([10, 20], shape: [1, 2, 1]))
        #expect(dx.squeezing() == [30, 110, 170, 140])
        #expect(layer.bias.gradient == [30])
        #expect(layer.kernel.gradient.squeezing() == [50, 80, 110])
    }

    @Test("Four inputs and two taps: six connections, two weights")
    func connections() throws {
        let layer = Conv1D(1, kernelSize: 2, useBias: false)
        var context = BuildContext(path: "layer")
        let shape = try layer.build([4, 1], &context)
        #expect(layer.multiplyAdds(inputs: [[4, 1]], outputs: [shape]) == 6)
        #expect(layer.kernel.shape.elementCount == 2)
    }
}
