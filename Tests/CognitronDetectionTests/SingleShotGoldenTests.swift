import Cognitron
import Foundation
import Testing

@testable import CognitronDetection

/// Scripts/make-single-shot-fixtures.py says how the numbers were computed.
@Suite("The losses of single-shot detectors are those of PyTorch's and torchvision's programs")
struct SingleShotGoldenTests {
    struct Numbers: Decodable {
        let shape: [Int]
        let values: [Float]
        var tensor: Tensor { Tensor(values, shape: Shape(shape)) }
    }

    static let shapes = AnchorShapes([[0.15, 0.2], [0.4, 0.3], [0.5, 0.5]])
    static let defaults = DefaultBoxes(ratios: [[2], [2]], scales: [0.2, 0.4, 0.7])
        .boxes(levels: [(4, 4), (2, 2)], pictureHeight: 64, pictureWidth: 64)

    @Test("Losses and gradients", arguments: ["grid", "anchors", "multibox"])
    func losses(_ name: String) throws {
        let file = try #require(
            Bundle.module.url(forResource: "single-shot", withExtension: "json", subdirectory: "Fixtures"))
        let cases = try JSONDecoder().decode([String: [String: Numbers]].self, from: Data(contentsOf: file))
        let truth = try #require(cases["truth"]?["rows"]).tensor
        let golden = try #require(cases[name]).mapValues(\.tensor)
        let loss: Loss =
            switch name {
            case "grid": .yoloGrid(YOLOGrid(rows: 4, columns: 4, classCount: 4, height: 64, width: 64))
            case "anchors":
                .anchorCells(AnchorCells(shapes: Self.shapes, classCount: 4, height: 64, width: 64))
            default: .multibox(MultiboxBoxes(Self.defaults, height: 64, width: 64))
            }
        let prediction = try #require(golden["prediction"])
        let losses = try #require(golden["losses"])
        #expect(loss.losses(prediction, truth).isClose(to: losses, absolute: 1e-4, relative: 1e-5))
        let (value, gradient) = loss(prediction, truth)
        #expect(abs(value - losses.mean()) < 1e-4)
        // The loss is the mean over three pictures.
        #expect((3 * gradient).isClose(to: try #require(golden["gradient"]), absolute: 2e-5))
    }
}
