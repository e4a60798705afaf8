import Testing

@testable import CognitronKernels

/// Sizes of convolutions that differ in everything an algorithm could get wrong.
private struct ConvolutionCase: CustomTestStringConvertible {
    let geometry: ConvolutionGeometry
    let testDescription: String

    static let all: [ConvolutionCase] = {
        var cases: [ConvolutionCase] = []
        let kernels = [(1, 1), (2, 2), (3, 3), (5, 5), (3, 2)]
        let channels = [(1, 6), (3, 8), (8, 5), (13, 16)]
        for (number, kernel) in kernels.enumerated() {
            for stride in 1...3 {
                for dilation in 1...2 {
                    for padding in 0..<4 {
                        let (c, oc) = channels[(number + stride + dilation + padding) % channels.count]
                        add(kernel, stride, dilation, padding, c, oc, to: &cases)
                    }
                }
            }
        }
        // More positions than a worker takes at once, and few with filters for several workers.
        add((3, 3), 2, 1, 2, 13, 16, batch: 60, to: &cases)
        add((3, 3), 1, 1, 0, 13, 16, batch: 60, to: &cases)
        add((3, 3), 2, 1, 2, 130, 150, batch: 1, to: &cases)
        add((1, 1), 1, 1, 0, 13, 16, batch: 60, to: &cases)
        add((1, 1), 2, 1, 0, 13, 16, batch: 150, to: &cases)
        return cases
    }()

    private static func add(
        _ kernel: (Int, Int), _ stride: Int, _ dilation: Int, _ padding: Int, _ c: Int, _ oc: Int,
        batch: Int = 3, to cases: inout [ConvolutionCase]
    ) {
        let (height, width) = (7 + padding, 9 - stride)
        let amounts =
            switch padding {
            case 0: Border.none
            case 1: same(height, width, kernel, stride, dilation)
            case 2: Border(top: 1, bottom: 0, left: 2, right: 1)
            // Whole windows beyond the edge.
            default: Border(top: kernel.0 + 1, bottom: kernel.0, left: kernel.1, right: kernel.1 + 2)
            }
        let geometry = ConvolutionGeometry(
            batch: batch, input: ImageSize(height, width, channels: c), kernel: kernel, filters: oc,
            strides: (stride, stride),
            dilation: (dilation, dilation), padding: amounts)
        guard geometry.outputHeight > 0, geometry.outputWidth > 0 else { return }
        cases.append(
            ConvolutionCase(
                geometry: geometry,
                testDescription:
                    "\(batch)×\(height)×\(width)×\(c) \(kernel) stride \(stride) dilation \(dilation) padding \(padding)"
            ))
    }

    private static func same(
        _ height: Int, _ width: Int, _ kernel: (Int, Int), _ stride: Int, _ dilation: Int
    ) -> Border {
        Border(
            rows: ConvolutionGeometry.samePadding(height, kernel.0, stride, dilation),
            columns: ConvolutionGeometry.samePadding(width, kernel.1, stride, dilation))
    }
}

extension ConvolutionGeometry {
    /// A small convolution that the algorithm can carry out.
    static func sample(for algorithm: ConvolutionAlgorithm, batch: Int = 2) -> ConvolutionGeometry {
        func geometry(
            _ kernel: Int, filters: Int, groups: Int = 1, width: Int = 6
        ) -> ConvolutionGeometry {
            let padding = kernel / 2
            return ConvolutionGeometry(
                batch: batch, input: ImageSize(6, width, channels: 8), kernel: (kernel, kernel),
                filters: filters,
                padding: Border(padding), groups: groups)
        }
        switch algorithm {
        case .naive, .im2col, .wide, .winograd: return geometry(3, filters: 9)
        case .strips: return geometry(5, filters: 9, width: 8)
        case .pointwise: return geometry(1, filters: 9)
        case .direct: return geometry(3, filters: 16, groups: 8)
        case .grouped: return geometry(3, filters: 10, groups: 2)
        }
    }
}

/// Random numbers for the three products of one convolution.
struct ConvolutionOperands {
    let x: [Float], w: [Float], dy: [Float], bias: [Float]

    init(_ g: ConvolutionGeometry) {
        x = numbers(g.inputCount, seed: 1)
        w = numbers(g.weightCount, seed: 2)
        dy = numbers(g.outputCount, seed: 3)
        bias = numbers(g.filters, seed: 4)
    }
}

