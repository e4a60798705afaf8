import CognitronKernels
import Testing

@testable import Cognitron

@Suite("Transposed windows")
struct TransposedWindowTests {
    private func line(_ padding: Padding, _ size: Int, _ stride: Int, _ dilation: Int = 1) -> Window {
        .kernel(
            rank: 1, WindowSize(size), strides: WindowSize(stride), dilationRate: WindowSize(dilation),
            padding: padding)
    }

    /// Padding, size, stride, dilation, and Keras's compute_conv_transpose_output_shape for inputs of 1, 4
    /// and 7: without output padding and with each from 0 to stride − 1.
    private static let kerasSizes: [(Padding, Int, Int, Int, [Int])] = [
        (.valid, 1, 1, 1, [1, 4, 7, 1, 4, 7]), (.valid, 1, 2, 1, [2, 8, 14, 1, 7, 13, 2, 8, 14]),
        (.valid, 2, 1, 1, [2, 5, 8, 2, 5, 8]), (.valid, 2, 2, 1, [2, 8, 14, 2, 8, 14, 3, 9, 15]),
        (.valid, 2, 3, 1, [3, 12, 21, 2, 11, 20, 3, 12, 21, 4, 13, 22]),
        (.valid, 3, 1, 1, [3, 6, 9, 3, 6, 9]), (.valid, 3, 2, 1, [3, 9, 15, 3, 9, 15, 4, 10, 16]),
        (.valid, 3, 3, 1, [3, 12, 21, 3, 12, 21, 4, 13, 22, 5, 14, 23]),
        (.valid, 4, 2, 1, [4, 10, 16, 4, 10, 16, 5, 11, 17]),
        (.valid, 5, 2, 1, [5, 11, 17, 5, 11, 17, 6, 12, 18]),
        (.valid, 5, 3, 1, [5, 14, 23, 5, 14, 23, 6, 15, 24, 7, 16, 25]),
        (.valid, 2, 1, 2, [3, 6, 9, 3, 6, 9]), (.valid, 3, 1, 2, [5, 8, 11, 5, 8, 11]),
        (.valid, 3, 1, 3, [7, 10, 13, 7, 10, 13]), (.same, 1, 1, 1, [1, 4, 7, 1, 4, 7]),
        (.same, 1, 2, 1, [2, 8, 14, 1, 7, 13, 2, 8, 14]), (.same, 2, 1, 1, [1, 4, 7, 0, 3, 6]),
        (.same, 2, 2, 1, [2, 8, 14, 0, 6, 12, 1, 7, 13]),
        (.same, 2, 3, 1, [3, 12, 21, 0, 9, 18, 1, 10, 19, 2, 11, 20]),
        (.same, 3, 1, 1, [1, 4, 7, 1, 4, 7]), (.same, 3, 2, 1, [2, 8, 14, 1, 7, 13, 2, 8, 14]),
        (.same, 3, 3, 1, [3, 12, 21, 1, 10, 19, 2, 11, 20, 3, 12, 21]),
        (.same, 4, 2, 1, [2, 8, 14, 0, 6, 12, 1, 7, 13]),
        (.same, 5, 2, 1, [2, 8, 14, 1, 7, 13, 2, 8, 14]),
        (.same, 5, 3, 1, [3, 12, 21, 1, 10, 19, 2, 11, 20, 3, 12, 21]),
        (.same, 2, 1, 2, [1, 4, 7, 1, 4, 7]), (.same, 3, 1, 2, [1, 4, 7, 1, 4, 7]),
        (.same, 3, 1, 3, [1, 4, 7, 1, 4, 7]),
    ]

    @Test("Output sizes are Keras's", arguments: kerasSizes)
    func sizes(_ padding: Padding, _ size: Int, _ stride: Int, _ dilation: Int, _ expected: [Int]) {
        let window = line(padding, size, stride, dilation)
        let actual = ([nil] + (0..<stride).map { $0 }).flatMap { outputPadding in
            [1, 4, 7].map { window.transposedSize(0, $0, outputPadding: outputPadding) }
        }
        #expect(actual == expected)
        // The convolution that goes back has an output for each input.
        for outputPadding in [nil] + (0..<stride).map({ WindowSize($0) }) {
            for input in [1, 4, 7] where window.transposedSizes([input], outputPadding: outputPadding)[0] > 0
            {
                let g = window.transposedConvolution([1, input, 1], filters: 1, outputPadding: outputPadding)
                #expect(g.outputWidth == input)
            }
        }
    }

