import Testing

@testable import CognitronKernels

/// The three products of a convolution, summed in double precision straight from the definition.
private struct ExactProducts {
    var y: [Double]
    var dx: [Double]
    var dw: [Double]

    init(_ g: ConvolutionGeometry) {
        let operands = ConvolutionOperands(g)
        let x = operands.x.map(Double.init)
        let w = operands.w.map(Double.init)
        let dy = operands.dy.map(Double.init)
        y = (0..<g.outputCount).map { Double(operands.bias[$0 % g.filters]) }
        dx = [Double](repeating: 0, count: g.inputCount)
        dw = [Double](repeating: 0, count: g.weightCount)
        for position in 0..<g.positions {
            for tap in 0..<g.taps {
                guard let pixel = Self.pixel(g, position, tap) else { continue }
                for c in 0..<g.channels {
                    for o in 0..<g.filters {
                        let (i, k) = (pixel * g.channels + c, (tap * g.channels + c) * g.filters + o)
                        let out = position * g.filters + o
                        y[out] += x[i] * w[k]
                        dx[i] += dy[out] * w[k]
                        dw[k] += dy[out] * x[i]
                    }
                }
            }
        }
    }

    /// The pixel of x that a tap sees from an output position; nil in the padding.
    private static func pixel(_ g: ConvolutionGeometry, _ position: Int, _ tap: Int) -> Int? {
        let (n, within) = (position / g.outputPixels, position % g.outputPixels)
        let row = within / g.outputWidth * g.strideY + tap / g.kernelWidth * g.dilationY - g.top
        let column = within % g.outputWidth * g.strideX + tap % g.kernelWidth * g.dilationX - g.left
        guard 0..<g.height ~= row, 0..<g.width ~= column else { return nil }
        return (n * g.height + row) * g.width + column
    }
}

/// 3×3 convolutions that differ in whatever Winograd's tiles could get wrong.
private struct WinogradCase: CustomTestStringConvertible {
    let geometry: ConvolutionGeometry
    let testDescription: String

    init(
        _ batch: Int, _ height: Int, _ width: Int, _ c: Int, _ oc: Int,
        padding: Border = Border(1), stride: Int = 1
    ) {
        geometry = ConvolutionGeometry(
            batch: batch, input: ImageSize(height, width, channels: c), kernel: (3, 3), filters: oc,
            strides: (stride, stride),
            padding: padding)
        testDescription = "\(batch)×\(height)×\(width) \(c)→\(oc) padding \(padding) stride \(stride)"
    }

    static let all: [WinogradCase] =
        // Every remainder of the 4×4 tiles, images smaller than one, with and without padding on each side
        (1...9).map { WinogradCase(2, $0, 10 - $0, 8, 8) }
        + (3...7).map { WinogradCase(1, $0, 11 - $0, 9, 16, padding: .none) }
        + [
            WinogradCase(2, 5, 6, 11, 13, padding: Border(top: 2, bottom: 0, left: 1, right: 1)),
            WinogradCase(1, 1, 1, 8, 8, padding: Border(2)),
            WinogradCase(3, 6, 5, 16, 8, padding: Border(top: 4, bottom: 3, left: 0, right: 5)),
            // Channels and filters that fill no whole number of vectors
            WinogradCase(1, 8, 8, 15, 17), WinogradCase(1, 4, 8, 31, 10),
            // More tiles than a worker takes at once, with a rest; several blocks of gradients, which cut
            // images
            WinogradCase(9, 9, 9, 10, 9), WinogradCase(60, 15, 14, 24, 33), WinogradCase(2, 90, 85, 9, 10),
            // Filters that are taken in groups, and numbers that 64 leaves 1, 2, 8 and 10 of
            WinogradCase(1, 4, 4, 512, 65), WinogradCase(1, 5, 4, 254, 130),
            WinogradCase(2, 5, 4, 250, 136), WinogradCase(1, 4, 4, 180, 202),
        ]

