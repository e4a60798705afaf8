import CognitronTesting
import Testing

@testable import Cognitron

@Suite("Features of regions")
struct RegionTests {
    /// 0 to 15.
    private let image = Tensor((0..<16).map(Float.init), shape: [1, 4, 4, 1])

    @Test("Maxima and means of a whole image and of a part of it, worked by hand")
    func byHand() {
        let regions: Tensor = [[0, 0, 0, 3, 3], [0, 1, 1, 2, 2]]
        let maxima = RoIPooling(size: 2).forward([image, regions], .inference).output
        #expect(maxima.scalars == [5, 7, 13, 15, 5, 6, 9, 10])
        // One sample in the middle of each bin: at 0.75 and 2.25, and at 1.25 and 1.75.
        let means = RoIAlign(size: 2, samplingRatio: 1).forward([image, regions], .inference).output
        #expect(means.scalars == [3.75, 5.25, 9.75, 11.25, 6.25, 6.75, 8.25, 8.75])
    }

    /// Regions that stay the same, so that finite differences are those of the maps.
    private final class OfRegions: Layer {
        let layer: any MergingLayer
        let regions: Tensor
        let name: String? = nil

        init(_ layer: any MergingLayer, _ regions: Tensor) { (self.layer, self.regions) = (layer, regions) }

        func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
            try layer.build([input, [5]], &context)
        }

        func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
            let (output, pullback) = layer.forward([input, regions], pass)
            return (output, { pullback($0)[0] })
        }
    }

    private static let regions: Tensor = [
        [1, 2, 1, 18, 13], [0, 9, -3, 30, 22], [1, 4, 4, 7, 20], [0, -40, -40, 80, 90], [1, 3, 3, 3, 3],
    ]

    @Test(
        "Gradients equal finite differences",
        arguments: [
            RoIAlign(size: 2, spatialScale: 0.25), RoIAlign(size: 3, spatialScale: 0.25, aligned: true),
            RoIAlign(size: 2, spatialScale: 0.25, samplingRatio: 0), RoIPooling(size: 2, spatialScale: 0.25),
        ] as [any MergingLayer])
    func gradients(_ layer: any MergingLayer) throws {
        // Numbers that are 0.05 and more apart, so that a maximum is never in doubt.
        let x = Tensor((0..<180).map { Float($0 * 77 % 180) * 0.05 - 4 }, shape: [2, 6, 5, 3])
        let report = try GradientChecker.check(
            OfRegions(layer, Self.regions), input: x, step: 0.01, elements: 180)
        #expect(report.largestError < 2e-3, "\(report)")
    }

    @Test("Outputs and gradients have the same bits for any number of threads")
    func threads() {
        let (maps, corners) = (
            Tensor.randomNormal([2, 9, 8, 70], seed: 1), Tensor.randomUniform([60, 5], seed: 2)
        )
        let rows = (0..<60).flatMap { row -> [Float] in
            let (x, y) = (corners[row, 0] * 100, corners[row, 1] * 100)
            return [Float(row % 2), x, y, x + corners[row, 2] * 90, y + corners[row, 3] * 90]
        }
        let regions = Tensor(rows, shape: [60, 5])
        let before = Threads.count
        defer { Threads.count = before }
        for layer in [RoIAlign(size: 7, spatialScale: 0.08), RoIPooling(size: 7, spatialScale: 0.08)]
            as [any MergingLayer]
        {
            let results = [1, 2, 3].map { count in
                Threads.count = count
                let (y, pullback) = layer.forward([maps, regions], .training)
                return [y, pullback(.randomNormal(y.shape, seed: 3))[0]]
            }
            #expect(results[0] == results[1] && results[0] == results[2])
        }
    }

    @Test(
        "Regions that are not finite give NaN and take no gradient; others may be anywhere, of any size"
    )
    func unusualRegions() {
        let rows: [[Float]] = [
            [0, .nan, 0, 3, 3], [0, 0, 0, .infinity, 3], [0, 900, 900, 950, 950],
            [0, -1e30, -1e30, 1e30, 1e30], [0, 3, 3, 0, 0], [0, -3e38, 0, 3e38, 3e38],
        ]
        let regions = Tensor(rows.flatMap { $0 }, shape: [6, 5])
        for layer in [
            RoIAlign(size: 2), RoIAlign(size: 2, samplingRatio: 0), RoIAlign(size: 2, aligned: true),
            RoIPooling(size: 2),
        ] as [any MergingLayer] {
            let (y, pullback) = layer.forward([image, regions], .training)
            #expect(y[0..<2].scalars.allSatisfy { $0.isNaN } && y[2..<6].scalars.allSatisfy { $0.isFinite })
            #expect(y[2] == .zeros([2, 2, 1]))
            #expect(pullback(.ones(y.shape))[0].scalars.allSatisfy { $0.isFinite })
            let (none, back) = layer.forward([image, Tensor([Float](), shape: [0, 5])], .training)
            #expect(none.shape == [0, 2, 2, 1] && back(none)[0] == .zeros(image.shape))
        }
    }

    @Test("Inputs and arguments out of range are named")
    func arguments() {
        let cases: [(any AnyLayer, [Shape], String)] = [
            (RoIAlign(size: 7), [[4, 4, 3]], "two inputs, the second of 5 numbers"),
            (RoIPooling(size: 7), [[4, 4, 3], [4]], "two inputs, the second of 5 numbers"),
            (RoIPooling(size: 7), [[4, 4], [5]], "needs images"),
            (RoIAlign(size: 0), [[4, 4, 3], [5]], "invalid size"),
            (RoIAlign(size: 7, spatialScale: 0), [[4, 4, 3], [5]], "invalid spatialScale"),
            (RoIAlign(size: 7, samplingRatio: 65), [[4, 4, 3], [5]], "invalid samplingRatio"),
            (ResizeToMatch2D(), [[4, 4, 3]], "two inputs"),
        ]
        for (layer, inputs, expected) in cases {
            let text = errorText {
                var context = BuildContext(path: "layer")
                _ = try layer.build(inputs: inputs, &context)
            }
            #expect(text.hasPrefix("layer: ") && text.contains(expected), "\(text)")
        }
    }
}
