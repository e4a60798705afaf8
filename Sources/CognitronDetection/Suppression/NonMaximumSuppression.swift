/// Chooses one of several boxes around the same object: the one with the highest score.
///
///     let kept = NonMaximumSuppression.kept(boxes, scores: scores, labels: labels, threshold: 0.5)
///     kept.map { boxes[$0] }
///
/// From the highest score down (the first of equals) a box is kept unless its intersection over union with
/// one that is kept already is above the threshold. Boxes with a side or a score that is not a number are not
/// kept.
///
/// - Source: torchvision `nms` and `batched_nms`.
public enum NonMaximumSuppression {
    /// The numbers of the kept boxes, from the highest score down.
    public static func kept(_ boxes: [Box], scores: [Float], threshold: Float) -> [Int] {
        kept(boxes, scores: scores, labels: [Int](repeating: 0, count: boxes.count), threshold: threshold)
    }

    /// The numbers of the kept boxes, from the highest score down; each class by itself.
    public static func kept(_ boxes: [Box], scores: [Float], labels: [Int], threshold: Float) -> [Int] {
        precondition(
            boxes.count == scores.count && boxes.count == labels.count,
            "suppression got \(boxes.count) boxes, \(scores.count) scores and \(labels.count) labels")
        var classes: [Int: KeptBoxes] = [:]
        return scores.descendingOrder().filter { index in
            guard !scores[index].isNaN, boxes[index].isComparable else { return false }
            return classes[labels[index], default: KeptBoxes()].admits(boxes[index], threshold)
        }
    }
}

/// The boxes of a class that are kept so far.
private struct KeptBoxes {
    private var groups: [BoxLanes] = []
    private var count = 0

    /// Whether a box overlaps none of them by more than the threshold; then it is one of them.
    mutating func admits(_ box: Box, _ threshold: Float) -> Bool {
        let area = box.area
        for lanes in groups where any(lanes.iou(box, area: area) .> threshold) { return false }
        let lane = count % BoxLanes.count
        if lane == 0 { groups.append(BoxLanes()) }
        groups[groups.count - 1][lane] = box
        count += 1
        return true
    }
}

extension Box {
    /// Whether all sides are numbers.
    var isComparable: Bool { !(left.isNaN || top.isNaN || right.isNaN || bottom.isNaN) }
}