/// The three products of one convolution by one algorithm.
struct ConvolutionProducts {
    var y: [Float]
    var dx: [Float]
    var dw: [Float]

    /// - Parameters:
    ///   - algorithm: nil lets the geometry choose.
    ///   - beta: how much of an earlier gradient of ones is kept.
    init(_ g: ConvolutionGeometry, _ algorithm: ConvolutionAlgorithm?, beta: Float = 0) {
        let operands = ConvolutionOperands(g)
        let convolution = Convolution(g, algorithm: algorithm)
        // Not zeros: results must be written, not added to what happens to be there.
        y = [Float](repeating: .nan, count: g.outputCount)
        dx = [Float](repeating: .nan, count: g.inputCount)
        dw = [Float](repeating: beta == 0 ? .nan : 1, count: g.weightCount)
        convolution.forward(operands.x, operands.w, bias: operands.bias, into: &y)
        convolution.dataGradient(operands.dy, operands.w, into: &dx)
        convolution.weightGradient(operands.x, operands.dy, into: &dw, beta: beta)
    }

    /// Whether both gradients in one go have the same bits.
    func agreesTogether(
        _ g: ConvolutionGeometry, _ algorithm: ConvolutionAlgorithm?, beta: Float = 0
    ) -> Bool {
        let operands = ConvolutionOperands(g)
        var together = (
            dx: [Float](repeating: .nan, count: g.inputCount),
            dw: [Float](repeating: beta == 0 ? .nan : 1, count: g.weightCount)
        )
        Convolution(g, algorithm: algorithm).gradients(
            operands.x, operands.dy, operands.w, intoData: &together.dx, weights: &together.dw, beta: beta)
        return together.dx == dx && together.dw == dw
    }
}

@Suite("Convolution")
struct ConvolutionTests {
    @Test(
        "Equals naive for every kernel, stride, dilation and padding", arguments: ConvolutionCase.all,
        [ConvolutionAlgorithm.im2col, .wide, .pointwise])
    private func equalsNaive(_ one: ConvolutionCase, _ algorithm: ConvolutionAlgorithm) {
        guard algorithm.supports(one.geometry) else { return }
        let expected = ConvolutionProducts(one.geometry, .naive)
        let actual = ConvolutionProducts(one.geometry, algorithm)
        #expect(relativeDifference(actual.y, expected.y) < 1e-5)
        #expect(relativeDifference(actual.dx, expected.dx) < 1e-5)
        #expect(relativeDifference(actual.dw, expected.dw) < 1e-5)
    }

    /// Also where the padding is wider than the filters, so that the way back begins inside the image.
    @Test("The algorithm that the geometry chooses equals naive", arguments: ConvolutionCase.all)
    private func chosenEqualsNaive(_ one: ConvolutionCase) {
        let expected = ConvolutionProducts(one.geometry, .naive)
        let actual = ConvolutionProducts(one.geometry, nil)
        #expect(relativeDifference(actual.y, expected.y) < 2e-5)
        #expect(relativeDifference(actual.dx, expected.dx) < 2e-5)
        #expect(relativeDifference(actual.dw, expected.dw) < 2e-5)
    }

    /// Then the way back has rows without padding of which it does not see the end.
    @Test(
        "Padding wider than the filters on one side",
        arguments: [ConvolutionAlgorithm.im2col, .strips])
    func widePadding(_ algorithm: ConvolutionAlgorithm) {
        let g = ConvolutionGeometry(
            batch: 2, input: ImageSize(8, 10, channels: 16), kernel: (5, 5), filters: 3,
            padding: Border(top: 4, bottom: 6, left: 4, right: 7))
        let expected = ConvolutionProducts(g, .naive)
        let actual = ConvolutionProducts(g, algorithm)
        #expect(relativeDifference(actual.y, expected.y) < 2e-5)
        #expect(relativeDifference(actual.dx, expected.dx) < 2e-5)
        #expect(relativeDifference(actual.dw, expected.dw) < 2e-5)
    }

