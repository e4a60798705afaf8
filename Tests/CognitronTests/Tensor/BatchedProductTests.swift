import Testing

@testable import Cognitron

@Suite("Products of batches of matrices")
struct BatchedProductTests {
    @Test("By hand")
    func byHand() {
        let a: Tensor = [[[1, 2], [3, 4]], [[5, 6], [7, 8]]]
        let b: Tensor = [[[1, 0], [0, 1]], [[0, 1], [1, 0]]]
        #expect(a.matmul(b) == [[[1, 2], [3, 4]], [[6, 5], [8, 7]]])
        #expect(a.matmul(b, transposingSelf: true) == [[[1, 3], [2, 4]], [[7, 5], [8, 6]]])
        let row: Tensor = [[[1, 2, 3]]]
        #expect(row.matmul([[[1, 1, 1]], [[1, 0, 0]]], transposingOther: true) == [[[6]], [[1]]])
    }

    /// Leading axes of both operands, and of the result.
    static let batches: [(Shape, Shape, Shape)] = [
        ([2], [2], [2]), ([2], [], [2]), ([], [3], [3]), ([2, 3], [3], [2, 3]), ([2, 1], [3], [2, 3]),
        ([4, 1, 2], [3, 1], [4, 3, 2]), ([1], [5], [5]), ([0], [1], [0]), ([20], [20], [20]),
    ]

    @Test(
        "Each product is that of its matrices, transposed or not", arguments: batches,
        [(3, 4, 5), (1, 7, 2), (70, 70, 80)])
    func broadcasting(_ batch: (Shape, Shape, Shape), _ sizes: (Int, Int, Int)) {
        let (m, k, n) = sizes
        for (ta, tb) in [(false, false), (true, false), (false, true), (true, true)] {
            let a = Tensor.randomUniform(
                Shape(Array(batch.0) + (ta ? [k, m] : [m, k])), in: -1..<1, seed: 1)
            let b = Tensor.randomUniform(
                Shape(Array(batch.1) + (tb ? [n, k] : [k, n])), in: -1..<1, seed: 2)
            let c = a.matmul(b, transposingSelf: ta, transposingOther: tb)
            #expect(c.shape == Shape(Array(batch.2) + [m, n]))
            let target = Shape(Array(batch.2))
            let left = a.broadcast(to: Shape(Array(target) + a.shape.suffix(2)))
                .reshaped(Shape([target.elementCount] + a.shape.suffix(2)))
            let right = b.broadcast(to: Shape(Array(target) + b.shape.suffix(2)))
                .reshaped(Shape([target.elementCount] + b.shape.suffix(2)))
            let products = c.reshaped([target.elementCount, m, n])
            for i in 0..<target.elementCount {
                let (x, y) = (ta ? left[i].transposed : left[i], tb ? right[i].transposed : right[i])
                #expect(products[i].isClose(to: x.matmul(y), absolute: 1e-4))
            }
        }
    }

    @Test("An inner size of 0 gives zeros")
    func emptySum() {
        #expect(Tensor.ones([2, 3, 0]).matmul(Tensor.ones([2, 0, 4])) == .zeros([2, 3, 4]))
    }

    @Test("A product of a few large matrices is cut, and is that of the matrices one by one")
    func large() {
        let (a, b) = (
            Tensor.randomUniform([2, 300, 40], seed: 1), Tensor.randomUniform([2, 40, 600], seed: 2)
        )
        let c = a.matmul(b)
        for i in 0..<2 { #expect(c[i].isClose(to: a[i].matmul(b[i]), absolute: 1e-4)) }
    }

    @Test("Leading axes that do not combine, and inner sizes that differ, are named")
    func messages() async {
        let axes = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2, 3, 4]).matmul(Tensor.ones([3, 4, 5]))
        }
        expectMessage(axes, "matmul of shapes 2 × 3 × 4 and 3 × 4 × 5: the leading axes do not combine")
        let inner = await #expect(processExitsWith: .failure, observing: [\.standardErrorContent]) {
            _ = Tensor.ones([2, 3, 4]).matmul(Tensor.ones([2, 3, 4]))
        }
        expectMessage(inner, "the inner sizes 4 and 3 differ")
    }
}
