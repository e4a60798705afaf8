import Foundation
import Testing

@testable import Cognitron

@Suite("Constraints")
struct ConstraintTests {
    private let value: Tensor = [[3, 0.3], [-4, 0.4]]

    @Test("Norms along the first axis, the last, and all")
    func norms() {
        let shared = value  // a shared value stays as it is
        #expect(Constraint.maxNorm(2, axis: 0).apply(to: value).isClose(to: [[1.2, 0.3], [-1.6, 0.4]]))
        #expect(Constraint.unitNorm(axis: 0).apply(to: value).isClose(to: [[0.6, 0.6], [-0.8, 0.8]]))
        let rows = Constraint.unitNorm(axis: -1).apply(to: value)
        #expect(rows.squared.sum(axis: 1).isClose(to: [1, 1]))
        let all = Constraint.maxNorm(1, axis: [0, 1]).apply(to: value)
        #expect(abs(all.squared.sum() - 1) < 1e-5)
        #expect(Constraint.unitNorm.apply(to: .zeros([2, 2])) == .zeros([2, 2]))
        #expect(shared == [[3, 0.3], [-4, 0.4]])
    }

    @Test("Norms are brought between two bounds, at once or by a part of the way")
    func minMaxNorm() {
        // The columns' norms are 5 and 0.5.
        let strict = Constraint.minMaxNorm(minValue: 1, maxValue: 2).apply(to: value)
        #expect(strict.isClose(to: [[1.2, 0.6], [-1.6, 0.8]]))
        let half = Constraint.minMaxNorm(minValue: 1, maxValue: 3, rate: 0.5).apply(to: value)
        #expect(half.isClose(to: [[2.4, 0.45], [-3.2, 0.6]]))
        #expect(Constraint.minMaxNorm.apply(to: value).isClose(to: [[0.6, 0.3], [-0.8, 0.4]]))
        for constraint: Constraint in [
            .minMaxNorm(minValue: 2, maxValue: 1), .minMaxNorm(minValue: -1), .minMaxNorm(rate: 1.5),
            .minMaxNorm(maxValue: .infinity), .minMaxNorm(axis: 2),
        ] {
            #expect(constraint.problem(for: [2, 2]) != nil)
        }
    }

    @Test("Negative numbers become 0; what is not a number stays")
    func nonNegative() {
        #expect(Constraint.nonNeg.apply(to: value) == [[3, 0.3], [0, 0.4]])
        #expect(Constraint.nonNeg.apply(to: Tensor(Float.nan)).scalar.isNaN)
    }

    @Test("Numbers beyond a limit become the limit")
    func clip() {
        #expect(Constraint.clip(0.35).apply(to: value) == [[0.35, 0.3], [-0.35, 0.35]])
        #expect(Constraint.clip(0).problem(for: [2]) != nil && Constraint.clip(.nan).problem(for: [2]) != nil)
    }

    @Test(
        "Files keep them",
        arguments: [
            .maxNorm, .maxNorm(3, axis: [0, 1]), .nonNeg, .unitNorm(axis: 1), .clip(0.01),
            .minMaxNorm(minValue: 0.5, maxValue: 2, rate: 0.5, axis: [0, 1]),
        ] as [Constraint])
    func coding(_ constraint: Constraint) throws {
        let data = try JSONEncoder().encode(constraint)
        #expect(try JSONDecoder().decode(Constraint.self, from: data) == constraint)
    }

    @Test("Missing arguments are Keras's")
    func defaults() throws {
        func read(_ type: String) throws -> Constraint {
            try JSONDecoder().decode(
                Constraint.self, from: Data(#"{"type":"\#(type)","configuration":{}}"#.utf8))
        }
        #expect(try read("MaxNorm") == .maxNorm(2, axis: 0))
        #expect(try read("UnitNorm") == .unitNorm)
        #expect(try read("MinMaxNorm") == .minMaxNorm(minValue: 0, maxValue: 1, rate: 1, axis: 0))
        #expect(try read("NonNegative") == .nonNeg)
    }

    @Test("Axes that a parameter does not have are a problem")
    func axes() {
        #expect(Constraint.maxNorm(axis: 2).problem(for: [2, 2]) != nil)
        #expect(Constraint.unitNorm(axis: -3).problem(for: [2, 2]) != nil)
        #expect(Constraint.unitNorm(axis: []).problem(for: [2, 2]) != nil)
        #expect(Constraint.maxNorm(-1).problem(for: [2]) != nil)
        #expect(Constraint.maxNorm(axis: [0, -1]).problem(for: [2, 2]) == nil)
    }
}
