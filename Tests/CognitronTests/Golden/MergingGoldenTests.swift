import Testing

@testable import Cognitron

@Suite("Merging layers give what Keras's give")
struct MergingGoldenTests {
    @Test("For equal shapes, those that broadcast, and other ranks", arguments: try GoldenCase.all("merging"))
    func layers(_ golden: GoldenCase) throws {
        struct Arguments: Decodable {
            var layer: String
            var axes: [Int]?
            var normalize: Bool?
        }
        let a = try golden.configuration(Arguments.self)
        let layer: any AnyLayer =
            switch a.layer {
            case "Add": Add()
            case "Average": Average()
            case "Maximum": Maximum()
            case "Minimum": Minimum()
            case "Multiply": Multiply()
            case "Subtract": Subtract()
            default:
                try {
                    let axes = try #require(a.axes)
                    return Dot(axes: (axes[0], axes[1]), normalize: try #require(a.normalize))
                }()
            }
        try expectGolden(layer, golden, tolerance: 2e-6)
    }
}