    @Test("Both gradients together are what they are one by one", arguments: ConvolutionAlgorithm.allCases)
    func bothGradients(_ algorithm: ConvolutionAlgorithm) {
        let g = ConvolutionGeometry.sample(for: algorithm)
        for beta: Float in [0, 1] {
            #expect(ConvolutionProducts(g, algorithm, beta: beta).agreesTogether(g, algorithm, beta: beta))
        }
    }

    @Test("A weight gradient is added to what is there", arguments: ConvolutionAlgorithm.allCases)
    func weightGradientAccumulates(_ algorithm: ConvolutionAlgorithm) {
        let g = ConvolutionGeometry.sample(for: algorithm)
        #expect(algorithm.supports(g))
        let fresh = ConvolutionProducts(g, algorithm).dw
        let added = ConvolutionProducts(g, algorithm, beta: 1).dw
        #expect(relativeDifference(added, fresh.map { $0 + 1 }) < 1e-6)
    }

    @Test(
        "A ReLU in the same pass, with and without a maximum", arguments: ConvolutionAlgorithm.allCases,
        [Float.infinity, 0.5])
    func rectified(_ algorithm: ConvolutionAlgorithm, maxValue: Float) {
        let g = ConvolutionGeometry.sample(for: algorithm)
        let operands = ConvolutionOperands(g)
        var y = [Float](repeating: .nan, count: g.outputCount)
        let convolution = Convolution(g, algorithm: algorithm)
        convolution.forward(
            operands.x, operands.w, bias: operands.bias, bounds: .relu(maxValue: maxValue), into: &y)
        #expect(y == ConvolutionProducts(g, algorithm).y.map { min(max(0, $0), maxValue) })
        #expect(y.contains(0) && y.contains(maxValue) == maxValue.isFinite)
    }

    @Test("Where no window fits there are no outputs, and gradients are zero")
    func noOutputs() {
        for (height, width) in [(2, 5), (5, 2)] {
            for stride in [1, 2] {
                let g = ConvolutionGeometry(
                    batch: 2, input: ImageSize(height, width, channels: 8), kernel: (3, 3), filters: 8,
                    strides: (stride, stride)
                )
                for algorithm: ConvolutionAlgorithm in [.naive, .im2col, .winograd] {
                    let products = ConvolutionProducts(g, algorithm)
                    #expect(products.y.isEmpty)
                    #expect((products.dx + products.dw).allSatisfy { $0 == 0 })
                    #expect(products.agreesTogether(g, algorithm))
                }
            }
        }
    }

    @Test("No image has no gradient", arguments: ConvolutionAlgorithm.allCases)
    func emptyBatch(_ algorithm: ConvolutionAlgorithm) {
        let g = ConvolutionGeometry.sample(for: algorithm, batch: 0)
        #expect(ConvolutionProducts(g, algorithm).dw.allSatisfy { $0 == 0 })
        #expect(ConvolutionProducts(g, algorithm, beta: 1).dw.allSatisfy { $0 == 1 })
    }

    @Test("Strips pool what they would have given", arguments: [1, 2, 6, 9, 16])
    func pooledStrips(_ filters: Int) {
        let g = ConvolutionGeometry(
            batch: 3, input: ImageSize(14, 10, channels: 2), kernel: (5, 3), filters: filters,
            padding: Border(top: 2, bottom: 2, left: 1, right: 1))
        var operands = (x: numbers(g.inputCount, seed: 1), w: numbers(g.weightCount, seed: 2))
        operands.x[7] = .nan
        operands.x[100] = .infinity
        let bias = numbers(filters, seed: 4)
        let convolution = Convolution(g, algorithm: .strips)
        #expect(convolution.canPool)
        let pooling = PoolingGeometry(
            batch: 3, input: ImageSize(14, 10, channels: filters), pool: (2, 2), strides: (2, 2),
            padding: .none)
        func outputs(_ bounds: OutputBounds) -> [Float] {
            var y = [Float](repeating: 0, count: g.outputCount)
            convolution.forward(operands.x, operands.w, bias: bias, bounds: bounds, into: &y)
            return y
        }
        let (plain, rectified) = (outputs(.none), outputs(.relu))
        #expect(zip(plain, rectified).allSatisfy { $1 == max(0, $0) || $0.isNaN && $1.isNaN })
        for (bounds, y) in [(OutputBounds.none, plain), (.relu, rectified)] {
            var (expected, actual) = (
                [Float](repeating: -1, count: pooling.outputCount),
                [Float](repeating: -1, count: pooling.outputCount)
            )
            MaxPooling.forward(pooling, y, into: &expected, places: nil)
            convolution.forwardPooled(operands.x, operands.w, bias: bias, bounds: bounds, into: &actual)
            #expect(expected.contains { $0.isNaN } && expected.contains { $0.isFinite })
            #expect(zip(expected, actual).allSatisfy { $0 == $1 || $0.isNaN && $1.isNaN })
        }
        let odd = ConvolutionGeometry(
            batch: 1, input: ImageSize(7, 8, channels: 1), kernel: (5, 5), filters: 6, padding: Border(2))
        #expect(!Convolution(odd, algorithm: .strips).canPool)
    }

