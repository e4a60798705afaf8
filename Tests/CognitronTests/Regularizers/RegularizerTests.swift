import Foundation
import Testing

@testable import Cognitron

@Suite("Regularizers")
struct RegularizerTests {
    private let value: Tensor = [[1, -2], [0, 3]]

    @Test("Penalties and gradients by hand")
    func byHand() {
        #expect(Regularizer.l1(0.5).penalty(of: value) == 3)
        #expect(Regularizer.l1(0.5).gradient(at: value) == [[0.5, -0.5], [0, 0.5]])
        #expect(Regularizer.l2(0.5).penalty(of: value) == 7)
        #expect(Regularizer.l2(0.5).gradient(at: value) == [[1, -2], [0, 3]])
        #expect(Regularizer.l1l2(l1: 1, l2: 0.5).penalty(of: value) == 13)
        #expect(Regularizer.l1l2(l1: 1, l2: 0.5).gradient(at: value) == [[2, -3], [0, 4]])
        #expect(Regularizer.l1 == .l1(0.01) && Regularizer.l2 == .l2(0.01) && Regularizer.l1 != .l2)
    }

    @Test("Orthogonal rows and columns have no penalty, equal ones the whole factor")
    func orthogonal() {
        let right: Tensor = [[2, 0, 0], [0, 3, 0]]
        let equal: Tensor = [[1, 2, 2], [2, 4, 4]]
        #expect(Regularizer.orthogonalRegularizer.penalty(of: right) == 0)
        #expect(Regularizer.orthogonalRegularizer.gradient(at: right) == .zeros([2, 3]))
        #expect(abs(Regularizer.orthogonalRegularizer(factor: 0.5).penalty(of: equal) - 0.5) < 1e-6)
        // The cosines of [[1, 1], [0, 1]] are 1/√2 by rows and by columns.
        let skewed: Tensor = [[1, 1], [0, 1]]
        for mode: Regularizer.OrthogonalMode in [.rows, .columns] {
            let penalty = Regularizer.orthogonalRegularizer(factor: 1, mode: mode).penalty(of: skewed)
            #expect(abs(penalty - Float(0.5).squareRoot()) < 1e-6)
        }
        // One row, and a row of zeros, are no division by 0.
        let single = Regularizer.orthogonalRegularizer
        #expect(single.penalty(of: [[1, 2]]) == 0 && single.gradient(at: [[1, 2]]) == .zeros([1, 2]))
        #expect(single.gradient(at: [[1, 2], [0, 0]]).isFinite)
        #expect(single.problem(for: [2, 2, 2]) != nil && single.problem(for: [2, 2]) == nil)
        #expect(Regularizer.orthogonalRegularizer(factor: -1).problem(for: [2, 2]) != nil)
    }

    @Test(
        "Files keep them; missing arguments are 0",
        arguments: [
            .l1, .l2(0.3), .l1l2(l1: 1, l2: 2), .orthogonalRegularizer(factor: 0.5, mode: .columns),
        ] as [Regularizer])
    func coding(_ regularizer: Regularizer) throws {
        let data = try JSONEncoder().encode(regularizer)
        #expect(try JSONDecoder().decode(Regularizer.self, from: data) == regularizer)
        for json in [#"{"type":"L1L2"}"#, #"{"type":"L1L2","configuration":{}}"#] {
            #expect(try JSONDecoder().decode(Regularizer.self, from: Data(json.utf8)) == .l1l2())
        }
    }

    @Test("Factors that are none are a problem", arguments: [-1, .nan, .infinity] as [Float])
    func impossible(_ factor: Float) {
        #expect(Regularizer.l1(factor).problem(for: [2]) != nil)
        #expect(Regularizer.l2(factor).problem(for: [2]) != nil)
        #expect(Regularizer.l2.problem(for: [2]) == nil)
    }
}
