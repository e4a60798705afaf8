import Testing

@testable import Cognitron

@Suite("Slices along any axis")
struct SlicingTests {
    let x: Tensor = [[1, 2, 3, 4], [5, 6, 7, 8]]

    @Test("Ranges, steps and single indices")
    func slices() {
        #expect(x.slice(axis: 1, 1..<3) == [[2, 3], [6, 7]])
        #expect(x.slice(axis: 1, 0..<4, by: 2) == [[1, 3], [5, 7]])
        #expect(x.slice(axis: -1, 1..<4, by: 2) == [[2, 4], [6, 8]])
        #expect(x.slice(axis: 1, 0..<4, by: 3) == [[1, 4], [5, 8]])
        #expect(x.slice(axis: 0, 1..<2) == [[5, 6, 7, 8]])
        #expect(x.slice(axis: 1, 2) == [3, 7] && x.slice(axis: 0, 1) == [5, 6, 7, 8])
        #expect(x.slice(axis: 1, 4..<4).shape == [2, 0])
        #expect(x.unstacked(axis: 1) == [[1, 5], [2, 6], [3, 7], [4, 8]] as [Tensor])
    }

    @Test("A slice is written, broadcast, and copies keep their numbers")
    func assignment() {
        var t = x
        t.assign([[10], [20]], axis: 1, 1..<3)
        #expect(t == [[1, 10, 10, 4], [5, 20, 20, 8]])
        t.assign([0, 0], axis: 1, 3)
        #expect(t == [[1, 10, 10, 0], [5, 20, 20, 0]])
        t.assign(Tensor(9), axis: 0, 0)
        #expect(t == [[9, 9, 9, 9], [5, 20, 20, 0]])
        t.assign(Tensor(-1), axis: 1, 0..<4, by: 2)
        #expect(t == [[-1, 9, -1, 9], [-1, 20, -1, 0]])
        t.assign(t.slice(axis: 0, 1), axis: 0, 0)
        #expect(t == [[-1, 20, -1, 0], [-1, 20, -1, 0]])
        #expect(x == [[1, 2, 3, 4], [5, 6, 7, 8]])
    }

    @Test(
        "The order along an axis is turned round, and turning it twice changes nothing", arguments: [0, 1, 2])
    func flipping(_ axis: Int) {
        #expect(x.flipped(axis: 1) == [[4, 3, 2, 1], [8, 7, 6, 5]])
        #expect(x.flipped(axis: 0) == [[5, 6, 7, 8], [1, 2, 3, 4]])
        let t = Tensor.randomUniform([3, 4, 5], seed: 1)
        let flipped = t.flipped(axis: axis)
        #expect(flipped != t && flipped.flipped(axis: axis) == t)
        #expect(flipped.slice(axis: axis, 0) == t.slice(axis: axis, t.shape[axis] - 1))
    }

    @Test("What is rolled out at one end comes in at the other")
    func rolling() {
        let t: Tensor = [1, 2, 3, 4]
        #expect(t.rolled(by: 1, axis: 0) == [4, 1, 2, 3] && t.rolled(by: -1, axis: 0) == [2, 3, 4, 1])
        #expect(t.rolled(by: 4, axis: 0) == t && t.rolled(by: 6, axis: 0) == [3, 4, 1, 2])
        #expect(x.rolled(by: 1, axis: 1) == [[4, 1, 2, 3], [8, 5, 6, 7]])
    }

    @Test("A border of a number")
    func padding() {
        let t: Tensor = [[1, 2], [3, 4]]
        #expect(t.padded([(0, 1), (2, 0)]) == [[0, 0, 1, 2], [0, 0, 3, 4], [0, 0, 0, 0]])
        #expect(t.padded([(1, 0), (0, 1)], with: -.infinity)[0, 0] == -.infinity)
        #expect(t.padded([(0, 0), (0, 0)]) == t)
        #expect(Tensor.zeros([0, 2]).padded([(1, 1), (0, 0)], with: 3) == [[3, 3], [3, 3]])
        let large = Tensor.randomUniform([3, 50, 40], seed: 1)
        let padded = large.padded([(1, 0), (0, 2), (3, 4)])
        #expect(padded.slice(axis: 0, 1..<4).slice(axis: 1, 0..<50).slice(axis: 2, 3..<43) == large)
        #expect(abs(padded.sum() - large.sum()) < 1e-2)
    }

    @Test("A range beyond the axis is named")
    func message() async {
        let result = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2, 3]).slice(axis: 1, 1..<4)
        }
        expectMessage(result, "slices 1..<4 of axis 1 of a tensor of shape 2 × 3")
    }
}
