import Foundation
import Testing

@testable import Cognitron

@Suite("Tensor")
struct TensorTests {
    @Test("The exponential and the logarithm are the system's, however large the tensor")
    func exponentialAndLogarithm() {
        let x = Tensor.randomUniform([70_003], in: 0.1..<20, seed: 1)
        #expect(x.exponential.scalars == x.scalars.map { exp($0) })
        #expect(x.logarithm.scalars == x.scalars.map { log($0) })
        let extremes = Tensor([-.infinity, 0, 88.5, 89, .infinity]).exponential.scalars
        #expect(extremes == [0, 1, exp(Float(88.5)), .infinity, .infinity])
    }

    @Test("Nested literals, indices and slices agree with row-major order")
    func literalsAndIndices() {
        let t: Tensor = [[1, 2, 3], [4, 5, 6]]
        #expect(t == Tensor([1, 2, 3, 4, 5, 6], shape: [2, 3]))
        #expect(t[1, 2] == 6)
        #expect(t[1] == [4, 5, 6])
        #expect(t[0..<1] == [[1, 2, 3]])
        #expect(t.scalars == [1, 2, 3, 4, 5, 6])
    }

    @Test("A copy keeps its numbers when the original is written")
    func valueSemantics() {
        var a: Tensor = [1, 2, 3]
        let b = a
        let c = a.reshaped([3, 1])
        a[0] = Tensor(9)
        a += 1
        #expect(a == [10, 3, 4])
        #expect(b == [1, 2, 3])
        #expect(c == [[1], [2], [3]])
    }

    static let broadcasts: [(Shape, Shape, Shape)] = [
        ([2, 3], [3], [2, 3]), ([2, 3], [2, 1], [2, 3]), ([4, 1, 3], [2, 1], [4, 2, 3]),
        ([], [2, 2], [2, 2]),
        ([1], [5], [5]), ([3, 1, 5, 1], [1, 4, 1, 9], [3, 4, 5, 9]), ([2, 0], [1], [2, 0]),
    ]

    @Test("Shapes combine by NumPy's rules", arguments: broadcasts)
    func broadcasting(_ a: Shape, _ b: Shape, _ expected: Shape) {
        let (x, y) = (Tensor.randomUniform(a, seed: 1), Tensor.randomUniform(b, seed: 2))
        let sum = x + y
        #expect(sum.shape == expected)
        for position in 0..<sum.count {
            #expect(
                sum.scalars[position] == Self.element(x, position, expected)
                    + Self.element(y, position, expected))
        }
        #expect(y + x == sum)
        #expect((x - y).isClose(to: -(y - x)))
    }

    /// The element of `t` that stands at `position` of a result with shape `shape`.
    private static func element(_ t: Tensor, _ position: Int, _ shape: Shape) -> Float {
        var (rest, offset, stride) = (position, 0, 1)
        for axis in (0..<shape.rank).reversed() {
            let index = rest % shape[axis]
            rest /= shape[axis]
            let own = axis - (shape.rank - t.rank)
            guard own >= 0 else { continue }
            offset += t.shape[own] == 1 ? 0 : index * stride
            stride *= t.shape[own]
        }
        return t.scalars[offset]
    }

    @Test("A product of matrices is the sum of products, and keeps leading axes")
    func matmul() {
        let a: Tensor = [[1, 2], [3, 4]]
        let b: Tensor = [[5, 6, 7], [8, 9, 10]]
        #expect(a.matmul(b) == [[21, 24, 27], [47, 54, 61]])
        #expect(b.matmul(a, transposingSelf: true) == [[29, 42], [33, 48], [37, 54]])
        #expect(a.matmul(b.transposed, transposingOther: true) == a.matmul(b))
        #expect(a.reshaped([2, 1, 2]).matmul(b).shape == [2, 1, 3])
    }

    @Test("Axes are permuted as their indices are")
    func permuted() {
        let t = Tensor((0..<24).map { Float($0) }, shape: [2, 3, 4])
        let p = t.permuted([2, 0, 1])
        #expect(p.shape == [4, 2, 3])
        for i in 0..<2 { for j in 0..<3 { for k in 0..<4 { #expect(p[k, i, j] == t[i, j, k]) } } }
    }

    @Test("Sums, means and extremes run along the axis they are told, negative ones from the end")
    func reductions() {
        let t: Tensor = [[[1, 2], [3, 4]], [[5, 6], [7, 9]]]
        #expect(t.sum() == 37)
        #expect(t.sum(axis: 0) == [[6, 8], [10, 13]])
        #expect(t.sum(axis: -1) == [[3, 7], [11, 16]])
        #expect(t.sum(axes: [0, 2]) == [14, 23])
        #expect(t.sum(axis: 1, keepingDimensions: true).shape == [2, 1, 2])
        #expect(t.mean(axes: [1, 2]) == [2.5, 6.75])
        #expect(t.max() == 9 && t.min() == 1)
        #expect(t.max(axis: 1) == [[3, 4], [7, 9]])
        #expect(t.argmax(axis: -1) == [[1, 1], [1, 1]])
        #expect(([[3, 3, 1]] as Tensor).argmax() == [0])  // the first of equal ones
    }

    @Test("Parts put together and taken apart again are the parts", arguments: [0, 1, -1])
    func concatenation(_ axis: Int) {
        let a = Tensor.randomUniform([2, 3, 2], seed: 1)
        let shape = Shape(a.shape.indices.map { $0 == a.shape.resolve(axis) ? 4 : a.shape[$0] })
        let b = Tensor.randomUniform(shape, seed: 2)
        let both = Tensor.concatenated([a, b], axis: axis)
        let parts = both.split([a.shape[a.shape.resolve(axis)], 4], axis: axis)
        #expect(parts == [a, b])
    }

    @Test("A description shows the shape and the numbers, and shortens long axes")
    func description() {
        #expect("\([[1, 2.5], [3, 4]] as Tensor)" == "Tensor 2 × 2\n[[1, 2.5],\n [3, 4]]")
        #expect("\(Tensor(7))" == "Tensor scalar\n7")
        #expect("\(Tensor.zeros([100]))" == "Tensor 100\n[0, 0, 0, …, 0, 0, 0]")
    }

    @Test("Closeness allows a tolerance and never NaN")
    func closeness() {
        #expect(([1, 2] as Tensor).isClose(to: [1.000001, 2]))
        #expect(!([1, 2] as Tensor).isClose(to: [1.1, 2]))
        #expect(!Tensor([.nan]).isClose(to: Tensor([.nan])))
        #expect(!([1, 2] as Tensor).isClose(to: [[1, 2]]))
    }
}
