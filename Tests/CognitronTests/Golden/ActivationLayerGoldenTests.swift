import Testing

@testable import Cognitron

@Suite("Activation layers give what Keras's give")
struct ActivationLayerGoldenTests {
    @Test("ELU, PReLU, ReLU and the softmax with a mask", arguments: try GoldenCase.all("activation_layers"))
    func layers(_ golden: GoldenCase) throws {
        struct Arguments: Decodable {
            var layer: String
            var sharedAxes: [Int]?
            var alpha: Float?
            var maxValue: Float?
            var negativeSlope: Float?
            var threshold: Float?
        }
        let a = try golden.configuration(Arguments.self)
        let layer: any AnyLayer =
            switch a.layer {
            case "PReLU": PReLU(sharedAxes: a.sharedAxes)
            case "ELU": ELU(alpha: try #require(a.alpha))
            case "ReLU":
                ReLU(
                    maxValue: a.maxValue, negativeSlope: try #require(a.negativeSlope),
                    threshold: try #require(a.threshold))
            default: Softmax()
            }
        try expectGolden(layer, golden, tolerance: 1e-6)
    }
}
