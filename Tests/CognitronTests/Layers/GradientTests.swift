import Testing

@testable import Cognitron

private let image: Shape = [2, 6, 5, 3]

/// Every backward pass against finite differences of its forward pass.
@Suite("Gradients equal finite differences")
struct GradientTests {
    struct LayerCase: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let make: @Sendable () -> any AnyLayer
        let shapes: [Shape]
        var phases: [Pass] = [.training, .inference]
    }

    static let cases: [LayerCase] = [
        LayerCase(testDescription: "dense", make: { Dense(4, activation: .tanh) }, shapes: [[3, 5]]),
        LayerCase(
            testDescription: "dense, softmax", make: { Dense(4, activation: .softmax) }, shapes: [[3, 2, 5]]),
        LayerCase(
            testDescription: "dense without bias", make: { Dense(9, useBias: false) }, shapes: [[3, 5]]),
        LayerCase(testDescription: "conv 3×3", make: { Conv2D(4, kernelSize: 3) }, shapes: [image]),
        LayerCase(
            testDescription: "conv same, stride 2",
            make: { Conv2D(9, kernelSize: 3, strides: 2, padding: .same) },
            shapes: [image]),
        LayerCase(
            testDescription: "conv dilated",
            make: { Conv2D(2, kernelSize: 2, padding: .same, dilationRate: 2) },
            shapes: [image]),
        LayerCase(
            testDescription: "conv 1×1, stride 2",
            make: { Conv2D(4, kernelSize: 1, strides: 2, activation: .swish) },
            shapes: [image]),
        LayerCase(
            testDescription: "conv explicit", make: { Conv2D(3, kernelSize: [3, 2], padding: .explicit(2)) },
            shapes: [image]),
        LayerCase(
            testDescription: "conv in groups",
            make: { Conv2D(6, kernelSize: 3, strides: 2, padding: .same, groups: 3) },
            shapes: [image]),
        LayerCase(
            testDescription: "conv in large groups", make: { Conv2D(18, kernelSize: 2, groups: 2) },
            shapes: [[2, 4, 3, 20]]),
        LayerCase(
            testDescription: "depthwise conv",
            make: { DepthwiseConv2D(kernelSize: [3, 2], padding: .same, activation: .tanh) },
            shapes: [[2, 6, 5, 9]]),
        LayerCase(
            testDescription: "depthwise conv, multiplied, stride 2",
            make: { DepthwiseConv2D(kernelSize: 3, strides: 2, padding: .explicit(1), depthMultiplier: 2) },
            shapes: [image]),
        LayerCase(
            testDescription: "depthwise conv, dilated, of one channel",
            make: { DepthwiseConv2D(kernelSize: 2, depthMultiplier: 3, dilationRate: 2, useBias: false) },
            shapes: [[2, 6, 5, 1]]),
        LayerCase(
            testDescription: "max pooling", make: { MaxPooling2D(poolSize: 3, strides: 2) }, shapes: [image]),
        LayerCase(
            testDescription: "max pooling same", make: { MaxPooling2D(poolSize: 2, padding: .same) },
            shapes: [image]),
        LayerCase(
            testDescription: "average pooling",
            make: { AveragePooling2D(poolSize: 3, strides: 1, padding: .same) },
            shapes: [image]),
        LayerCase(testDescription: "Lp pooling p = 1", make: { LpPooling2D(p: 1) }, shapes: [image]),
        LayerCase(
            testDescription: "Lp pooling p = 2", make: { LpPooling2D(poolSize: 3, strides: 1) },
            shapes: [image]),
        LayerCase(testDescription: "Lp pooling p = 3", make: { LpPooling2D(p: 3) }, shapes: [image]),
        LayerCase(testDescription: "global average", make: { GlobalAveragePooling2D() }, shapes: [image]),
        LayerCase(testDescription: "global max", make: { GlobalMaxPooling2D() }, shapes: [image]),
        LayerCase(testDescription: "flatten", make: { Flatten() }, shapes: [image]),
        LayerCase(testDescription: "reshape", make: { Reshape([3, -1]) }, shapes: [image]),
        LayerCase(testDescription: "zero padding", make: { ZeroPadding2D([1, 2]) }, shapes: [image]),
        LayerCase(testDescription: "dropout", make: { Dropout(0.4) }, shapes: [image]),
        LayerCase(testDescription: "batch norm", make: { BatchNormalization() }, shapes: [image]),
        LayerCase(
            testDescription: "batch norm, rows", make: { BatchNormalization(center: false, scale: false) },
            shapes: [[7, 10]]),
        LayerCase(testDescription: "add", make: { Add() }, shapes: [image, image, image]),
        LayerCase(testDescription: "concatenate", make: { Concatenate() }, shapes: [image, [2, 6, 5, 4]]),
        LayerCase(
            testDescription: "concatenate rows", make: { Concatenate(axis: 1) },
            shapes: [image, [2, 2, 5, 3]]),
        LayerCase(testDescription: "nested models", make: { nested() }, shapes: [image]),
        LayerCase(testDescription: "a layer used twice", make: { siamese() }, shapes: [[4, 6], [4, 6]]),
    ]

    private static func nested() -> Model {
        let inner = Sequential {
            Conv2D(4, kernelSize: 3, padding: .same, useBias: false)
            BatchNormalization()
            Activation(.softplus)
        }
        return Sequential {
            inner
            AveragePooling2D()
            Flatten()
            Dense(3)
        }
    }

    /// Two inputs through one dense layer; the second output also reads the first input again.
    private static func siamese() -> any AnyLayer {
        let (a, b) = (Input(6), Input(6))
        let shared = Dense(4, activation: .tanh)
        let sum = Add()(shared(a), shared(b))
        let both = Concatenate()(sum, a)
        guard let model = try? Model(inputs: [a, b], outputs: [sum, both]) else { return Add() }
        return model
    }

    @Test("of every layer", arguments: cases)
    func layers(_ one: LayerCase) throws {
        for pass in one.phases {
            let inputs = one.shapes.enumerated().map {
                Tensor.randomNormal($1, key: RandomKey(seed: 5).folding($0))
            }
            // Small steps, so that few pairs of neighbours under a maximum change places.
            let isKinked = one.testDescription.contains("max")
            let report = try GradientChecker.check(
                one.make(), inputs: inputs, pass: pass, step: isKinked ? 0.001 : 0.01)
            #expect(report.largestError < (isKinked ? 2e-2 : 5e-3), "\(report)")
        }
    }

    static let functions: [ActivationFunction] = [
        .linear, .relu, .leakyRelu, .leakyRelu(negativeSlope: 0), .sigmoid, .tanh, .softmax, .softplus, .elu,
        .elu(alpha: 0.3), .gelu, .gelu(approximate: true), .swish,
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
