import Testing

@testable import Cognitron

@Suite("Transformer blocks and attention along axes")
struct TransformerTests {
    @Test("With kernels of zeros a block normalises twice, or passes its input on where it normalises first")
    func byHand() throws {
        let x: Tensor = [[[1, 3], [-4, 2]]]
        let last = TransformerEncoder(intermediateDim: 3, numHeads: 1, kernelInitializer: .zeros)
        expectClose(try output(of: last, x), [[[-1, 1], [-1, 1]]], "norms", absolute: 1e-4)
        let first = TransformerDecoder(
            intermediateDim: 3, numHeads: 2, kernelInitializer: .zeros, normalizeFirst: true)
        #expect(try output(of: first, x) == x)
    }

    @Test("A decoder's step does not depend on later ones, an encoder's does")
    func causality() throws {
        func steps(_ layer: any AnyLayer) throws -> [Bool] {
            let model = Sequential([Input(3, 4), layer])
            try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 2)
            let x = Tensor.randomNormal([1, 3, 4], seed: 1)
            let changed = x * ([[[1], [1], [2]]] as Tensor)
            let (a, b) = (try model.predict(x), try model.predict(changed))
            return (0..<3).map { a[0][$0] == b[0][$0] }
        }
        #expect(try steps(TransformerEncoder(intermediateDim: 5, numHeads: 2)) == [false, false, false])
        let decoder = TransformerDecoder(intermediateDim: 5, numHeads: 2)
        #expect(try steps(decoder) == [true, true, false])
        let free = TransformerDecoder(intermediateDim: 5, numHeads: 2, useCausalMask: false)
        #expect(try steps(free) == [false, false, false])
    }

    @Test("One step is a sequence")
    func oneStep() throws {
        let x = Tensor.randomNormal([2, 1, 4], seed: 1)
        #expect(try output(of: TransformerEncoder(intermediateDim: 3, numHeads: 2), x).shape == [2, 1, 4])
    }

    @Test("What does not fit is refused in words")
    func badInput() throws {
        func encoder(_ heads: Int = 2, units: Int = 3, dropout: Float = 0) -> TransformerEncoder {
            TransformerEncoder(intermediateDim: units, numHeads: heads, dropout: dropout)
        }
        let cases: [(any AnyLayer, Shape, String)] = [
            (encoder(3), [5, 4], "its heads do not divide its input; expected features in a multiple of 3"),
            (encoder(0), [5, 4], "invalid numHeads"), (encoder(units: 0), [5, 4], "invalid intermediateDim"),
            (encoder(dropout: 1), [5, 4], "invalid dropout"), (encoder(), [0, 4], "needs sequences"),
            (encoder(), [4], "needs sequences"),
            (TransformerDecoder(intermediateDim: 3, numHeads: 3), [5, 4], "its heads do not divide"),
            (
                MultiHeadAttention(numHeads: 2, keyDim: 3, attentionAxes: 3), [2, 3, 4],
                "invalid axis"
            ),
        ]
        for (layer, shape, expected) in cases {
            var context = BuildContext(path: "block")
            let inputs = layer is MultiHeadAttention ? [shape, shape] : [shape]
            let text = errorText { _ = try layer.build(inputs: inputs, &context) }
            #expect(text.contains(expected), "\(text)")
        }
        let attention = MultiHeadAttention(numHeads: 2, keyDim: 3, attentionAxes: 2)
        var context = BuildContext(path: "attention")
        let text = errorText { _ = try attention.build(inputs: [[2, 3, 4], [3, 3, 4]], &context) }
        #expect(text.contains("do not fit each other beside the axes"), "\(text)")
    }

    @Test("A decoder is for one input or for two, not for both")
    func inputCount() throws {
        let decoder = TransformerDecoder(intermediateDim: 3, numHeads: 2)
        var context = BuildContext(path: "decoder")
        _ = try decoder.build(inputs: [[5, 4], [3, 6]], &context)
        let text = errorText { _ = try decoder.build(inputs: [[5, 4]], &context) }
        #expect(text.contains("used before with an encoder's output; expected 2 inputs, got 1"), "\(text)")
        let none = errorText { _ = try decoder.build(inputs: [], &context) }
        #expect(none.contains("invalid number of inputs"), "\(none)")
    }
}
