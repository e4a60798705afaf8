import Testing

@testable import Cognitron

@Suite("Tensor")
struct TensorTests {
    @Test("Nested literals, indices and slices agree with row-major order")
    func literalsAndIndices() {
        let t: Tensor = [[1, 2, 3], [4, 5, 6]]
        #expect(t == Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]))
        #expect(t[1, 2] == 6)
        #expect(t[1] == [4, 5, 6])
        #expect(t[0..<1] == [[1, 2, 3]])
        #expect(t.scalars == [1, 2, 3, 4, 5, 6])
    }
}
