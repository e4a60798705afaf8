import Foundation
import Testing

@testable import Cognitron

@Suite("Running sums, variances and sums of exponentials")
struct StatisticsTests {
    let x: Tensor = [[1, 2, 3], [4, 5, 6]]

    @Test("Running sums and products")
    func scans() {
        #expect(x.cumulativeSum(axis: 1) == [[1, 3, 6], [4, 9, 15]])
        #expect(x.cumulativeSum(axis: 0) == [[1, 2, 3], [5, 7, 9]])
        #expect(x.cumulativeSum(axis: -1, exclusive: true) == [[0, 1, 3], [0, 4, 9]])
        #expect(x.cumulativeSum(axis: 1, reverse: true) == [[6, 5, 3], [15, 11, 6]])
        #expect(x.cumulativeSum(axis: 1, exclusive: true, reverse: true) == [[5, 3, 0], [11, 6, 0]])
        #expect(x.cumulativeProduct(axis: 1) == [[1, 2, 6], [4, 20, 120]])
        #expect(x.cumulativeProduct(axis: 1, exclusive: true) == [[1, 1, 2], [1, 4, 20]])
        #expect(x.product(axis: 1) == [6, 120] && x.product(axis: 0) == [4, 10, 18])
        #expect(Tensor.zeros([2, 0]).product(axis: 1) == [1, 1])
        #expect(Tensor.zeros([2, 0]).cumulativeSum(axis: 1).shape == [2, 0])
    }

    @Test("Variance and standard deviation are NumPy's")
    func variance() {
        #expect(x.variance(axis: 1).isClose(to: Tensor([2.0 / 3, 2.0 / 3])))
        #expect(x.variance(axis: 0) == [2.25, 2.25, 2.25])
        #expect(x.standardDeviation(axis: 0, keepingDimensions: true) == [[1.5, 1.5, 1.5]])
        #expect(x.variance(axes: [0, 1]).isClose(to: Tensor(35.0 / 12)))
        #expect((x + 1000).variance(axis: 1).isClose(to: Tensor([2.0 / 3, 2.0 / 3]), absolute: 1e-4))
    }

    @Test("A softmax sums to 1 along its axis and does not overflow", arguments: [0, 1, 2])
    func softmax(_ axis: Int) {
        let t = Tensor.randomNormal([3, 4, 5], standardDeviation: 50, seed: 1)
        let y = t.softmax(axis: axis)
        #expect(y.sum(axis: axis).isClose(to: .ones(y.sum(axis: axis).shape), absolute: 1e-5))
        let shifted = t - t.max(axis: axis, keepingDimensions: true)
        let e = shifted.exponential
        #expect(y.isClose(to: e / e.sum(axis: axis, keepingDimensions: true), absolute: 1e-6))
        #expect(([0, 0] as Tensor).softmax() == [0.5, 0.5])
        #expect(Tensor([0, -.infinity]).softmax() == [1, 0])
    }

    @Test("The logarithm of a sum of exponentials does not overflow, and keeps infinities and NaN")
    func logSumExp() {
        #expect(abs(([1, 2, 3] as Tensor).logSumExp(axis: 0).scalar - 3.407_606) < 1e-5)
        #expect(abs(([1000, 1000] as Tensor).logSumExp(axis: 0).scalar - 1000.6931) < 1e-3)
        #expect(Tensor([-.infinity, -.infinity]).logSumExp(axis: 0).scalar == -.infinity)
        #expect(Tensor([-.infinity, 5]).logSumExp(axis: 0).scalar == 5)
        #expect(Tensor([.infinity, 5]).logSumExp(axis: 0).scalar == .infinity)
        #expect(Tensor([.nan, 5]).logSumExp(axis: 0).scalar.isNaN)
        #expect(
            x.logSumExp(axis: 0).shape == [3]
                && x.logSumExp(axis: 1, keepingDimensions: true).shape == [2, 1])
        #expect(x.logSumExp(axis: 0).isClose(to: x.exponential.sum(axis: 0).logarithm, absolute: 1e-5))
    }

    @Test("Functions of elements are the system's")
    func functions() {
        let t = Tensor.randomUniform([10_003], in: -6..<6, seed: 1)
        func expectClose(_ actual: Tensor, _ exact: (Double) -> Double) {
            for (y, x) in zip(actual.scalars, t.scalars) {
                #expect(abs(Double(y) - exact(Double(x))) <= 3 * Double(Float(exact(Double(x))).ulp))
            }
        }
        expectClose(t.hyperbolicTangent) { tanh($0) }
        expectClose(t.errorFunction) { Foundation.erf($0) }
        expectClose(t.sigmoid) { 1 / (1 + exp(-$0)) }
        #expect(t.sine.scalars == t.scalars.map { sin($0) } && t.cosine.scalars == t.scalars.map { cos($0) })
    }
}
