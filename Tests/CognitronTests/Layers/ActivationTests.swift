import Foundation
import Testing

@testable import Cognitron

@Suite("Activation functions and layers")
struct ActivationTests {
    @Test("By hand: leaky ReLU of the course, relu6, hard sigmoid, shrinks, sparsemax")
    func byHand() {
        let x: Tensor = [-2, 0, 3, 7]
        func values(_ f: ActivationFunction) -> [Float] { f(x).scalars }
        #expect(values(.leakyRelu(negativeSlope: 0.01)) == [-0.02, 0, 3, 7])
        #expect(
            ActivationFunction.leakyRelu(negativeSlope: 0.01).forward(x).pullback(.ones([4])).scalars == [
                0.01, 0.01, 1, 1,
            ])
        #expect(values(.relu6) == [0, 0, 3, 6])
        #expect(values(.relu(negativeSlope: 0.5, maxValue: 4, threshold: 1)) == [-1.5, -0.5, 3, 4])
        #expect(values(.hardShrink(threshold: 2)) == [0, 0, 3, 7])
        #expect(values(.softShrink(threshold: 2)) == [0, 0, 1, 5])
        #expect(values(.threshold(2, defaultValue: 9)) == [9, 9, 3, 7])
        #expect(values(.silu) == values(.swish) && values(.hardSwish) == values(.hardSilu))
        #expect(ActivationFunction.sparsemax([[1, 1, 0], [3, 0, 0]]).scalars == [0.5, 0.5, 0, 1, 0, 0])
        let rows = Tensor.randomNormal([20, 7], standardDeviation: 2, seed: 1)
        expectClose(ActivationFunction.sparsemax(rows).sum(axis: 1), .ones([20]), "sum")
        #expect(ActivationFunction.glu([[4, 8, 0, 0]]).scalars == [2, 4])
    }

    @Test("Functions of large numbers stay finite, and NaN stays NaN")
    func extremes() {
        let large: Tensor = [[1e30, -1e30, 100, -100]]
        for function in [
            ActivationFunction.mish, .softsign, .logSigmoid, .selu, .hardSilu, .sparsemax, .logSoftmax,
        ] {
            #expect(function(large).isFinite, "\(function.rule)")
        }
        let nan = Tensor([.nan, 1], shape: [1, 2])
        for function in [
            ActivationFunction.relu6, .hardTanh, .hardSigmoid, .sparsePlus, .mish, .celu, .squareplus,
            .logSoftmax,
            .hardShrink, .softShrink,
        ] {
            #expect(function(nan).scalars[0].isNaN, "\(function.rule)")
        }
    }

    @Test("Impossible arguments, axes and shapes are refused when the model is made")
    func refused() {
        let cases: [(any AnyLayer, Shape, String)] = [
            (Activation(.celu(alpha: 0)), [3], "expected an alpha above 0, got 0.0"),
            (Activation(.squareplus(b: -1)), [3], "expected a b above 0"),
            (ReLU(negativeSlope: -1), [3], "of at least 0"),
            (Activation(.hardShrink(threshold: -1)), [3], "a threshold of at least 0"),
            (
                Softmax(axis: 3), [4, 5],
                "expected an axis of 1…2 or -2…-1 for samples of shape 4 × 5, got axis 3"
            ),
            (Activation(.softmax(axis: 0)), [4, 5], "got axis 0"),
            (Activation(.glu), [4, 5], "an axis of even size, got 5"),
            (
                Dense(4, activation: .glu), [3],
                "dense: its activation function changes the shape of its output"
            ),
            (Dense(4, activation: .softmax(axis: 2)), [3], "got axis 2"),
            (PReLU(sharedAxes: [3]), [4, 5], "p_re_lu: invalid sharedAxes"),
        ]
        for (layer, shape, message) in cases {
            let text = buildError(layer, shape)
            #expect(text.contains(message), "\(text)")
        }
        #expect(buildError(Softmax(), [4], [5]).contains("its mask does not fit its input"))
        #expect(buildError(PReLU(), [4]) == "no error")
    }

    @Test("A layer with a mask of the input's shape shares among what counts")
    func maskOfThePass() {
        let layer = Softmax()
        let pass = Pass.inference.masking([Tensor([1, 0, 1], shape: [1, 1, 3])])
        let (output, pullback) = layer.forward(Tensor([2, 7, 2], shape: [1, 1, 3]), pass)
        #expect(output.scalars == [0.5, 0, 0.5])
        #expect(pullback(Tensor([1, 5, 0], shape: [1, 1, 3])).scalars == [0.25, 0, -0.25])
    }

    @Test("Every function is the same after it was in a file, and files of before are read")
    func files() throws {
        let functions = GradientTests.functions
        for function in functions {
            let text = try JSONEncoder().encode(function)
            #expect(try JSONDecoder().decode(ActivationFunction.self, from: text) == function)
        }
        let relu = try reloaded(ReLU(maxValue: 3, negativeSlope: 0.1, threshold: 0.5))
        #expect(relu.activation == .relu(negativeSlope: 0.1, maxValue: 3, threshold: 0.5))
        #expect(try reloaded(Softmax(axis: 1)).axis == 1)
        let old = try JSONDecoder().decode(ReLU.self, from: Data("{}".utf8))
        #expect(old.activation == .relu)
        #expect(try JSONDecoder().decode(Softmax.self, from: Data("{}".utf8)).activation == .softmax)
    }
}
