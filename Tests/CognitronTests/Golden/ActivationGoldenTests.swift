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

        func function() throws -> ActivationFunction {
            if layer == "LeakyReLU" { return LeakyReLU().activation }
            if let alpha { return .elu(alpha: alpha) }
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
