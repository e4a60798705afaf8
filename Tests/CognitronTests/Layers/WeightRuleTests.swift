import Foundation
import Testing

@testable import Cognitron

@Suite("Regularizers and constraints of layers")
struct WeightRuleTests {
    private static let rules: (Regularizer, Regularizer, Constraint, Constraint) = (
        .l1(0.1), .l2(0.2), .nonNegative, .maxNorm(3)
    )

    private struct LayerCase: CustomTestStringConvertible {
        let layer: any Layer & Codable
        /// The first and the second weight.
        let weights: [Parameter]
        let testDescription: String

        init<L: Layer & Codable>(_ layer: L, _ first: Parameter, _ second: Parameter) {
            (self.layer, weights, testDescription) = (layer, [first, second], L.typeName)
        }
    }

    private static var cases: [LayerCase] {
        let (r, s, c, d) = rules
        let conv = Conv2D(
            2, kernelSize: 1, kernelRegularizer: r, biasRegularizer: s, kernelConstraint: c, biasConstraint: d
        )
        let transposed = Conv2DTranspose(
            2, kernelSize: 1, kernelRegularizer: r, biasRegularizer: s, kernelConstraint: c, biasConstraint: d
        )
        let separable = SeparableConv2D(
            2, kernelSize: 1, depthwiseRegularizer: r, pointwiseRegularizer: s, depthwiseConstraint: c,
            pointwiseConstraint: d)
        let depthwise = DepthwiseConv2D(
            kernelSize: 1, depthwiseRegularizer: r, biasRegularizer: s, depthwiseConstraint: c,
            biasConstraint: d)
        let normalization = BatchNormalization(
            betaRegularizer: r, gammaRegularizer: s, betaConstraint: c, gammaConstraint: d)
        let dense = Dense(
            2, kernelRegularizer: r, biasRegularizer: s, kernelConstraint: c, biasConstraint: d)
        return [
            LayerCase(conv, conv.kernel, conv.bias),
            LayerCase(transposed, transposed.kernel, transposed.bias),
            LayerCase(separable, separable.depthwiseKernel, separable.pointwiseKernel),
            LayerCase(depthwise, depthwise.kernel, depthwise.bias),
            LayerCase(normalization, normalization.beta, normalization.gamma),
            LayerCase(dense, dense.kernel, dense.bias),
        ]
    }

    @Test("Each weight is declared with its own", arguments: cases)
    private func declared(_ one: LayerCase) throws {
        var context = BuildContext(path: "layer")
        _ = try one.layer.build([3, 3, 2], &context)
        let (r, s, c, d) = Self.rules
        #expect(one.weights.map(\.regularizer) == [r, s])
        #expect(one.weights.map(\.constraint) == [c, d])
    }

    @Test("Files keep them, and leave them out where there are none", arguments: cases)
    private func coding(_ one: LayerCase) throws {
        func text(_ layer: some Encodable) throws -> String {
            let encoder = JSONEncoder()
            encoder.outputFormatting = .sortedKeys
            return String(decoding: try encoder.encode(layer), as: UTF8.self)
        }
        func roundTrip<L: Layer & Codable>(_ layer: L) throws {
            let data = try JSONEncoder().encode(layer)
            #expect(try text(try JSONDecoder().decode(L.self, from: data)) == text(layer))
        }
        try roundTrip(one.layer)
        let written = try text(one.layer)
        for part in ["L1L2", "NonNegative", "MaxNorm"] { #expect(written.contains(part)) }
        #expect(try !text(BatchNormalization()).contains("egularizer"))
        #expect(try !text(Conv2D(1, kernelSize: 1)).contains("onstraint"))
    }

    @Test("Training follows a convolution's regularizer and constraint")
    func training() throws {
        let layer = Conv2D(2, kernelSize: 1, kernelRegularizer: .l2(0.5), biasConstraint: .nonNegative)
        let model = Sequential([Input(1, 1, 2), layer, Flatten()])
        try model.compile(optimizer: SGD(learningRate: 0.1), loss: .meanSquaredError, seed: 1)
        layer.kernel.value = .ones([1, 1, 2, 2])
        // The outputs of zeros are the bias: its gradient is 1, the kernel's that of the penalty, 2 · 0.5 ·
        // 1.
        let scores = try model.trainOnBatch(Tensor.zeros([1, 1, 1, 2]), Tensor([-1, -1], shape: [1, 2]))
        #expect(scores.loss == 1 + 0.5 * 4)
        #expect(layer.kernel.value.isClose(to: Tensor(repeating: 0.9, shape: [1, 1, 2, 2])))
        #expect(layer.bias.value == [0, 0])
    }
}