    static let strideTwo: [WinogradCase] =
        // Every remainder of the 8×8 pixels under a tile, images smaller than one
        (1...17).map { WinogradCase(2, $0, 18 - $0, 8, 8, stride: 2) }
        // "Same" on even sizes pads at the end alone; what no window sees has no gradient
        + (8...11).map {
            WinogradCase(
                1, $0, 19 - $0, 9, 16, padding: Border(top: 0, bottom: 1, left: 0, right: 1), stride: 2)
        }
        + (4...12).map { WinogradCase(1, $0, 16 - $0, 9, 16, padding: .none, stride: 2) }
        + [
            WinogradCase(2, 5, 6, 11, 13, padding: Border(top: 2, bottom: 0, left: 1, right: 1), stride: 2),
            WinogradCase(3, 12, 5, 16, 8, padding: Border(top: 9, bottom: 12, left: 0, right: 5), stride: 2),
            WinogradCase(9, 17, 19, 15, 17, stride: 2), WinogradCase(30, 30, 29, 24, 33, stride: 2),
            WinogradCase(2, 120, 105, 9, 10, stride: 2), WinogradCase(1, 8, 9, 254, 130, stride: 2),
            WinogradCase(2, 9, 8, 180, 202, stride: 2),
        ]
}

@Suite("Winograd convolution")
struct WinogradTests {
    /// The transforms multiply by up to 5 and add numbers that cancel: some digits more are lost than in
    /// direct sums, where the difference stays under 1e-6.
    @Test(
        "Differs from exact sums by less than 2e-5 of the largest result",
        arguments: WinogradCase.all + WinogradCase.strideTwo)
    private func equalsExactSums(_ one: WinogradCase) {
        let exact = ExactProducts(one.geometry)
        let actual = ConvolutionProducts(one.geometry, .winograd)
        #expect(relativeDifference(actual.y, exact.y) < 2e-5)
        #expect(relativeDifference(actual.dx, exact.dx) < 2e-5)
        #expect(relativeDifference(actual.dw, exact.dw) < 2e-5)
        #expect(actual.agreesTogether(one.geometry, .winograd))
    }

    /// Compared with im2col, because exact sums of this size take seconds.
    @Test(
        "Gradients that no cache holds are made for some channels after others",
        arguments: [
            WinogradCase(1, 4, 4, 200, 512),
            WinogradCase(1, 4, 4, 437, 516),  // channels and filters that fill no whole number of vectors
            WinogradCase(100, 4, 4, 330, 1024),  // several blocks of tiles
            WinogradCase(20, 16, 9, 330, 700, stride: 2),
        ], [0, 1] as [Float])
    private func largeGradients(_ one: WinogradCase, _ beta: Float) {
        let expected = ConvolutionProducts(one.geometry, .im2col, beta: beta)
        let actual = ConvolutionProducts(one.geometry, .winograd, beta: beta)
        #expect(relativeDifference(actual.dx, expected.dx) < 2e-5)
        #expect(relativeDifference(actual.dw, expected.dw) < 2e-5)
        #expect(actual.agreesTogether(one.geometry, .winograd, beta: beta))
    }

    @Test("Strips differ from exact sums by less than 2e-5 of the largest result")
    func strips() {
        var count = 0
        for (filters, channels, height, width, kernelWidth) in [
            (6, 1, 28, 28, 5), (9, 3, 4, 4, 5), (13, 2, 5, 11, 3), (1, 1, 6, 6, 1), (8, 12, 40, 37, 5),
            (7, 3, 90, 70, 4), (12, 30, 7, 9, 5), (16, 6, 14, 14, 5), (32, 1, 12, 30, 5), (48, 20, 6, 7, 3),
            (16, 2, 4, 5, 1), (64, 70, 5, 9, 5), (16, 1, 4, 8, 1), (16, 512, 8, 9, 5),
        ] {
            for (dilation, padding) in [
                (2, Border(2)), (2, Border(top: 4, bottom: 3, left: 0, right: 1)), (1, .none),
                (1, Border(top: 6, bottom: 7, left: 5, right: 6)),
            ] {
                let g = ConvolutionGeometry(
                    batch: 2, input: ImageSize(height, width, channels: channels), kernel: (5, kernelWidth),
                    filters: filters,
                    dilation: (1, dilation), padding: padding)
                guard ConvolutionAlgorithm.strips.supports(g) else { continue }
                let exact = ExactProducts(g)
                let actual = ConvolutionProducts(g, .strips)
                count += 1
                #expect(relativeDifference(actual.y, exact.y) < 2e-5)
                #expect(relativeDifference(actual.dx, exact.dx) < 2e-5)
                #expect(relativeDifference(actual.dw, exact.dw) < 2e-5)
            }
        }
        #expect(count == 40)  // those of fewer columns than a vector are not among them
    }

