import Testing

@testable import CognitronKernels

/// Sizes of convolutions in groups that differ in everything their loops could get wrong.
private struct GroupedCase: CustomTestStringConvertible {
    let geometry: ConvolutionGeometry
    let testDescription: String

    init(
        _ batch: Int, _ height: Int, _ width: Int, _ channels: Int, _ filters: Int, groups: Int,
        kernel: (Int, Int) = (3, 3), stride: Int = 1, dilation: Int = 1,
        padding: Border = Border(1)
    ) {
        geometry = ConvolutionGeometry(
            batch: batch, input: ImageSize(height, width, channels: channels), kernel: kernel,
            filters: filters,
            strides: (stride, stride), dilation: (dilation, dilation), padding: padding, groups: groups)
        testDescription =
            "\(batch)×\(height)×\(width) \(channels)→\(filters) in \(groups), \(kernel) stride \(stride) "
            + "dilation \(dilation) padding \(padding)"
    }

    /// Depthwise with one and several filters a channel, and larger groups; full and partly filled vectors of
    /// groups.
    private static let groupings = [
        (5, 5, 5), (8, 8, 8), (43, 43, 43), (3, 6, 3), (9, 27, 9), (16, 32, 16), (6, 4, 2), (12, 18, 6),
        (40, 20, 10), (34, 51, 17),
    ]

    static let all: [GroupedCase] = {
        var cases: [GroupedCase] = []
        for kernel in [(1, 1), (2, 2), (3, 3), (5, 5), (3, 2)] {
            for stride in 1...4 {
                for dilation in 1...2 {
                    for padding in 0..<3 {
                        let (channels, filters, groups) = groupings[cases.count % groupings.count]
                        let amounts = [
                            .none, Border(top: 1, bottom: 0, left: 2, right: 1),
                            Border(
                                top: 2 * kernel.0, bottom: kernel.0, left: 2 * kernel.1, right: kernel.1),
                        ][padding]
                        cases.append(
                            GroupedCase(
                                1 + cases.count % 2, 9 + padding, 13 - stride, channels, filters,
                                groups: groups, kernel: kernel, stride: stride, dilation: dilation,
                                padding: amounts))
                    }
                }
            }
        }
        return cases + [
            // Several tiles an image, more tiles than there are sums of a weight gradient
            GroupedCase(10, 70, 61, 16, 16, groups: 16),
            GroupedCase(9, 70, 37, 10, 20, groups: 10, stride: 2),
            // Four pixels at a time, with and without columns off the image at either end; streamed results
            GroupedCase(2, 5, 4, 11, 11, groups: 11),
            GroupedCase(2, 4, 7, 16, 16, groups: 16, padding: Border(top: 2, bottom: 3, left: 1, right: 0)),
            GroupedCase(1, 6, 9, 8, 8, groups: 8, padding: Border(top: 0, bottom: 1, left: 0, right: 1)),
            GroupedCase(1, 6, 11, 8, 8, groups: 8, padding: .none),
            GroupedCase(3, 90, 90, 48, 48, groups: 48),
            // A single pixel, and windows that see nothing but padding
            GroupedCase(3, 1, 1, 16, 16, groups: 16),
            GroupedCase(
                2, 2, 3, 8, 8, groups: 4, stride: 3, padding: Border(top: 7, bottom: 9, left: 8, right: 7)),
            // Groups for which products are better
            GroupedCase(2, 6, 5, 48, 36, groups: 2), GroupedCase(2, 6, 5, 40, 60, groups: 4, kernel: (1, 1)),
        ]
    }()
}

@Suite("Convolution in groups")
struct GroupedConvolutionTests {
    @Test(
        "Equals naive for every grouping, kernel, stride, dilation and padding", arguments: GroupedCase.all,
        [ConvolutionAlgorithm.direct, .grouped])
    private func equalsNaive(_ one: GroupedCase, _ algorithm: ConvolutionAlgorithm) {
        let expected = ConvolutionProducts(one.geometry, .naive)
        let actual = ConvolutionProducts(one.geometry, algorithm)
        #expect(relativeDifference(actual.y, expected.y) < 1e-5)
        #expect(relativeDifference(actual.dx, expected.dx) < 1e-5)
        #expect(relativeDifference(actual.dw, expected.dw) < 1e-5)
    }

    @Test("The naive loops do what those without groups do with filters that are zero outside their group")
    func blockDiagonal() {
        let g = GroupedCase(2, 6, 5, 6, 9, groups: 3, stride: 2).geometry
        var whole = g
        whole.groups = 1
        let operands = ConvolutionOperands(g)
        var w = [Float](repeating: 0, count: whole.weightCount)
        for tap in 0..<g.taps {
            for c in 0..<6 {
                for o in 0..<9 where c / 2 == o / 3 {
                    w[(tap * 6 + c) * 9 + o] = operands.w[(tap * 2 + c % 2) * 9 + o]
                }
            }
        }
        let actual = ConvolutionProducts(g, .naive)
        var y = [Float](repeating: .nan, count: g.outputCount)
        var dx = [Float](repeating: .nan, count: g.inputCount)
        var dw = [Float](repeating: .nan, count: whole.weightCount)
        let convolution = Convolution(whole, algorithm: .naive)
        convolution.forward(operands.x, w, bias: operands.bias, into: &y)
        convolution.dataGradient(operands.dy, w, into: &dx)
        convolution.weightGradient(operands.x, operands.dy, into: &dw)
        #expect(relativeDifference(actual.y, y) < 1e-6)
        #expect(relativeDifference(actual.dx, dx) < 1e-6)
        let inGroups = (0..<g.weightCount).map { place in
            let (tap, c, o) = (place / 18, place / 9 % 2, place % 9)
            return dw[(tap * 6 + o / 3 * 2 + c) * 9 + o]
        }
        #expect(relativeDifference(actual.dw, inGroups) < 1e-6)
    }

    @Test("Small groups are summed directly, large ones go through the algorithm that suits them")
    func preferred() {
        let cases: [(GroupedCase, ConvolutionAlgorithm)] = [
            (GroupedCase(8, 16, 16, 64, 64, groups: 64), .direct),
            (GroupedCase(8, 16, 16, 64, 256, groups: 64), .direct),
            (GroupedCase(8, 16, 16, 128, 128, groups: 32), .direct),
            (GroupedCase(8, 16, 16, 128, 128, groups: 2), .grouped),
        ]
        for (one, expected) in cases {
            for pass in ConvolutionPass.allCases {
                #expect(Convolution(one.geometry).algorithm(for: pass) == expected)
            }
        }
        let g = cases[0].0.geometry
        for algorithm: ConvolutionAlgorithm in [.im2col, .wide, .winograd, .pointwise] {
            #expect(!algorithm.supports(g))
        }
    }
}
