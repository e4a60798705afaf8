import Cognitron
import CognitronData

extension Loss {
    /// SSD's loss, for targets (N, M, 5) in `BoxRow`'s form and outputs (N, boxes, 4 + 1 + classes): offsets
    /// from the default boxes, then logits of background and of each class.
    ///
    ///     (Σ smooth L1 of the offsets + Σ cross-entropy of the classes) / boxes with objects
    ///
    /// Boxes with objects count for both, and for the classes also the `negatives` times as many background
    /// boxes of each picture with the largest cross-entropies. The count is the batch's, at least 1; each
    /// picture's loss is multiplied by the number of pictures, so that their mean is the loss above.
    ///
    /// - Parameters:
    ///   - negatives: background boxes for each box with an object.
    /// - Source: Liu et al., "SSD: Single Shot MultiBox Detector" (2016); torchvision `SSD.compute_loss`.
    public static func multibox(_ boxes: MultiboxBoxes, negatives: Int = 3) -> Loss {
        // Huber's loss with delta 1 is smooth L1.
        let offsetTerm = RowTerm(.huber(delta: 1, reduction: .sum))
        let classLoss = Loss.sparseCategoricalCrossentropy(fromLogits: true, reduction: .sum)
        return Loss("multibox", targets: .any) { prediction, target in
            let parts = prediction.split([4, prediction.shape[2] - 4])
            let goals = MultiboxGoals(boxes, GroundTruth.pictures(boxes: target))
            let losses = classLoss.losses(parts[1], goals.labels)
            let mined = goals.mined(losses, ratio: negatives)
            let scale = Float(prediction.shape[0]) / max(1, goals.objects.sum())
            // Huber's is the mean of four.
            let offsets = offsetTerm(parts[0], goals.offsets, weights: goals.objects * (4 * scale))
            let weights = mined * scale
            return (
                offsets.losses + (losses * weights).sum(axis: 1),
                .concatenated([
                    offsets.gradient, classLoss(parts[1], goals.labels, sampleWeight: weights).gradient,
                ])
            )
        }
    }
}

/// SSD's default boxes with what assigns objects to them and decodes offsets.
public struct MultiboxBoxes: Sendable {
    /// In pixels.
    public let boxes: [Box]
    public let coder: BoxCoder
    public let matcher: BoxMatcher
    /// The picture's size in pixels.
    public let height: Int
    public let width: Int

    /// - Parameters:
    ///   - boxes: the default boxes of all maps in pixels.
    ///   - matcher: by default an overlap of ½, and for each object the box that overlaps it most.
    public init(
        _ boxes: [Box], height: Int, width: Int,
        coder: BoxCoder = BoxCoder(weights: (x: 10, y: 10, width: 5, height: 5)), matcher: BoxMatcher = .ssd()
    ) {
        (self.boxes, self.height, self.width) = (boxes, height, width)
        (self.coder, self.matcher) = (coder, matcher)
    }
}

/// What the default boxes of a batch are to become; B boxes of N pictures.
struct MultiboxGoals {
    let matches: [[AnchorMatch]]
    /// (N, B, 4); 0 of boxes without objects.
    let offsets: Tensor
    /// (N, B): 0 for background, else one more than the class.
    let labels: Tensor
    /// (N, B): 1 of boxes with objects, else 0.
    let objects: Tensor

    init(_ defaults: MultiboxBoxes, _ truth: [GroundTruth]) {
        matches = truth.map { defaults.matcher.match(defaults.boxes, to: $0.boxes) }
        let count = defaults.boxes.count
        var offsets = [Float](repeating: 0, count: truth.count * count * 4)
        var labels = [Float](repeating: 0, count: truth.count * count)
        var objects = labels
        for (picture, (truth, matches)) in zip(truth, matches).enumerated() {
            for (number, match) in matches.enumerated() {
                guard let object = match.object else { continue }
                let place = picture * count + number
                let values = defaults.coder.encode(truth.boxes[object], from: defaults.boxes[number])
                for axis in 0..<4 { offsets[4 * place + axis] = values[axis] }
                (labels[place], objects[place]) = (Float(truth.labels[object] + 1), 1)
            }
        }
        self.offsets = Tensor(offsets, shape: [truth.count, count, 4])
        self.labels = Tensor(labels, shape: [truth.count, count])
        self.objects = Tensor(objects, shape: [truth.count, count])
    }

    /// (N, B): 1 of boxes with objects and of the background boxes with the largest losses, else 0.
    ///
    /// - Parameter losses: (N, B), of the classes.
    func mined(_ losses: Tensor, ratio: Int) -> Tensor {
        let (numbers, count) = (losses.scalars, losses.shape[1])
        var mined = objects.scalars
        for (picture, matches) in matches.enumerated() {
            let own = Array(numbers[picture * count..<(picture + 1) * count])
            for number in hardNegatives(losses: own, matches: matches, ratio: ratio) {
                mined[picture * count + number] = 1
            }
        }
        return Tensor(mined, shape: losses.shape)
    }
}