    @Test("A whole-number image and filter by hand")
    func byHand() {
        // Ones under ones: each output counts the pixels that its window shares with the image, times the
        // channels.
        let g = ConvolutionGeometry(
            batch: 1, input: ImageSize(3, 3, channels: 8), kernel: (3, 3), filters: 8, padding: Border(1))
        var y = [Float](repeating: .nan, count: g.outputCount)
        Convolution(g, algorithm: .winograd).forward(
            [Float](repeating: 1, count: g.inputCount), [Float](repeating: 1, count: g.weightCount),
            bias: nil,
            into: &y)
        let counts: [Float] = [4, 6, 4, 6, 9, 6, 4, 6, 4]
        #expect(relativeDifference(y, counts.flatMap { [Float](repeating: 8 * $0, count: 8) }) < 1e-6)
    }

    @Test(
        "The geometry decides",
        arguments: [
            (WinogradCase(128, 32, 32, 64, 64).geometry, ConvolutionAlgorithm.winograd),
            (WinogradCase(128, 3, 3, 64, 64).geometry, .winograd),
            (WinogradCase(128, 2, 2, 64, 64).geometry, .im2col),  // tiles mostly padding
            (WinogradCase(128, 32, 32, 3, 64).geometry, .im2col),  // less than a vector of channels
            (WinogradCase(1, 4, 4, 512, 512).geometry, .im2col),  // transforming the filters would cost more
            (WinogradCase(128, 32, 32, 64, 128, stride: 2).geometry, .winograd),
            (WinogradCase(128, 6, 6, 64, 128, stride: 2).geometry, .im2col),  // tiles mostly padding
            (WinogradCase(128, 32, 32, 64, 128, stride: 3).geometry, .im2col),
            (
                ConvolutionGeometry(
                    batch: 128, input: ImageSize(32, 32, channels: 64), kernel: (3, 3), filters: 128,
                    strides: (1, 2)), .im2col
            ),
            (
                ConvolutionGeometry(
                    batch: 128, input: ImageSize(32, 32, channels: 64), kernel: (3, 3), filters: 64,
                    dilation: (2, 2)), .im2col
            ),
            (
                ConvolutionGeometry(
                    batch: 128, input: ImageSize(28, 28, channels: 1), kernel: (5, 5), filters: 6), .strips
            ),
            (five(28, 1, filters: 8), Build.hasWideVectors ? .strips : .wide),
            (five(32, 64, filters: 64), Build.hasWideVectors ? .strips : .im2col),
            (five(32, 64, filters: 2), Build.hasWideVectors ? .strips : .im2col),
            (five(7, 64, filters: 64), Build.hasWideVectors ? .strips : .im2col),
            (five(9, 64, filters: 24), .im2col),  // vectors of eight pixels mostly overlap
            (five(6, 64, filters: 64), .im2col),  // strips and groups of five pixels mostly overlap
            (five(32, 64, filters: 1), .im2col),
            (
                ConvolutionGeometry(
                    batch: 128, input: ImageSize(28, 28, channels: 3), kernel: (3, 3), filters: 6), .wide
            ),
            (
                ConvolutionGeometry(
                    batch: 128, input: ImageSize(28, 28, channels: 6), kernel: (5, 5), filters: 1), .wide
            ),
        ])
    func preferred(_ geometry: ConvolutionGeometry, _ expected: ConvolutionAlgorithm) {
        #expect(Convolution(geometry).algorithm == expected)
    }

    /// 5×5 filters over square images, with outputs of the same size.
    private static func five(_ size: Int, _ channels: Int, filters: Int) -> ConvolutionGeometry {
        ConvolutionGeometry(
            batch: 128, input: ImageSize(size, size, channels: channels), kernel: (5, 5), filters: filters,
            padding: Border(2)
        )
    }
}
