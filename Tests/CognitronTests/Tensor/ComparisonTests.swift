import Testing

@testable import Cognitron

@Suite("Comparisons of tensors")
struct ComparisonTests {
    private let nan = Float.nan

    @Test("Comparisons give 1 where they hold and 0 elsewhere, and broadcast")
    func comparisons() {
        let (a, b): (Tensor, Tensor) = ([1, 2, 3], [[2], [3]])
        #expect((a .< b) == [[1, 0, 0], [1, 1, 0]])
        #expect((a .<= b) == [[1, 1, 0], [1, 1, 1]])
        #expect((a .> b) == [[0, 0, 1], [0, 0, 0]])
        #expect((a .>= b) == [[0, 1, 1], [0, 0, 1]])
        #expect((a .== b) == [[0, 1, 0], [0, 0, 1]])
        #expect((a .!= b) == [[1, 0, 1], [1, 1, 0]])
    }

    @Test("Comparisons with a number, on either side")
    func numbers() {
        let a: Tensor = [1, 2, 3]
        #expect((a .< 2) == [1, 0, 0] && (2 .< a) == [0, 0, 1])
        #expect((a .<= 2) == [1, 1, 0] && (2 .<= a) == [0, 1, 1])
        #expect((a .> 2) == [0, 0, 1] && (2 .> a) == [1, 0, 0])
        #expect((a .>= 2) == [0, 1, 1] && (2 .>= a) == [1, 1, 0])
        #expect((a .== 2) == [0, 1, 0] && (2 .== a) == [0, 1, 0])
        #expect((a .!= 2) == [1, 0, 1] && (2 .!= a) == [1, 0, 1])
    }

    @Test("NaN is unequal to all and neither smaller nor larger")
    func comparisonsWithNaN() {
        let (a, b) = (Tensor([nan, nan, 1]), Tensor([nan, 1, nan]))
        for result in [a .< b, a .<= b, a .> b, a .>= b, a .== b, a .< 1] {
            #expect(result.scalars[0] == 0)
        }
        #expect((a .!= b) == [1, 1, 1])
        #expect((a .!= nan) == [1, 1, 1] && (a .== nan) == [0, 0, 0])
    }

    @Test("A choice takes the first where the condition is not 0, and broadcasts")
    func selection() {
        let x: Tensor = [[1, -2, 3], [-4, 5, -6]]
        #expect(Tensor.where(x .> 0, x, Tensor(0)) == [[1, 0, 3], [0, 5, 0]])
        #expect(Tensor.where([[1], [0]], x, -x) == [[1, -2, 3], [4, -5, 6]])
        #expect(Tensor.where([1, 0, 1], [[1], [2]], [7, 8, 9]) == [[1, 8, 1], [2, 8, 2]])
        #expect(Tensor.where(Tensor(1), [1, 2], [[3, 4], [5, 6]]) == [[1, 2], [1, 2]])
        #expect(Tensor.where(Tensor([nan, 0]), Tensor(1), Tensor(nan)).scalars[0] == 1)
    }

    @Test("A choice equals plain loops for tensors of many sizes", arguments: [1, 7, 8, 9, 1000, 70_003])
    func largeSelection(_ count: Int) {
        let condition = Tensor.randomUniform([count], seed: 1) .> 0.5
        let (a, b) = (Tensor.randomUniform([3, count], seed: 2), Tensor.randomUniform([3, 1], seed: 3))
        let result = Tensor.where(condition, a, b)
        let expected = (0..<3 * count).map {
            condition.scalars[$0 % count] != 0 ? a.scalars[$0] : b.scalars[$0 / count]
        }
        #expect(result.shape == [3, count] && result.scalars == expected)
    }

    @Test("The smaller, the larger and the clamped of NaN is NaN, on either side")
    func extremesKeepNaN() {
        #expect(Tensor([nan]).clamped(to: 0...1).scalars[0].isNaN)
        #expect(([-1, 0.5, 2] as Tensor).clamped(to: 0...1) == [0, 0.5, 1])
        let (a, b) = (Tensor([nan, 1, nan, 3]), Tensor([1, nan, nan, 2]))
        for result in [a.maximum(b), a.minimum(b)] {
            #expect(result.scalars.prefix(3).allSatisfy { $0.isNaN })
        }
        #expect(a.maximum(b)[3] == 3 && a.minimum(b)[3] == 2)
        // One of many, and one against many.
        for result in [a.maximum(Tensor([nan])), Tensor([nan]).minimum(a), a.maximum(nan), a.minimum(nan)] {
            #expect(result.scalars.allSatisfy { $0.isNaN })
        }
        #expect(([1, 3] as Tensor).maximum(2) == [2, 3] && ([1, 3] as Tensor).minimum(2) == [1, 2])
        #expect(a.maximum(2).scalars[0].isNaN && a.minimum(2).scalars[0].isNaN)
    }

    @Test("A largest or smallest element is NaN where there is one; its index is that of the first NaN")
    func reductionsKeepNaN() {
        let x = Tensor([1, nan, 3, nan, 5, 2, 4, 0], shape: [2, 4])
        #expect(x.max().isNaN && x.min().isNaN)
        #expect(x.max(axis: 1).scalars[0].isNaN && x.max(axis: 1)[1] == 5)
        #expect(x.min(axis: 1).scalars[0].isNaN && x.min(axis: 1)[1] == 0)
        #expect(x.argmax() == [1, 0] && x.argmin() == [1, 3])
        #expect(x.argmax(axis: 0) == [1, 0, 1, 0] && x.argmin(axis: 0) == [0, 0, 0, 0])
    }

    @Test("A NaN in a window comes out of max pooling as NaN", arguments: [1, 3, 8, 11])
    func pooling(_ channels: Int) throws {
        for place in 0..<4 {
            var x = Tensor.ones([1, 4, 4, channels])
            x[0, 2 + place / 2, 2 + place % 2, channels - 1] = nan
            for pass in [Pass.training, .inference] {
                let y = MaxPooling2D().forward(x, pass).output
                #expect(y.scalars.last?.isNaN == true)
                #expect(y.scalars.dropLast().allSatisfy { $0 == 1 })
            }
        }
    }

    @Test("The magnitude of a negative zero is zero")
    func magnitude() {
        let result = Tensor([-0.0, -1, 2, -.infinity, nan]).absolute.scalars
        #expect(result[0].sign == .plus && result[1...3] == [1, 2, .infinity] && result[4].isNaN)
    }
}
