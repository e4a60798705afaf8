import Testing

@testable import Cognitron

@Suite("Merging layers")
struct MergingTests {
    @Test("One input passes through; of equal numbers the first has the gradient")
    func byHand() throws {
        #expect(try output(of: Add(), [[1, 2]]).scalars == [1, 2])
        let (y, pullback) = Maximum().forward([[[1, 5]], [[1, 4]], [[0, 5]]], .training)
        #expect(y.scalars == [1, 5])
        #expect(pullback([[2, 3]]).map(\.scalars) == [[2, 3], [0, 0], [0, 0]])
        #expect(try output(of: Subtract(), [[5, 1]], [[2]]).scalars == [3, -1])
        #expect(try output(of: Dot(axes: 1), [[1, 2]], [[3, 4]]) == [[11]])
    }

    @Test("What cannot be merged is refused, with the shapes")
    func refused() {
        #expect(
            buildError(Add(), [3], [4]).contains(
                "add: its inputs differ in shape; expected 3, or shapes that broadcast, got 3, 4"))
        #expect(
            buildError(Subtract(), [3], [3], [3]).contains(
                "subtract: wrong number of inputs; expected 2, got 3"))
        #expect(buildError(Dot(axes: 1), [3], [4]).contains("dot: the sizes along its axes 1 and 1 differ"))
        #expect(
            buildError(Dot(axes: (2, 3)), [3, 4], [4]).contains("dot: invalid axes; expected an axis of 1…1"))
    }

    @Test("Masks of inputs that broadcast are merged; a dot product passes none on")
    func masks() throws {
        let probe = MaskProbe()
        let (a, b) = (Input(3, 2), Input(1, 2))
        let masked = [MaskOfRows()(a), MaskOfRows()(b)]
        let model = try Model(inputs: [a, b], outputs: probe(Multiply()(masked)))
        _ = try model.predict([[[[1, 1], [0, 0], [1, 0]]] as Tensor, [[[0, 0]]]])
        #expect(probe.seen == [[1, 0, 1]])
        let behind = MaskProbe()
        let product = try Model(inputs: [a, b], outputs: behind(Dot(axes: -1)(masked)))
        _ = try product.predict([[[[1, 1], [0, 0], [1, 0]]] as Tensor, [[[0, 0]]]])
        #expect(behind.seen == nil)
    }

    @Test("A residual that is repeated is added as it is where the layers are fused")
    func fusedBroadcast() throws {
        let (a, b) = (Input(4, 4, 3), Input(1, 1, 3))
        let normalization = BatchNormalization()
        let model = try Model(inputs: [a, b], outputs: ReLU()(Add()(normalization(a), b)))
        let (x, r) = (
            Tensor.randomNormal([2, 4, 4, 3], seed: 1), Tensor.randomNormal([2, 1, 1, 3], seed: 2)
        )
        let (outputs, pullback) = model.forward(inputs: [x, r], .training)
        let expected = (normalization.forward(x, .training).output + r).maximum(0)
        expectClose(outputs[0], expected, "output")
        let gradients = pullback([.ones([2, 4, 4, 3])])
        expectClose(gradients[1], (expected .> 0).sum(axes: [1, 2], keepingDimensions: true), "gradient")
    }
}

/// Marks the rows that hold something else than zeros.
private final class MaskOfRows: Layer {
    let name: String? = nil

    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape { input }
    func outputMasks(_ inputs: [Tensor], _ masks: [Tensor?]) -> [Tensor?] {
        [inputs[0].absolute.max(axis: 2) .> 0]
    }
    func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        (input, { $0 })
    }
}
