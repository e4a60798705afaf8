import Testing

@testable import CognitronKernels

/// The three products of a three-dimensional convolution by the definition, with sums of 64 bits.
private struct NaiveVolumes {
    var y: [Double]
    var dx: [Double]
    var dw: [Double]

    init(_ g: VolumeGeometry, _ operands: VolumeOperands) {
        y = [Double](repeating: 0, count: g.outputCount)
        dx = [Double](repeating: 0, count: g.inputCount)
        dw = [Double](repeating: 0, count: g.weightCount)
        let p = g.plane
        for out in y.indices { y[out] = Double(operands.bias[out % p.filters]) }
        for n in 0..<p.batch {
            for od in 0..<g.outputDepth {
                for oh in 0..<p.outputHeight {
                    for ow in 0..<p.outputWidth {
                        for kd in 0..<g.kernelDepth {
                            for kh in 0..<p.kernelHeight {
                                for kw in 0..<p.kernelWidth {
                                    let d = od * g.strideZ + kd * g.dilationZ - g.front
                                    let h = oh * p.strideY + kh * p.dilationY - p.top
                                    let w = ow * p.strideX + kw * p.dilationX - p.left
                                    guard (0..<g.depth).contains(d), (0..<p.height).contains(h),
                                        (0..<p.width).contains(w)
                                    else { continue }
                                    add(
                                        g, operands,
                                        output: ((n * g.outputDepth + od) * p.outputHeight + oh)
                                            * p.outputWidth + ow,
                                        input: ((n * g.depth + d) * p.height + h) * p.width + w,
                                        tap: (kd * p.kernelHeight + kh) * p.kernelWidth + kw)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// One tap under one output pixel.
    private mutating func add(
        _ g: VolumeGeometry, _ operands: VolumeOperands, output: Int, input: Int, tap: Int
    ) {
        let p = g.plane
        for o in 0..<p.filters {
            for c in 0..<p.groupChannels {
                let x = input * p.channels + o / p.groupFilters * p.groupChannels + c
                let w = (tap * p.groupChannels + c) * p.filters + o
                let out = output * p.filters + o
                y[out] += Double(operands.x[x]) * Double(operands.w[w])
                dx[x] += Double(operands.dy[out]) * Double(operands.w[w])
                dw[w] += Double(operands.x[x]) * Double(operands.dy[out])
            }
        }
    }
}

private struct VolumeOperands {
    let x: [Float], w: [Float], dy: [Float], bias: [Float]

    init(_ g: VolumeGeometry) {
        x = numbers(g.inputCount, seed: 1)
        w = numbers(g.weightCount, seed: 2)
        dy = numbers(g.outputCount, seed: 3)
        bias = numbers(g.plane.filters, seed: 4)
    }
}

private struct VolumeProducts: Equatable {
    var y: [Float]
    var dx: [Float]
    var dw: [Float]

    /// - Parameter together: whether both gradients are made in one go.
    init(_ g: VolumeGeometry, _ operands: VolumeOperands, beta: Float = 0, together: Bool = false) {
        // Not zeros: results must be written, not added to what happens to be there.
        y = [Float](repeating: .nan, count: g.outputCount)
        dx = [Float](repeating: .nan, count: g.inputCount)
        dw = [Float](repeating: beta == 0 ? .nan : 1, count: g.weightCount)
        let convolution = VolumeConvolution(g)
        convolution.forward(operands.x, operands.w, bias: operands.bias, into: &y)
        if together {
            convolution.gradients(
                operands.x, operands.dy, operands.w, intoData: &dx, weights: &dw, beta: beta)
        } else {
            convolution.dataGradient(operands.dy, operands.w, into: &dx)
            convolution.weightGradient(operands.x, operands.dy, into: &dw, beta: beta)
        }
    }
}

/// A volume's convolution with the same stride and dilation along all axes.
private func volume(
    _ batch: Int, _ depth: Int, _ height: Int, _ width: Int, _ channels: Int, _ filters: Int,
    kernel: (Int, Int, Int), stride: Int = 1, dilation: Int = 1, padding: (front: Int, back: Int) = (0, 0),
    _ border: Border = .none, groups: Int = 1
) -> VolumeGeometry {
    VolumeGeometry(
        plane: ConvolutionGeometry(
            batch: batch, input: ImageSize(height, width, channels: channels), kernel: (kernel.1, kernel.2),
            filters: filters, strides: (stride, stride), dilation: (dilation, dilation), padding: border,
            groups: groups),
        depth: depth, kernelDepth: kernel.0, stride: stride, dilation: dilation, padding: padding)
}

@Suite("Convolution of volumes")
struct VolumeConvolutionTests {
    static let geometries: [VolumeGeometry] = {
        var all: [VolumeGeometry] = []
        for kernel in [(1, 1, 1), (1, 3, 3), (3, 1, 1), (2, 2, 2), (3, 3, 3), (4, 3, 2)] {
            for (stride, dilation) in [(1, 1), (2, 1), (3, 1), (1, 2), (2, 2)] {
                let (channels, filters) = [(1, 3), (4, 5), (9, 8)][all.count / 3 % 3]
                all.append(
                    volume(2, 8, 9, 7, channels, filters, kernel: kernel, stride: stride, dilation: dilation))
                all.append(
                    volume(
                        1, 7, 8, 7, channels, filters, kernel: kernel, stride: stride, dilation: dilation,
                        padding: (2, 1), Border(top: 1, bottom: 2, left: 0, right: 3)))
            }
        }
        return all + [
            // Planes that no window sees, before the volume and after it.
            volume(2, 7, 6, 5, 3, 4, kernel: (2, 3, 3), padding: (-1, -2)),
            volume(
                2, 7, 8, 9, 3, 4, kernel: (3, 2, 2), padding: (1, -3), Border(top: -1, left: -2, right: 2)),
            // Windows that see nothing but zeros.
            volume(1, 2, 3, 3, 2, 3, kernel: (2, 2, 2), padding: (5, 4), Border(3)),
            volume(1, 5, 6, 7, 6, 4, kernel: (3, 3, 3), padding: (1, 1), Border(1), groups: 2),
            volume(2, 5, 6, 7, 9, 9, kernel: (2, 3, 3), stride: 2, groups: 9),
            volume(1, 4, 4, 5, 8, 24, kernel: (3, 1, 1), dilation: 2, padding: (2, 2), groups: 8),
        ]
    }()

    @Test("All products equal those of seven loops", arguments: geometries)
    func products(_ g: VolumeGeometry) {
        #expect(g.outputCount > 0)
        let operands = VolumeOperands(g)
        let expected = NaiveVolumes(g, operands)
        let actual = VolumeProducts(g, operands)
        #expect(relativeDifference(actual.y, expected.y) < 2e-5)
        #expect(relativeDifference(actual.dx, expected.dx) < 2e-5)
        #expect(relativeDifference(actual.dw, expected.dw) < 2e-5)
        #expect(VolumeProducts(g, operands, together: true) == actual)
        let added = VolumeProducts(g, operands, beta: 0.5)
        #expect(relativeDifference(added.dw, expected.dw.map { $0 + 0.5 }) < 2e-5)
        #expect(VolumeProducts(g, operands, beta: 0.5, together: true).dw == added.dw)
    }

    /// Images for four times as many planes as are made at once.
    private static let large = volume(
        2, 10, 64, 64, 16, 2, kernel: (3, 3, 3), padding: (1, 1), Border(1))

    @Test("Planes in several tiles give what seven loops do")
    func tiles() {
        let operands = VolumeOperands(Self.large)
        let expected = NaiveVolumes(Self.large, operands)
        for beta in [Float(0), 1] {
            let actual = VolumeProducts(Self.large, operands, beta: beta, together: beta == 0)
            #expect(relativeDifference(actual.y, expected.y) < 2e-5)
            #expect(relativeDifference(actual.dx, expected.dx) < 2e-5)
            #expect(relativeDifference(actual.dw, expected.dw.map { $0 + Double(beta) }) < 2e-5)
        }
    }

    @Test(
        "The bits are the same for any number of threads",
        arguments: [
            large, volume(3, 9, 20, 21, 8, 16, kernel: (3, 3, 3), stride: 2, padding: (1, 1), Border(1)),
        ])
    func threads(_ g: VolumeGeometry) {
        let operands = VolumeOperands(g)
        let results = withEachWorkerCount { VolumeProducts(g, operands) }
        for result in results.dropFirst() { #expect(result == results[0]) }
    }

    @Test("A window that finds no place gives nothing, and gradients of zero")
    func nothing() {
        let g = volume(1, 2, 5, 5, 2, 3, kernel: (3, 3, 3))
        #expect(g.outputDepth == 0 && g.outputCount == 0)
        let result = VolumeProducts(g, VolumeOperands(g), beta: 2)
        #expect(result.dx.allSatisfy { $0 == 0 } && result.dw.allSatisfy { $0 == 2 })
    }

    @Test("A ReLU after the bias")
    func rectified() {
        let g = volume(1, 3, 4, 4, 2, 3, kernel: (2, 2, 2))
        let operands = VolumeOperands(g)
        let expected = VolumeProducts(g, operands).y.map { max(0, $0) }
        var y = [Float](repeating: .nan, count: g.outputCount)
        VolumeConvolution(g).forward(operands.x, operands.w, bias: operands.bias, bounds: .relu, into: &y)
        #expect(y == expected)
    }
}

@Suite("Convolution of sequences")
struct SequenceConvolutionTests {
    struct Case: Sendable {
        var length = 11
        var channels = 3
        var filters = 4
        var kernel = 3
        var stride = 1
        var dilation = 1
        var before = 0
        var after = 0
        var groups = 1
    }

    @Test(
        "An image of one row gives what loops over the steps do",
        arguments: [
            Case(), Case(stride: 2, before: 2), Case(kernel: 2, dilation: 3, before: 3),
            Case(length: 40, channels: 16, filters: 16, kernel: 5, before: 2, after: 2),
            Case(length: 9, channels: 8, filters: 6, kernel: 1), Case(channels: 4, before: 1, groups: 2),
            Case(length: 30, channels: 1, filters: 6, kernel: 7, before: 3, after: 3),
            Case(before: -2, after: -1),
        ])
    func sequence(_ s: Case) {
        let g = ConvolutionGeometry(
            batch: 2, length: s.length, channels: s.channels, kernel: s.kernel, filters: s.filters,
            stride: s.stride, dilation: s.dilation, padding: (s.before, s.after), groups: s.groups)
        let length = (s.length + s.before + s.after - s.dilation * (s.kernel - 1) - 1) / s.stride + 1
        #expect(g.outputHeight == 1 && g.outputWidth == length)
        let operands = ConvolutionOperands(g)
        var y = [Double](repeating: 0, count: g.outputCount)
        for n in 0..<2 {
            for step in 0..<length {
                for o in 0..<s.filters {
                    let out = (n * length + step) * s.filters + o
                    y[out] = Double(operands.bias[o])
                    for k in 0..<s.kernel {
                        let at = step * s.stride + k * s.dilation - s.before
                        guard (0..<s.length).contains(at) else { continue }
                        for c in 0..<g.groupChannels {
                            let channel = o / g.groupFilters * g.groupChannels + c
                            y[out] +=
                                Double(operands.x[(n * s.length + at) * s.channels + channel])
                                * Double(operands.w[(k * g.groupChannels + c) * s.filters + o])
                        }
                    }
                }
            }
        }
        let actual = ConvolutionProducts(g, nil)
        #expect(relativeDifference(actual.y, y) < 1e-5)
        let naive = ConvolutionProducts(g, .naive)
        #expect(relativeDifference(actual.dx, naive.dx) < 1e-5)
        #expect(relativeDifference(actual.dw, naive.dw) < 1e-5)
    }
}
