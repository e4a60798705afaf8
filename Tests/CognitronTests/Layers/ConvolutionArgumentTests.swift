import Testing

@testable import Cognitron

@Suite("Bad arguments of convolutions")
struct ConvolutionArgumentTests {
    /// The error of building a layer, as the user reads it.
    private func message(_ layer: any AnyLayer, _ input: Shape) -> String {
        errorText {
            var context = BuildContext(path: "layer")
            _ = try layer.build(inputs: [input], &context)
        }
    }

    @Test("of one, two and three axes are named")
    func names() {
        let cases: [(any AnyLayer, Shape, String)] = [
            (Conv1D(0, kernelSize: 3), [8, 2], "invalid filters"),
            (Conv1D(2, kernelSize: [3, 3]), [8, 2], "invalid kernelSize; expected one whole number"),
            (Conv1D(2, kernelSize: 9), [8, 2], "kernel 9 does not fit its input of 8"),
            (Conv1D(2, kernelSize: 3), [8, 8, 2], "needs sequences"),
            (Conv1D(2, kernelSize: 3, groups: 3), [8, 2], "cannot be shared among 3 groups"),
            (Conv1D(2, kernelSize: 3, strides: 2, dilationRate: 2), [8, 2], "strides and dilationRate"),
            (Conv2D(2, kernelSize: 3, padding: .causal), [8, 8, 2], "invalid padding"),
            (Conv3D(2, kernelSize: [3, 3]), [8, 8, 8, 2], "one whole number or 3 of them, got [3, 3]"),
            (Conv3D(2, kernelSize: 3), [8, 8, 2], "needs volumes"),
            (Conv2DTranspose(2, kernelSize: 3, outputPadding: 1), [8, 8, 2], "invalid outputPadding"),
            (Conv2DTranspose(2, kernelSize: 3, strides: 2, outputPadding: -1), [8, 8, 2], "outputPadding"),
            (Conv2DTranspose(2, kernelSize: 1, padding: .explicit(4)), [8, 8, 2], "no pixels"),
            (Conv1DTranspose(2, kernelSize: 3, padding: .causal), [8, 2], "invalid padding"),
            (Conv3DTranspose(0, kernelSize: 3), [8, 8, 8, 2], "invalid filters"),
            (DepthwiseConv1D(kernelSize: 3, depthMultiplier: 0), [8, 2], "invalid depthMultiplier"),
            (SeparableConv2D(2, kernelSize: 3, depthMultiplier: 0), [8, 8, 2], "invalid depthMultiplier"),
            (SeparableConv1D(-1, kernelSize: 3), [8, 2], "invalid filters"),
        ]
        for (layer, input, expected) in cases {
            let text = message(layer, input)
            #expect(text.hasPrefix("layer: ") && text.contains(expected), "\(text)")
        }
    }

    @Test("Batch normalisation after any convolution is folded into its weights")
    func folding() throws {
        let cases: [(any AnyLayer, Shape)] = [
            (Conv1D(3, kernelSize: 2), [5, 2]), (Conv3D(3, kernelSize: 2), [3, 4, 3, 2]),
            (Conv1DTranspose(3, kernelSize: 2, strides: 2), [5, 2]),
            (Conv2DTranspose(3, kernelSize: 3, strides: 2, useBias: false), [4, 3, 2]),
            (Conv3DTranspose(3, kernelSize: 2), [3, 2, 3, 2]),
            (DepthwiseConv1D(kernelSize: 2, depthMultiplier: 2), [5, 2]),
        ]
        for (layer, shape) in cases {
            let model = Sequential([Input(shape: shape), layer, BatchNormalization(), ReLU()])
            model.initialize(RandomKey(seed: 3))
            let x = Tensor.randomNormal(shape.batched(4), seed: 1)
            for _ in 0..<3 { _ = model.forward(x, .training) }
            let (predicted, expected) = (try model.predict(x), model.forward(x, .inference).output)
            #expect(predicted.isClose(to: expected, absolute: 1e-4))
            #expect(predicted.shape == expected.shape)
        }
    }
}
