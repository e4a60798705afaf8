import Cognitron
import Testing

@Suite("Least squares")
struct LeastSquaresTests {
    @Test("A line through three points by hand, and an exact one beside it")
    func line() {
        let columns: Tensor = [[1, 0], [1, 1], [1, 2]]
        let targets: Tensor = [[0, 1], [1, 3], [1, 5]]
        let expected: Tensor = [[0.1666667, 1], [0.5, 2]]
        #expect(columns.leastSquares(targets).isClose(to: expected))
    }

    @Test("Dependent columns and numbers that are not finite give NaN")
    func undetermined() {
        let targets: Tensor = [[1], [2], [3]]
        let dependent: Tensor = [[1, 2], [2, 4], [3, 6]]
        #expect(dependent.leastSquares(targets).scalars.allSatisfy { $0.isNaN })
        let infinite = Tensor([1, .infinity, 2, 4, 3, 6], shape: [3, 2])
        #expect(infinite.leastSquares(targets).scalars.allSatisfy { $0.isNaN })
    }
}