    /// Of one image and of many, each algorithm's way of reading its filters, and of pooled outputs.
    @Test("Filters prepared for an algorithm give the same bits as those that are not")
    func preparedFilters() throws {
        let cases: [(ConvolutionAlgorithm, ConvolutionGeometry)] = [
            (.im2col, .sample(for: .im2col)), (.winograd, .sample(for: .winograd)),
            (.strips, .sample(for: .strips)), (.pointwise, .sample(for: .pointwise)),
            (
                .strips,
                ConvolutionGeometry(
                    batch: 3, input: ImageSize(10, 12, channels: 3), kernel: (5, 5), filters: 32)
            ),
            (
                .im2col,
                ConvolutionGeometry(
                    batch: 1, input: ImageSize(6, 6, channels: 130), kernel: (3, 3), filters: 150)
            ),
            (
                .im2col,
                ConvolutionGeometry(
                    batch: 1, input: ImageSize(4, 4, channels: 512), kernel: (3, 3), filters: 100)
            ),
            (
                .pointwise,
                ConvolutionGeometry(
                    batch: 1, input: ImageSize(9, 9, channels: 200), kernel: (1, 1), filters: 170)
            ),
            (
                .winograd,
                ConvolutionGeometry(
                    batch: 9, input: ImageSize(6, 6, channels: 200), kernel: (3, 3), filters: 300)
            ),
        ]
        var prepared = 0
        for (algorithm, g) in cases {
            let operands = ConvolutionOperands(g)
            let convolution = Convolution(g, algorithm: algorithm)
            let filters = convolution.prepared(operands.w)
            prepared += filters == nil ? 0 : 1
            let y = try outputs(count: g.outputCount) {
                convolution.forward(operands.x, operands.w, filters, bias: operands.bias, into: &$0)
            }
            #expect(y == ConvolutionProducts(g, algorithm).y, "\(algorithm) \(g)")
            guard convolution.canPool else { continue }
            let pooled = try [nil, filters].map { filters in
                try outputs(count: g.outputCount / 4) {
                    convolution.forwardPooled(operands.x, operands.w, filters, bias: operands.bias, into: &$0)
                }
            }
            #expect(pooled[0] == pooled[1])
        }
        #expect(prepared == cases.count - 2)  // the first and the smaller 1×1 are small enough for one worker
    }

    /// The array that `body` fills, every number of it.
    private func outputs(
        count: Int, _ body: (inout [Float]) -> Void
    ) throws -> [Float] {
        var y = [Float](repeating: .nan, count: count)
        body(&y)
        try #require(y.allSatisfy { !$0.isNaN })
        return y
    }

    /// Beyond 2¹⁸ weights the gradient is computed tap by tap.
    @Test("im2col equals naive where the filters are larger than the cache")
    func largeFilters() {
        let g = ConvolutionGeometry(
            batch: 3, input: ImageSize(5, 5, channels: 180), kernel: (3, 3), filters: 170, padding: Border(1))
        #expect(g.weightCount > 1 << 18)
        let expected = ConvolutionProducts(g, .naive)
        let actual = ConvolutionProducts(g, .im2col)
        #expect(relativeDifference(actual.y, expected.y) < 1e-5)
        #expect(relativeDifference(actual.dx, expected.dx) < 1e-5)
        #expect(relativeDifference(actual.dw, expected.dw) < 1e-5)
    }

