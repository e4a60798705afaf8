import Testing

@testable import Cognitron

@Suite("Activation functions have Keras's values and derivatives")
struct ActivationGoldenTests {
    struct Arguments: Decodable {
        var activation: String?
        var layer: String?
        var alpha: Float?
        var negativeSlope: Float?
        var approximate: Bool?
        var maxValue: Float?
        var threshold: Float?
        var defaultValue: Float?
        var b: Float?
        var axis: Int?

        func function() throws -> ActivationFunction {
            if layer == "LeakyReLU" { return LeakyReLU().activation }
            switch activation {
            case "relu" where maxValue != nil || threshold != nil || negativeSlope != nil:
                return ReLU(
                    maxValue: maxValue, negativeSlope: negativeSlope ?? 0, threshold: threshold ?? 0
                ).activation
            case "celu": return alpha.map { .celu(alpha: $0) } ?? .celu
            case "hard_shrink": return threshold.map { .hardShrink(threshold: $0) } ?? .hardShrink
            case "soft_shrink": return threshold.map { .softShrink(threshold: $0) } ?? .softShrink
            case "squareplus": return b.map { .squareplus(b: $0) } ?? .squareplus
            case "threshold":
                return .threshold(try #require(threshold), defaultValue: try #require(defaultValue))
            case "softmax": return axis.map { Softmax(axis: $0).activation } ?? .softmax
            case "log_softmax": return axis == -1 ? .logSoftmax : .logSoftmax(axis: try #require(axis))
            case "sparsemax": return axis == -1 ? .sparsemax : .sparsemax(axis: try #require(axis))
            case "glu": return axis == -1 ? .glu : .glu(axis: try #require(axis))
            default: break
            }
            if let alpha { return ELU(alpha: alpha).activation }
            if let negativeSlope { return .leakyRelu(negativeSlope: negativeSlope) }
            if let approximate { return .gelu(approximate: approximate) }
            return try ActivationFunction(keras: try #require(activation))
        }
    }

    // Elementwise, so that a function is right also where it is small: within 2·10⁻⁶ of each value, some
    // thirty roundings, and 2·10⁻⁷, some three roundings of a number near 1. A derivative such as y·(1 − y)
    // has that error where y is near 1, whatever is left of it, and that of the approximate GELU multiplies
    // it by the input.
    @Test("From -100 to 100", arguments: try GoldenCase.all("activations"))
    func values(_ golden: GoldenCase) throws {
        let function = try golden.configuration(Arguments.self).function()
        let (output, pullback) = function.forward(try golden["x"])
        expectClose(output, try golden["output"], "value", relative: 2e-6, absolute: 2e-7)
        let weighting = try golden["weighting"]
        expectClose(
            pullback(weighting), try golden["gradient_x"], "derivative", relative: 2e-6,
            absolute: 5e-7 * weighting.largest)
    }
}
