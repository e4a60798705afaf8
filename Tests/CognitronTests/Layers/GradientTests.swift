import Testing

@testable import Cognitron

/// Backward passes against finite differences of forward passes. Those of layers are among the checks of
/// `ConformanceTests`.
@Suite("Gradients equal finite differences")
struct GradientTests {
    static let functions: [ActivationFunction] = [
        .linear, .relu, .leakyRelu, .leakyRelu(negativeSlope: 0), .sigmoid, .tanh, .softmax, .softplus, .elu,
        .elu(alpha: 0.3), .gelu, .gelu(approximate: true), .swish, .celu(alpha: 0.7), .exponential,
        .hardSigmoid, .hardSilu, .hardTanh, .logSigmoid, .mish, .relu6, .selu, .softsign, .sparsePlus,
        .sparseSigmoid, .tanhShrink, .glu, .glu(axis: 1), .logSoftmax, .sparsemax, .softmax(axis: 1),
        .hardShrink(threshold: 0.4), .softShrink(threshold: 0.8), .squareplus,
        .threshold(0.4, defaultValue: -1),
        .relu(negativeSlope: 0.2, maxValue: 2, threshold: 0.8), .relu(negativeSlope: 0.4),
    ]

    @Test("of every activation function", arguments: functions)
    func activations(_ function: ActivationFunction) throws {
        // 0.1, 0.3 … on both sides of zero: away from the corner of the rectifiers.
        let x = Tensor((0..<40).map { Float($0) * 0.2 - 3.9 }, shape: [4, 10])
        let report = try GradientChecker.check(Activation(function), input: x)
        #expect(report.largestError < 2e-3, "\(report)")
    }

    @Test("A wrong gradient is found")
    func wrongGradient() throws {
        final class Wrong: Layer {
            let name: String? = nil
            func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape { input }
            func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
                (input.squared, { $0 })
            }
        }
        let report = try GradientChecker.check(Wrong(), input: .randomUniform([3, 3], seed: 1))
        #expect(report.largestError > 0.1)
    }
}
