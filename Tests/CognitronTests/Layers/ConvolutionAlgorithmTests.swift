import CognitronKernels
import Foundation
import Testing

@testable import Cognitron

@Suite("Conv2D's algorithm")
struct ConvolutionAlgorithmTests {
    /// Everything that one forward and backward pass give, with the same weights whatever the algorithm.
    private func results(_ layer: Conv2D) throws -> [Tensor] {
        let x = Tensor.randomNormal([2, 9, 10, 32], seed: 1)
        var context = BuildContext(path: "layer")
        _ = try layer.build(x.shape.sample, &context)
        layer.kernel.value = .randomNormal(layer.kernel.shape, seed: 2)
        let (y, pullback) = layer.forward(x, .training)
        let dx = pullback(.randomNormal(y.shape, seed: 3))
        return [y, dx, layer.kernel.gradient]
    }

    private func layer(_ algorithm: Conv2D.Algorithm) -> Conv2D {
        Conv2D(32, kernelSize: 3, padding: .same, algorithm: algorithm)
    }

    @Test("Without Winograd, all three products are sums of products, to the bit")
    func withoutWinograd() throws {
        let (free, exact) = (try results(layer(.automatic)), try results(layer(.withoutWinograd)))
        #expect(free == (try results(layer(.winograd))))
        #expect(exact == (try results(layer(.im2col))))
        for (a, b) in zip(free, exact) { #expect(a != b && a.isClose(to: b, absolute: 1e-2)) }
    }

    @Test(
        "Each algorithm of the kernels can be asked for, and is what runs",
        arguments: ConvolutionAlgorithm.allCases)
    func forced(_ algorithm: ConvolutionAlgorithm) throws {
        let choice = try #require(Conv2D.Algorithm(rawValue: algorithm.rawValue))
        let isGrouped = algorithm == .direct || algorithm == .grouped
        let layer = Conv2D(
            8, kernelSize: algorithm == .pointwise ? 1 : algorithm == .strips ? 5 : 3, padding: .same,
            groups: isGrouped ? 4 : 1,
            algorithm: choice)
        let geometry = layer.geometry([2, 9, 10, 32])
        #expect(choice.convolution(geometry).algorithm == algorithm)
        let twin = Conv2D(
            8, kernelSize: layer.kernelSize, padding: .same, groups: layer.groups, algorithm: .naive)
        for (a, b) in zip(try results(layer), try results(twin)) {
            #expect(a.isClose(to: b, absolute: 1e-2))
        }
    }

    @Test("A file may name the algorithm that there once was; others that are unknown are errors")
    func inFiles() throws {
        func read(_ name: String) throws -> Conv2D.Algorithm {
            try JSONDecoder().decode([Conv2D.Algorithm].self, from: Data("[\"\(name)\"]".utf8))[0]
        }
        for algorithm in Conv2D.Algorithm.allCases { #expect(try read(algorithm.rawValue) == algorithm) }
        #expect(try read("planar") == .automatic)
        let error = #expect(throws: DecodingError.self) { try read("fast") }
        #expect("\(try #require(error))".contains("no algorithm of convolution is called fast"))
    }
}
