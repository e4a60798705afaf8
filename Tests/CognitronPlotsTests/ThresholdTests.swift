import Cognitron
import Testing

@testable import CognitronPlots

@Suite("ROC and precision-recall curves")
struct ThresholdTests {
    @Test("A curve worked by hand, with a tie")
    func byHand() {
        let curve = ThresholdCurve(
            scores: [0.9, 0.7, 0.7, 0.4, 0.2], isPositive: [true, true, false, false, true])
        let third = 1.0 / 3
        let falsePositives: [Double] = [0, 0, 0.5, 1, 1]
        let truePositives: [Double] = [0, third, 2 * third, 2 * third, 1]
        #expect(curve.rates.map(\.falsePositive) == falsePositives)
        #expect(curve.rates.map(\.truePositive) == truePositives)
        // Of the 6 pairs 3 are right and 1 is a tie.
        #expect(abs(curve.area - 3.5 / 6) < 1e-12)
        let precisions: [Double] = [1, 2 * third, 0.5, 0.6]
        #expect(curve.precisions.map(\.precision) == precisions)
        let average: Double = (1.0 + 2 * third + 0.6) / 3
        #expect(abs(curve.averagePrecision - average) < 1e-12)
    }

    @Test("The area is the share of pairs in the right order", arguments: 0..<5)
    func pairs(seed: UInt64) {
        let scores = Tensor.randomUniform([40], seed: seed).map { ($0 * 10).rounded() }.scalars
        let isPositive = Tensor.randomUniform([40], seed: seed + 100).scalars.map { $0 > 0.4 }
        var (right, all) = (0.0, 0.0)
        for a in scores.indices where isPositive[a] {
            for b in scores.indices where !isPositive[b] {
                right += scores[a] > scores[b] ? 1 : (scores[a] == scores[b] ? 0.5 : 0)
                all += 1
            }
        }
        #expect(abs(ThresholdCurve(scores: scores, isPositive: isPositive).area - right / all) < 1e-9)
    }

    @Test("With samples of one kind there is no area")
    func oneKind() {
        #expect(ThresholdCurve(scores: [1, 2], isPositive: [true, true]).area.isNaN)
        #expect(ThresholdCurve(scores: [1, 2], isPositive: [false, false]).averagePrecision.isNaN)
        #expect(ThresholdCurve(scores: [], isPositive: []).rates.count == 1)
    }

    @Test(
        "Charts name the classes with their areas; of a hundred, the worst six", arguments: [1, 2, 3, 100])
    func charts(count: Int) throws {
        let predictions = Tensor.randomUniform([300, count], seed: 3)
        let labels = Tensor((0..<300).map { $0 % max(2, count) })
        let names = (0..<count).map { "class number \($0) with a long name" }
        for plot in [
            try Plot.roc(predictions, labels, classNames: names),
            try Plot.precisionRecall(predictions, labels, classNames: names),
        ] {
            let named = try check(plot).contents.filter {
                $0.contains("with a long name (0.") || $0.hasPrefix("class 1 (0.")
            }
            #expect(named.count == (count <= 2 ? 1 : min(count, 6)))
        }
        #expect(throws: CognitronError.self) { try Plot.roc(predictions, Tensor([0, 1])) }
    }
}