    /// Padding, size, stride, output padding, and what Keras (on TensorFlow) makes of 1, 2, 3, 4 with weights
    /// 1, 10, 100 …
    private static let kerasValues: [(Padding, Int, Int, Int?, [Float])] = [
        (.valid, 3, 1, nil, [1, 12, 123, 234, 340, 400]),
        (.valid, 3, 2, nil, [1, 10, 102, 20, 203, 30, 304, 40, 400]),
        (.valid, 2, 3, nil, [1, 10, 0, 2, 20, 0, 3, 30, 0, 4, 40, 0]),
        (.valid, 4, 2, nil, [1, 10, 102, 1020, 203, 2030, 304, 3040, 400, 4000]),
        (.valid, 3, 2, 0, [1, 10, 102, 20, 203, 30, 304, 40, 400]),
        (.valid, 3, 2, 1, [1, 10, 102, 20, 203, 30, 304, 40, 400, 0]),
        (.valid, 4, 3, 2, [1, 10, 100, 1002, 20, 200, 2003, 30, 300, 3004, 40, 400, 4000, 0, 0]),
        (.valid, 2, 3, 1, [1, 10, 0, 2, 20, 0, 3, 30, 0, 4, 40, 0]),
        (.same, 3, 1, nil, [12, 123, 234, 340]), (.same, 3, 2, nil, [1, 10, 102, 20, 203, 30, 304, 40]),
        (.same, 2, 3, nil, [1, 10, 0, 2, 20, 0, 3, 30, 0, 4, 40, 0]),
        (.same, 4, 2, nil, [10, 102, 1020, 203, 2030, 304, 3040, 400]),
        (.same, 5, 2, nil, [10, 102, 1020, 10203, 2030, 20304, 3040, 30400]),
        (.same, 5, 3, nil, [10, 100, 1002, 10020, 200, 2003, 20030, 300, 3004, 30040, 400, 4000]),
        (.same, 3, 2, 0, [10, 102, 20, 203, 30, 304, 40]),
        (.same, 3, 2, 1, [1, 10, 102, 20, 203, 30, 304, 40]),
        (.same, 4, 3, 1, [10, 100, 1002, 20, 200, 2003, 30, 300, 3004, 40]),
        (.same, 5, 3, 2, [10, 100, 1002, 10020, 200, 2003, 20030, 300, 3004, 30040, 400, 4000]),
        (.same, 2, 3, 1, [1, 10, 0, 2, 20, 0, 3, 30, 0, 4]),
        (.same, 4, 3, 2, [10, 100, 1002, 20, 200, 2003, 30, 300, 3004, 40, 400]),
    ]

    @Test("The data gradient of its geometry gives Keras's values", arguments: kerasValues)
    func values(_ padding: Padding, _ size: Int, _ stride: Int, _ outputPadding: Int?, _ expected: [Float]) {
        let g = line(padding, size, stride).transposedConvolution(
            [1, 4, 1], filters: 1, outputPadding: outputPadding.map { WindowSize($0) })
        var y = [Float](repeating: .nan, count: g.inputCount)
        Convolution(g).dataGradient([1, 2, 3, 4], [1, 10, 100, 1000, 10000], into: &y)
        #expect(y == expected)
    }

    @Test("The course's 2×2 by 2×2, with strides of 1 and 2")
    func course() {
        for (stride, expected) in [
            (1, [1, 1, -2, 5, 6, -2, 6, 11, 4]),
            (2, [1, -1, 2, -2, 2, 1, 4, 2, 3, -3, 4, -4, 6, 3, 8, 4]),
        ] as [(Int, [Float])] {
            let window = Window.kernel(
                rank: 2, Size2D(2, 2), strides: Size2D(stride, stride), dilationRate: Size2D(1, 1),
                padding: .valid)
            let g = window.transposedConvolution([1, 2, 2, 1], filters: 1)
            var y = [Float](repeating: .nan, count: g.inputCount)
            Convolution(g).dataGradient([1, 2, 3, 4], [1, -1, 2, 1], into: &y)
            #expect(y == expected)
        }
    }

    @Test("Explicit padding cuts: (H − 1) · S + F − 2P, and PyTorch's output padding")
    func explicit() {
        for (h, s, f, p) in [(2, 2, 2, 0), (4, 2, 4, 1), (7, 3, 5, 2), (4, 1, 3, 1)] {
            let window = line(.explicit(p), f, s)
            #expect(window.transposedSize(0, h) == (h - 1) * s + f - 2 * p)
            #expect(window.transposedSize(0, h, outputPadding: s - 1) == h * s - 1 + f - 2 * p)
            #expect(window.transposedMargins(0, h) == (p, p))
        }
        let window = line(.explicit([1, 0]), 3, 2)
        let g = window.transposedConvolution([1, 4, 1], filters: 1)
        var y = [Float](repeating: .nan, count: g.inputCount)
        Convolution(g).dataGradient([1, 2, 3, 4], [1, 10, 100], into: &y)
        #expect(y == [10, 102, 20, 203, 30, 304, 40, 400])
    }

    @Test("Volumes: sizes of Keras, and each axis as by itself")
    func volumes() {
        let window = Window.kernel(
            rank: 3, WindowSize(2, 3, 4), strides: WindowSize(2, 1, 3), dilationRate: WindowSize(1, 1, 1),
            padding: .valid)
        #expect(window.transposedSizes([2, 3, 4]) == [4, 5, 13])
        let g = window.transposedVolumeConvolution([1, 2, 3, 4, 5], filters: 6)
        #expect(g.outputDepth == 2 && g.plane.outputHeight == 3 && g.plane.outputWidth == 4)
        #expect((g.depth, g.plane.height, g.plane.width) == (4, 5, 13))
        #expect((g.plane.channels, g.plane.filters) == (6, 5))
        // A separable kernel: the outer product of three transposed sequences.
        let cube = Window.kernel(
            rank: 3, WindowSize(2, 2, 2), strides: WindowSize(1, 1, 1), dilationRate: WindowSize(1, 1, 1),
            padding: .valid)
        let one = cube.transposedVolumeConvolution([1, 1, 1, 1, 1], filters: 1)
        let weights: [Float] = (0..<8).map { Float(1 << $0) }
        var y = [Float](repeating: .nan, count: one.inputCount)
        VolumeConvolution(one).dataGradient([3], weights, into: &y)
        #expect(y == weights.map { 3 * $0 })
    }

    @Test("Keras's sizes of an image with uneven arguments")
    func image() {
        let window = Window.kernel(
            rank: 2, Size2D(3, 4), strides: Size2D(2, 1), dilationRate: Size2D(1, 1), padding: .same)
        #expect(window.transposedSizes([4, 5], outputPadding: Size2D(1, 0)) == [8, 4])
    }
}
