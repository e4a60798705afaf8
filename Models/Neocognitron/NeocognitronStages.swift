import Cognitron
import Foundation

/// The layers of a neocognitron, and what they learn from.
final class NeocognitronStages {
    /// A layer of S-cells that add-if-silent teaches.
    struct Stage {
        let name: String
        let kernelSize: Int
        let sigma: Float
        /// θ while learning, and afterwards.
        let learning: Float, recognition: Float

        static let us2 = Stage(name: "US2", kernelSize: 5, sigma: 1.5, learning: 0.7, recognition: 0.55)
        static let us3 = Stage(name: "US3", kernelSize: 3, sigma: 1, learning: 0.75, recognition: 0.6)

        var rule: AddIfSilent {
            AddIfSilent(
                threshold: learning, kernelSize: kernelSize, sigma: sigma, padding: kernelSize / 2)
        }

        /// The C-cells over the S-cells of this stage.
        var complexCells: CCellLayer { NeocognitronStages.complexCells(number: name.suffix(1)) }

        /// The answers of the C-cells, a few pictures at a time, since S-cells have many planes.
        func blurred(_ answers: Tensor, _ cells: SCellLayer) -> Tensor {
            NeocognitronStages.inParts(answers) {
                complexCells.forward(cells.forward($0, .inference).output, .inference).output
            }
        }
    }

    static let side = 24
    static let edgeCount = 16

    private let contrast = ContrastLayer(name: "UG")
    private let edges = SCellLayer(
        NeocognitronStages.edgeCount, inhibition: .subtractive(threshold: 0.5), padding: 2, name: "US1")
    /// US2 and US3.
    var cells: [SCellLayer] = []

    init() throws {
        try edges.build(channels: 2)
        edges.a.value = try Self.edgeFeatures(contrast)
    }

    /// Each edge is learnt from a drawing of it, in one presentation.
    private static func edgeFeatures(_ contrast: ContrastLayer) throws -> Tensor {
        var planes = AddIfSilent(threshold: 0.999, kernelSize: 5, sigma: 1.5, padding: 0)
        for number in 0..<edgeCount {
            let angle = 2 * Float.pi * Float(number) / Float(edgeCount)
            let seen = contrast.forward(edge(angle), .inference).output[0]
            let middle = edgeSide / 2 - 2
            planes.present(
                seen.slice(axis: 0, middle..<middle + 5).slice(axis: 1, middle..<middle + 5))
        }
        return try planes.layer("US1", threshold: 0.5).a.value
    }

    private static let edgeSide = 21

    /// A picture that is light on one side of a line through its middle: (1, 21, 21, 1).
    private static func edge(_ angle: Float) -> Tensor {
        let reach = edgeSide / 2
        let pixels = (-reach...reach).flatMap { y -> [Float] in
            (-reach...reach).map { x -> Float in
                let distance = Float(x) * cos(angle) + Float(y) * sin(angle)
                return min(max(distance + 0.5, 0), 1)
            }
        }
        return Tensor(pixels, shape: [1, edgeSide, edgeSide, 1])
    }

    /// UC1's answers to pictures.
    func edges(of pictures: Tensor) -> Tensor {
        Self.inParts(pictures) { part in
            var x = Resizing(Self.side, Self.side).forward(part, .inference).output
            x = contrast.forward(x, .inference).output
            x = edges.forward(x, .inference).output
            return Self.complexCells(number: "1").forward(x, .inference).output
        }
    }

    func untaught(_ stage: Stage, planes: Int) -> SCellLayer {
        SCellLayer(
            planes, kernelSize: stage.kernelSize, inhibition: .subtractive(threshold: stage.recognition),
            sigma: stage.sigma, padding: stage.kernelSize / 2, name: stage.name)
    }

    fileprivate static func complexCells(number: some StringProtocol) -> CCellLayer {
        // The last layer blurs more: features may lie further from where they were learnt.
        CCellLayer(sigma: number == "3" ? 1.5 : 1.2, padding: (2, 2), name: "UC\(number)")
    }

    private static let partSize = 100

    private static func inParts(_ x: Tensor, _ body: (Tensor) -> Tensor) -> Tensor {
        .concatenated(
            stride(from: 0, to: x.shape[0], by: partSize).map {
                body(x[$0..<min($0 + partSize, x.shape[0])])
            }, axis: 0)
    }

    /// The network with its top layer.
    func model(_ inputShape: Shape, _ top: InterpolatingVectors) throws -> Model {
        let model = Sequential(name: "neocognitron") {
            Input(shape: inputShape)
            Resizing(Self.side, Self.side, name: "U0")
            contrast
            edges
            Self.complexCells(number: "1")
            cells[0]
            Stage.us2.complexCells
            cells[1]
            Stage.us3.complexCells
            Flatten()
            UnitNormalization()
            top
            // Similarities from 0 to 1 become probabilities that tell classes apart.
            Rescaling(30, name: "sharpening")
            Softmax()
        }
        try model.build(inputShape)
        return model
    }
}
