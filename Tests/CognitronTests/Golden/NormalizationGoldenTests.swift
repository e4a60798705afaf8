import Testing

@testable import Cognitron

@Suite("Normalisation gives what that of Keras and PyTorch gives")
struct NormalizationGoldenTests {
    private struct Arguments: Decodable {
        var layer: String
        var axis: Axes?
        var groups: Int?
        var epsilon: Float?
        var center: Bool?
        var scale: Bool?
        var momentum: Float?
        var renorm: Bool?
        var renormMomentum: Float?
        var renormClipping: RenormClipping?
        var size: Int?
        var alpha: Float?
        var beta: Float?
        var k: Float?
    }

    /// A number or an array of them.
    private struct Axes: Decodable {
        let numbers: [Int]

        init(from decoder: any Decoder) throws {
            let container = try decoder.singleValueContainer()
            numbers = try (try? [container.decode(Int.self)]) ?? container.decode([Int].self)
        }
    }

    @Test(
        "Rows, groups, local responses, and batches with other axes or renormalised",
        arguments: try GoldenCase.all("normalizations"))
    func normalization(_ golden: GoldenCase) throws {
        try expectGolden(try layer(try golden.configuration()), golden)
    }

    private func layer(_ a: Arguments) throws -> any AnyLayer {
        let axes = a.axis?.numbers ?? [-1]
        let (center, scale, epsilon) = (a.center ?? true, a.scale ?? true, a.epsilon ?? 1e-3)
        switch a.layer {
        case "LayerNormalization":
            return LayerNormalization(axis: axes, epsilon: epsilon, center: center, scale: scale)
        case "GroupNormalization":
            return GroupNormalization(
                groups: a.groups ?? 32, axis: axes[0], epsilon: epsilon, center: center, scale: scale)
        case "RMSNormalization": return RMSNormalization(axis: axes, epsilon: a.epsilon ?? 1e-6)
        case "UnitNormalization": return UnitNormalization(axis: axes)
        case "BatchNormalization":
            return BatchNormalization(
                axis: axes[0], momentum: a.momentum ?? 0.99, epsilon: epsilon, center: center, scale: scale,
                renorm: a.renorm ?? false, renormClipping: a.renormClipping,
                renormMomentum: a.renormMomentum ?? 0.99)
        default:
            return LocalResponseNormalization(
                size: try #require(a.size), alpha: try #require(a.alpha), beta: try #require(a.beta),
                k: try #require(a.k))
        }
    }
}
