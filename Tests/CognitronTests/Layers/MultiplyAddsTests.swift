import Cognitron
import Testing

@Suite("Multiply-adds, by hand")
struct MultiplyAddsTests {
    @Test("Attention: projections, scores and sums of values")
    func attention() throws {
        let (query, value) = (Input(5, 4), Input(6, 4))
        let model = try Model(
            inputs: [query, value], outputs: MultiHeadAttention(numHeads: 2, keyDim: 3)(query, value))
        // Projections of 5 queries, 6 keys, 6 values and 5 outputs, of 4 · 6 weights each; 30 pairs of steps
        // with 2 heads, 3 products for the score and 3 for the sum.
        let projections = (5 + 6 + 6 + 5) * 24
        #expect(model.multiplyAdds == projections + 30 * 2 * 6)
        let plane = Input(3, 5, 4)
        let rows = try Model(
            inputs: plane,
            outputs: MultiHeadAttention(numHeads: 2, keyDim: 3, attentionAxes: [2])(plane, plane))
        // Three sequences of five steps.
        #expect(rows.multiplyAdds == 2_340)
        let plain = try Model(inputs: [query, value], outputs: Attention()(query, value))
        #expect(plain.multiplyAdds == 240)
    }

    @Test("Both directions of a recurrent layer, and a product of two inputs")
    func others() throws {
        let sequence = Input(7, 3)
        let both = try Model(inputs: sequence, outputs: Bidirectional(SimpleRNN(2))(sequence))
        let step = 3 * 2 + 2 * 2
        #expect(both.multiplyAdds == 14 * step)
        let (a, b) = (Input(2, 3), Input(3, 5))
        #expect(try Model(inputs: [a, b], outputs: Dot(axes: (2, 1))(a, b)).multiplyAdds == 30)
    }

    @Test("A model with a free axis has none before its sizes are given")
    func freeAxes() throws {
        let input = Input(nil, nil, 1)
        let model = try Model(inputs: input, outputs: Conv2D(2, kernelSize: 3, padding: .same)(input))
        #expect(model.multiplyAdds == nil)
        #expect(model.multiplyAdds(inputs: [[4, 5, 1]], outputs: []) == 360)
    }
}
