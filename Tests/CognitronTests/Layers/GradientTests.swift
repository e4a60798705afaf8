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

    @Test(
        "of convolutions that fuse a rectifier are those with the function after them",
        arguments: [ActivationFunction.relu, .relu(maxValue: 0.3), .relu(negativeSlope: 0.1, maxValue: 1)])
    func fusedRectifiers(_ function: ActivationFunction) throws {
        let makers: [(ActivationFunction) -> any AnyLayer] = [
            { Conv2D(5, kernelSize: 3, padding: .same, activation: $0) },
            { Conv2D(5, kernelSize: 1, activation: $0) },
            { DepthwiseConv2D(kernelSize: 3, padding: .same, activation: $0) },
            { SeparableConv2D(5, kernelSize: 3, activation: $0) },
            { Conv2DTranspose(5, kernelSize: 2, strides: 2, activation: $0) },
        ]
        let x = Tensor.randomNormal([2, 6, 6, 4], seed: 1)
        for make in makers {
            let fused = Sequential([Input(6, 6, 4), make(function)])
            let apart = Sequential([Input(6, 6, 4), make(.linear), Activation(function)])
            let results = try [fused, apart].map { model in
                try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 2)
                let (output, pullback) = model.forward(x, .training)
                let gradient = pullback(Tensor.randomNormal(output.shape, seed: 3))
                return [output, gradient] + model.parameters.map(\.gradient)
            }
            for (a, b) in zip(results[0], results[1]) {
                #expect((a - b).absolute.max() < 1e-5 * max(1, b.absolute.max()), "\(fused.layers[1])")
            }
        }
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
