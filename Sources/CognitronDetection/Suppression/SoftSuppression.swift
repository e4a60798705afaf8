import Foundation

extension NonMaximumSuppression {
    /// How the score of a box falls by its overlap with one of a higher score.
    public enum Decay: Sendable {
        /// Times 1 − iou, where the intersection over union is above this one.
        case linear(above: Float)
        /// Times exp(−iou² / sigma).
        case gaussian(sigma: Float)

        func factor(_ iou: Float) -> Float {
            switch self {
            case .linear(let limit): iou > limit ? 1 - iou : 1
            case .gaussian(let sigma): exp(-iou * iou / sigma)
            }
        }
    }

    /// Boxes with scores that fall by their overlap with boxes of higher scores, rather than all or nothing.
    ///
    /// The box with the highest score is taken (the first of equals), the scores of the others fall, and so
    /// on with the next highest, until all are below the threshold. Boxes with a side or a score that is not
    /// a number are left out. Its time grows with the square of the number of boxes.
    ///
    /// - Parameter threshold: the lowest score that is returned.
    /// - Returns: numbers of boxes with their new scores, from the highest down.
    /// - Source: Bodla et al., "Soft-NMS: Improving Object Detection With One Line of Code" (2017).
    public static func soft(
        _ boxes: [Box], scores: [Float], method: Decay = .gaussian(sigma: 0.5), threshold: Float = 0.001
    ) -> [(index: Int, score: Float)] {
        precondition(
            boxes.count == scores.count, "suppression got \(boxes.count) boxes and \(scores.count) scores")
        var rest = boxes.indices.filter { scores[$0] >= threshold && boxes[$0].isComparable }
            .map { (index: $0, score: scores[$0]) }
        var taken: [(index: Int, score: Float)] = []
        while !rest.isEmpty {
            let first = rest.indices.reduce(0) { rest[$1].score > rest[$0].score ? $1 : $0 }
            let best = rest.remove(at: first)
            taken.append(best)
            for position in rest.indices {
                rest[position].score *= method.factor(boxes[rest[position].index].iou(boxes[best.index]))
            }
            rest.removeAll { !($0.score >= threshold) }
        }
        return taken
    }
}