    @Test(
        "Takes pixels together where a row can be divided", arguments: [(28, 1, 6), (14, 6, 16), (10, 2, 3)])
    func widths(_ width: Int, _ c: Int, _ oc: Int) {
        for strides in [(1, 1), (2, 2), (1, 3)] {
            let g = ConvolutionGeometry(
                batch: 3, input: ImageSize(9, width, channels: c), kernel: (5, 5), filters: oc,
                strides: strides,
                padding: Border(2))
            guard ConvolutionAlgorithm.wide.supports(g) else { continue }
            let expected = ConvolutionProducts(g, .naive, beta: 1)
            let actual = ConvolutionProducts(g, .wide, beta: 1)
            #expect(relativeDifference(actual.y, expected.y) < 1e-5)
            #expect(relativeDifference(actual.dx, expected.dx) < 1e-5)
            #expect(relativeDifference(actual.dw, expected.dw) < 1e-5)
        }
        let prime = ConvolutionGeometry(
            batch: 1, input: ImageSize(9, 13, channels: c), kernel: (5, 5), filters: oc, padding: Border(2))
        #expect(!ConvolutionAlgorithm.wide.supports(prime))
    }

    /// Beyond 2¹⁸ weights the gradient is computed for some of the channels at a time.
    @Test("Pointwise equals naive where the filters are larger than the cache", arguments: [1, 2])
    func largePointwise(_ stride: Int) {
        let g = ConvolutionGeometry(
            batch: 3, input: ImageSize(7, 6, channels: 515), kernel: (1, 1), filters: 513,
            strides: (stride, stride))
        #expect(g.weightCount > 1 << 18)
        let expected = ConvolutionProducts(g, .naive, beta: 1)
        let actual = ConvolutionProducts(g, .pointwise, beta: 1)
        #expect(relativeDifference(actual.y, expected.y) < 1e-5)
        #expect(relativeDifference(actual.dx, expected.dx) < 1e-5)
        #expect(relativeDifference(actual.dw, expected.dw) < 1e-5)
    }

    @Test("Only 1×1 filters that stay on the image are pointwise")
    func pointwiseGeometries() {
        var g = ConvolutionGeometry(batch: 1, input: ImageSize(5, 4, channels: 3), kernel: (1, 1), filters: 9)
        #expect(ConvolutionAlgorithm.pointwise.supports(g))
        #expect(Convolution(g).algorithm == .pointwise)
        for padding in [Border(top: 1), Border(left: 1), Border(bottom: 1), Border(right: 1)] {
            g = ConvolutionGeometry(
                batch: 1, input: ImageSize(5, 4, channels: 3), kernel: (1, 1), filters: 9, padding: padding)
            #expect(!ConvolutionAlgorithm.pointwise.supports(g))
        }
        g = ConvolutionGeometry(batch: 1, input: ImageSize(5, 4, channels: 3), kernel: (1, 2), filters: 9)
        #expect(!ConvolutionAlgorithm.pointwise.supports(g))
    }

    @Test("Where Winograd is ruled out, no pass takes it")
    func withoutWinograd() {
        let g = ConvolutionGeometry(
            batch: 4, input: ImageSize(16, 16, channels: 32), kernel: (3, 3), filters: 32, padding: Border(1))
        #expect(Convolution(g).algorithm(for: .data) == .winograd)
        let exact = Convolution(g, allowsWinograd: false)
        for pass in ConvolutionPass.allCases { #expect(exact.algorithm(for: pass) == .im2col) }
        // The way back of a forced algorithm that cannot do it: its 96 filters are too many for wide
        // products.
        let forced = Convolution(
            ConvolutionGeometry(
                batch: 4, input: ImageSize(16, 16, channels: 96), kernel: (3, 3), filters: 8,
                padding: Border(1)),
            algorithm: .wide)
        #expect(forced.algorithm(for: .forward) == .wide && forced.algorithm(for: .data) == .im2col)
    }

    @Test("'same' padding puts the odd pixel at the end")
    func samePadding() {
        #expect(ConvolutionGeometry.samePadding(5, 2, 1) == (0, 1))
        #expect(ConvolutionGeometry.samePadding(32, 3, 2) == (0, 1))
        #expect(ConvolutionGeometry.samePadding(5, 3, 2) == (1, 1))
        #expect(ConvolutionGeometry.samePadding(4, 1, 2) == (0, 0))
        #expect(ConvolutionGeometry.samePadding(7, 3, 1, 2) == (2, 2))
    }
}
