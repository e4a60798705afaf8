import Testing

@testable import Cognitron

@Suite("Order along an axis")
struct SortingTests {
    let x: Tensor = [[3, 1, 2], [1, 3, 3]]

    @Test("Elements in order, and where they come from; equal ones keep their order")
    func sorting() {
        #expect(x.sorted() == [[1, 2, 3], [1, 3, 3]])
        #expect(x.sorted(descending: true) == [[3, 2, 1], [3, 3, 1]])
        #expect(x.argsorted() == [[1, 2, 0], [0, 1, 2]])
        #expect(x.argsorted(descending: true) == [[0, 2, 1], [1, 2, 0]])
        #expect(x.sorted(axis: 0) == [[1, 1, 2], [3, 3, 3]])
        #expect(x.argsorted(axis: 0) == [[1, 0, 0], [0, 1, 1]])
        let extremes = Tensor([-0.0, .infinity, 0, -.infinity, -1, 1])
        #expect(extremes.argsorted() == [3, 4, 0, 2, 5, 1])
        #expect(extremes.argsorted(descending: true) == [1, 5, 0, 2, 4, 3])
    }

    @Test("NaN is last in ascending order and first in descending")
    func notANumber() {
        let t = Tensor([.nan, 2, -.nan, .infinity])
        #expect(t.argsorted() == [1, 3, 0, 2] && t.argsorted(descending: true) == [0, 2, 3, 1])
        #expect(t.sorted().scalars.suffix(2).allSatisfy { $0.isNaN })
        #expect(t.topK(3).indices == [0, 2, 3])
    }

    @Test("The largest few, the first of equal ones first")
    func topK() {
        let (values, indices) = x.topK(2)
        #expect(values == [[3, 2], [3, 3]] && indices == [[0, 2], [1, 2]])
        #expect(x.topK(1, axis: 0).values == [[3, 3, 3]] && x.topK(1, axis: 0).indices == [[0, 1, 1]])
        #expect(x.topK(0).values.shape == [2, 0])
        #expect(x.topK(3).values == x.sorted(descending: true))
        let large = Tensor.randomUniform([3, 1000], seed: 1)
        #expect(large.topK(17).values == large.sorted(descending: true).slice(axis: 1, 0..<17))
        #expect(large.topK(17).indices == large.argsorted(descending: true).slice(axis: 1, 0..<17))
    }

    @Test("Quantiles are NumPy's: elements, and points on the lines between them")
    func quantiles() {
        let t = Tensor([6, 1, 3, 2], shape: [2, 2])
        #expect([0, 0.5, 0.9, 1].map { t.quantile($0) } == [1, 2.5, 5.1, 6])
        #expect(Tensor([7]).quantile(0.3) == 7)
        let unknown = Tensor([.nan, 2, 1])
        #expect(unknown.quantile(0.5) == 2 && unknown.quantile(1).isNaN)
    }
}
