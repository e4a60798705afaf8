import Foundation
import Testing

@testable import Cognitron

/// Rows so wide that a `Float` would no longer change when one more term is added.
@Suite("Losses of wide rows", .serialized)
struct WideLossTests {
    private static let columns = 12_600_000

    /// A loss, one prediction and target for all columns, and the loss by its formula.
    static let cases: [(loss: Loss, prediction: Float, target: Float, expected: Double)] = {
        let share = 1 / Double(columns)
        return [
            (.meanSquaredError, 0.1, 0, 0.01), (.meanAbsoluteError, 0, 0.1, 0.1),
            (.huber, 0.1, 0, 0.005), (.huber(delta: 0.05), 0.1, 0, 0.05 * (0.1 - 0.025)),
            (.binaryCrossentropy, 0.3, 0.2, -0.2 * log(0.3) - 0.8 * log(0.7)),
            (.binaryCrossentropy(fromLogits: true), 0.5, 0.2, 0.5 - 0.1 + log(1 + exp(-0.5))),
            // Probabilities below 10⁻⁷ count as 10⁻⁷.
            (.categoricalCrossentropy, 0.7, Float(share), -log(1e-7)),
            (.categoricalCrossentropy(fromLogits: true), 0.7, Float(share), -log(share)),
            (.sparseCategoricalCrossentropy, 0.7, 3, -log(1e-7)),
            (.sparseCategoricalCrossentropy(fromLogits: true), 0.7, 3, -log(share)),
        ]
    }()

    @Test("The sum over a row of millions of columns is right", arguments: cases.indices)
    func wideRow(_ number: Int) {
        let (loss, p, t, expected) = Self.cases[number]
        let target = Tensor(repeating: t, shape: loss.targets == .classes ? [1] : [1, Self.columns])
        let value = loss(Tensor(repeating: p, shape: [1, Self.columns]), target).loss
        #expect(abs(Double(value) - expected) < 1e-5 * expected, "\(loss.name): \(value), not \(expected)")
    }

    @Test("Terms beyond the 2²⁴th count")
    func ones() {
        let loss = Loss.meanSquaredError(Tensor.ones([1, 1 << 25]), Tensor.zeros([1, 1 << 25])).loss
        #expect(loss == 1)
    }
}
