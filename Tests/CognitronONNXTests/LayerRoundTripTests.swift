import Foundation
import Testing

@testable import Cognitron
@testable import CognitronONNX

/// Layers written to ONNX and read again; `Scripts/check-onnx.py` checks all layers with ONNX Runtime.
@Suite("Layers written to ONNX and read again give the same")
struct LayerRoundTripTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let shapes: [Shape]
        let make: @Sendable () -> any AnyLayer

        init(_ name: String, _ shapes: Shape..., make: @escaping @Sendable () -> any AnyLayer) {
            (testDescription, self.shapes, self.make) = (name, shapes, make)
        }
    }

    static let cases: [Case] = [
        Case("convolution with stride, dilation and groups", [9, 8, 4]) {
            Conv2D(6, kernelSize: [3, 2], strides: [2, 1], padding: .same, groups: 2, activation: .selu)
        },
        Case("causal convolution", [9, 4]) { Conv1D(3, kernelSize: 3, padding: .causal, dilationRate: 2) },
        Case("convolution of volumes", [4, 5, 4, 2]) { Conv3D(3, kernelSize: 2, padding: .same) },
        Case("transposed convolution", [4, 5, 2]) { Conv2DTranspose(3, kernelSize: 3, strides: 2) },
        Case("transposed convolution, same", [4, 5, 2]) {
            Conv2DTranspose(3, kernelSize: 4, strides: 2, padding: .same)
        },
        Case("separable convolution", [6, 6, 3]) {
            SeparableConv2D(4, kernelSize: 3, depthMultiplier: 2, activation: .mish)
        },
        Case("pooling", [7, 7, 2]) { MaxPooling2D(poolSize: 3, strides: 2, padding: .same) },
        Case("mean pooling", [7, 7, 2]) { AveragePooling2D(poolSize: 3, strides: 2, padding: .same) },
        Case("adaptive pooling", [7, 5, 2]) { AdaptiveMaxPooling2D(outputSize: [3, 2]) },
        Case("group normalisation", [4, 4, 6]) { GroupNormalization(groups: 3) },
        Case("local responses", [4, 4, 6]) { LocalResponseNormalization() },
        Case("LSTM", [5, 3]) { LSTM(4, returnSequences: true) },
        Case("GRU, backwards, reset before", [5, 3]) { GRU(4, goBackwards: true, resetAfter: false) },
        Case("both directions", [5, 3]) { Bidirectional(LSTM(4, returnSequences: true)) },
        Case("heads", [5, 6], [4, 6]) { MultiHeadAttention(numHeads: 2, keyDim: 3) },
        Case("causal heads", [5, 6], [5, 6]) {
            MultiHeadAttention(numHeads: 2, keyDim: 3, useCausalMask: true)
        },
        Case("transformer", [5, 6]) {
            TransformerEncoder(intermediateDim: 7, numHeads: 3, activation: .gelu)
        },
        Case("einsum", [3, 4]) { EinsumDense("abc,cd->abd", outputShape: [nil, 5], biasAxes: "d") },
        Case("bilinear resizing", [5, 6, 2]) { UpSampling2D(2, interpolation: .bilinear) },
        Case("reflection", [5, 6, 2]) { ZeroPadding2D(2, mode: .reflect) },
        Case("permutation", [3, 4, 5]) { Permute([3, 1, 2]) },
        Case("product of two inputs", [3, 4], [3, 4]) { Multiply() },
        Case("joined inputs", [3, 4], [3, 2]) { Concatenate() },
        Case("blocks of pixels", [2, 3, 8]) { DepthToSpace(2) },
        Case("learned slopes", [3, 4]) { PReLU(alphaInitializer: .constant(0.2)) },
        Case("steps of a sequence", [3, 4]) { TimeDistributed(Dense(2, activation: .softmax)) },
    ]

    @Test(arguments: cases)
    func layer(_ one: Case) throws {
        let symbols = one.shapes.map { Input(shape: $0) }
        let model = try Model(inputs: symbols, outputs: one.make().outputs(of: symbols))
        ExportTableTests.initialize(model)
        let inputs = one.shapes.enumerated().map {
            Tensor.randomNormal($1.batched(2), seed: UInt64($0 + 1))
        }
        try RoundTripTests.expectEqual(model, inputs)
    }
}
