import CognitronDetection
import Testing

@Suite("Non-maximum suppression")
struct SuppressionTests {
    let boxes = [
        Box(left: 0, top: 0, right: 10, bottom: 10), Box(left: 1, top: 0, right: 11, bottom: 10),
        Box(left: 20, top: 0, right: 30, bottom: 10),
    ]

    @Test("Of two boxes that overlap the one with the higher score stays")
    func plain() {
        #expect(NonMaximumSuppression.kept(boxes, scores: [0.8, 0.9, 0.7], threshold: 0.5) == [1, 2])
        #expect(NonMaximumSuppression.kept(boxes, scores: [0.8, 0.9, 0.7], threshold: 0.9) == [1, 0, 2])
        #expect(NonMaximumSuppression.kept([], scores: [], threshold: 0.5) == [])
    }

    @Test("Boxes of different classes do not suppress each other")
    func classes() {
        let kept = NonMaximumSuppression.kept(
            boxes, scores: [0.8, 0.9, 0.7], labels: [4, -1, 4], threshold: 0.5)
        #expect(kept == [1, 0, 2])
    }

    @Test("Of equal scores the first stays, whatever the sign of zero")
    func equalScores() {
        #expect(NonMaximumSuppression.kept(boxes, scores: [-0.0, 0, 0], threshold: 0.5) == [0, 2])
    }

    @Test("Boxes and scores that are not numbers are left out")
    func notANumber() {
        let boxes = boxes + [Box(left: .nan, top: 0, right: 1, bottom: 1)]
        let scores: [Float] = [0.1, .nan, -.infinity, 1]
        #expect(NonMaximumSuppression.kept(boxes, scores: scores, threshold: 0.5) == [0, 2])
        #expect(NonMaximumSuppression.soft(boxes, scores: scores).map(\.index) == [0])
    }

    @Test("Soft suppression lowers the score of what overlaps")
    func soft() {
        let iou: Float = 90 / 110
        let linear = NonMaximumSuppression.soft(boxes, scores: [0.8, 0.9, 0.7], method: .linear(above: 0.3))
        #expect(linear.map(\.index) == [1, 2, 0])
        #expect(abs(linear[2].score - 0.8 * (1 - iou)) < 1e-6)
        let gaussian = NonMaximumSuppression.soft(
            boxes, scores: [0.8, 0.9, 0.7], method: .gaussian(sigma: 0.5), threshold: 0.3)
        #expect(gaussian.map(\.index) == [1, 2])  // 0.8 · exp(−0.67 / 0.5) = 0.21
    }
}
