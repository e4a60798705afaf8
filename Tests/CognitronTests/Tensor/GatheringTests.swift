import Testing

@testable import Cognitron

@Suite("Gathering and scattering")
struct GatheringTests {
    let x: Tensor = [[1, 2, 3], [4, 5, 6]]

    @Test("Slices are taken by number along any axis")
    func gathering() {
        #expect(x.gathering([1, 0, 1], axis: 0) == [[4, 5, 6], [1, 2, 3], [4, 5, 6]])
        #expect(x.gathering([2, 2], axis: -1) == [[3, 3], [6, 6]])
        #expect(x.gathering([], axis: 1).shape == [2, 0])
        #expect(x.gathering([[1], [0]] as Tensor, axis: 0) == [[[4, 5, 6]], [[1, 2, 3]]])
        #expect(x.gathering(Tensor(2), axis: 1) == [3, 6])
        #expect(x.gathering([[0, 2]] as Tensor, axis: 1) == [[[1, 3]], [[4, 6]]])
    }

    @Test("Slices are added at their numbers, equal ones several times")
    func scattering() {
        let updates: Tensor = [[1, 1, 1], [10, 10, 10], [100, 100, 100]]
        #expect(
            Tensor.zeros([2, 3]).scatteringAdd(updates, at: [1, 0, 1], axis: 0)
                == [[10, 10, 10], [101, 101, 101]])
        #expect(x.scatteringAdd(updates, at: [0, 0, 0], axis: 0) == [[112, 113, 114], [4, 5, 6]])
        #expect(x == [[1, 2, 3], [4, 5, 6]])
        #expect(x.scatteringAdd([[10], [20]], at: Tensor([2]), axis: 1) == [[1, 2, 13], [4, 5, 26]])
        #expect(x.scatteringAdd(Tensor([1, 1, 1]), at: Tensor(1), axis: 0) == [[1, 2, 3], [5, 6, 7]])
    }

    @Test("Scattering is the adjoint of gathering", arguments: [0, 1, 2])
    func adjoint(_ axis: Int) {
        let x = Tensor.randomUniform([4, 5, 6], seed: 1)
        let indices = Tensor([0, 3, 3, 1, 0, 2], shape: [2, 3])
        let y = x.gathering(indices, axis: axis)
        let dy = Tensor.randomUniform(y.shape, seed: 2)
        let dx = Tensor.zeros(x.shape).scatteringAdd(dy, at: indices, axis: axis)
        #expect(abs((y * dy).sum() - (x * dx).sum()) < 1e-3)
    }

    @Test("A one-hot row has its 1 at the number")
    func oneHot() {
        #expect(([2, 0] as Tensor).oneHot(classCount: 3) == [[0, 0, 1], [1, 0, 0]])
        #expect(([[1], [0]] as Tensor).oneHot(classCount: 2) == [[[0, 1]], [[1, 0]]])
    }

    @Test("An index beyond the axis, or no whole number, is named")
    func messages() async {
        let beyond = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2, 3]).gathering([3], axis: 1)
        }
        expectMessage(beyond, "index 3 of axis 1 of a tensor of shape 2 × 3; expected 0 to 2")
        let part = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2, 3]).scatteringAdd(Tensor.ones([1, 3]), at: Tensor([0.5]), axis: 0)
        }
        expectMessage(
            part, "index 0.5 of axis 0 of a tensor of shape 2 × 3; expected a whole number from 0 to 1")
    }
}
