import Testing

@testable import Cognitron

@Suite("Axes that come, go and repeat")
struct AxesTests {
    let x: Tensor = [[1, 2], [3, 4]]

    @Test("Axes of size 1 come and go")
    func single() {
        #expect(x.expandingDimensions(at: 0).shape == [1, 2, 2])
        #expect(x.expandingDimensions(at: 1).shape == [2, 1, 2])
        #expect(x.expandingDimensions(at: -1).shape == [2, 2, 1])
        #expect(x.expandingDimensions(at: 1).squeezing(1) == x)
        #expect(Tensor.ones([1, 2, 1, 3]).squeezing().shape == [2, 3])
        #expect(Tensor.ones([1, 2, 1]).squeezing(-1).shape == [1, 2])
    }

    @Test("Broadcasting repeats axes of size 1")
    func broadcast() {
        #expect(([1, 2] as Tensor).broadcast(to: [2, 2]) == [[1, 2], [1, 2]])
        #expect(([[1], [2]] as Tensor).broadcast(to: [2, 2]) == [[1, 1], [2, 2]])
        #expect(Tensor(7).broadcast(to: [1, 3]) == [[7, 7, 7]])
        #expect(([[1], [2]] as Tensor).broadcast(to: [2, 2, 1]) == [[[1], [2]], [[1], [2]]])
        #expect(Tensor.ones([1, 3]).broadcast(to: [0, 3]).shape == [0, 3])
        let t = Tensor.randomUniform([3, 1, 5], seed: 1)
        #expect(t.broadcast(to: [2, 3, 4, 5]) == t + Tensor.zeros([2, 3, 4, 5]))
    }

    @Test("Tiles lie one after another, repetitions side by side")
    func tiles() {
        #expect(x.tiled([1, 2]) == [[1, 2, 1, 2], [3, 4, 3, 4]])
        #expect(x.tiled([2, 1]) == [[1, 2], [3, 4], [1, 2], [3, 4]])
        #expect(x.tiled([2, 2]) == .concatenated([x.tiled([1, 2]), x.tiled([1, 2])], axis: 0))
        #expect(x.tiled([0, 1]).shape == [0, 2])
        #expect(x.repeated(2, axis: 1) == [[1, 1, 2, 2], [3, 3, 4, 4]])
        #expect(x.repeated(2, axis: 0) == [[1, 2], [1, 2], [3, 4], [3, 4]])
    }

    @Test("Tensors are stacked along any axis and taken apart again", arguments: [0, 1, 2, -1])
    func stacking(_ axis: Int) {
        let parts = (0..<4).map { Tensor.randomUniform([2, 3], seed: UInt64($0)) }
        let stacked = Tensor.stacked(parts, axis: axis)
        #expect(stacked.shape[axis < 0 ? 2 : axis] == 4 && stacked.rank == 3)
        #expect(stacked.unstacked(axis: axis) == parts)
        #expect(Tensor.stacked([[1, 2], [3, 4]], axis: 1) == [[1, 3], [2, 4]])
    }
}
