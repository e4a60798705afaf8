import Testing

@testable import Cognitron

@Suite("Losses")
struct LossTests {
    @Test("By hand")
    func byHand() {
        let (p, t): (Tensor, Tensor) = ([[1, 2], [3, 5]], [[1, 0], [0, 5]])
        #expect(Loss.meanSquaredError(p, t).loss == 3.25)
        #expect(Loss.meanSquaredError(p, t).gradient == [[0, 1], [1.5, 0]])
        #expect(Loss.meanAbsoluteError(p, t).loss == 1.25)
        #expect(Loss.huber(p, t).loss == 1)
        let half: Tensor = [[0.5, 0.25, 0.25]]
        #expect(abs(Loss.sparseCategoricalCrossentropy(half, [1]).loss - 1.386294) < 1e-5)
        #expect(abs(Loss.categoricalCrossentropy(half, [[0, 1, 0]]).loss - 1.386294) < 1e-5)
        #expect(abs(Loss.binaryCrossentropy([[0.5]], [[1]]).loss - 0.693147) < 1e-5)
    }

    @Test("A sample's weight multiplies its part; the mean is over the count")
    func weights() {
        let (p, t): (Tensor, Tensor) = ([[1], [3]], [[0], [0]])
        #expect(Loss.meanSquaredError(p, t, sampleWeight: [2, 0]).loss == 1)
        #expect(Loss.meanSquaredError(p, t, sampleWeight: [2, 0]).gradient == [[2], [0]])
    }

    static let cases: [(Loss, Tensor, Tensor)] = {
        let values = Tensor.randomUniform([3, 4], in: 0.1..<0.9, seed: 1)
        let rows = values / values.sum(axis: 1, keepingDimensions: true)
        let logits = Tensor.randomNormal([3, 4], seed: 2)
        let targets = Tensor.randomUniform([3, 4], seed: 3)
        let oneHot: Tensor = [[0, 1, 0, 0], [1, 0, 0, 0], [0, 0, 0, 1]]
        return [
            (.meanSquaredError, logits, targets), (.huber(delta: 0.5), logits, targets),
            (.binaryCrossentropy, values, targets), (.binaryCrossentropy(fromLogits: true), logits, targets),
            (.categoricalCrossentropy, rows, oneHot),
            (.categoricalCrossentropy(fromLogits: true), logits, targets),
            (.sparseCategoricalCrossentropy, rows, [3, 0, 1]),
            (.sparseCategoricalCrossentropy(fromLogits: true), logits, [3, 0, 1]),
            (
                Loss("cubes") { ((($0 - $1).squared * ($0 - $1)).sum(axis: 1), 3 * ($0 - $1).squared) },
                logits, targets
            ),
        ]
    }()

    @Test("The gradient equals finite differences", arguments: cases.indices)
    func gradient(_ number: Int) {
        let (loss, prediction, target) = Self.cases[number]
        let weight: Tensor = [0.5, 2, 1]
        let gradient = loss(prediction, target, sampleWeight: weight).gradient
        for index in 0..<prediction.count {
            func moved(_ step: Float) -> Double {
                var p = prediction
                p.withUnsafeMutableScalars { $0[index] += step }
                return Double(loss(p, target, sampleWeight: weight).loss)
            }
            let estimate = (moved(0.01) - moved(-0.01)) / 0.02
            #expect(
                abs(Double(gradient.scalars[index]) - estimate) < 3e-3 * max(1, abs(estimate)), "\(loss.name)"
            )
        }
    }

    @Test("Softmax and cross-entropy together bear logits of ±1000", arguments: [Float(1000), -1000])
    func extremeLogits(_ logit: Float) throws {
        let model = Sequential {
            Input(3)
            Dense(3, activation: .softmax)
        }
        try model.compile(optimizer: SGD(learningRate: 0), loss: .sparseCategoricalCrossentropy, seed: 1)
        model.parameters[0].value = [[1, 0, 0], [0, 1, 0], [0, 0, 1]]
        let scores = try model.trainOnBatch(Tensor([logit, 0, 0], shape: [1, 3]), [1])
        // −1000, 0, 0 leave the second class one half.
        #expect(scores.loss == (logit > 0 ? logit : 0.6931472))
    }
}
