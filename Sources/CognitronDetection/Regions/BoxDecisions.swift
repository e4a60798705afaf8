import Cognitron

/// Makes objects of what the box head says of regions: each class of each region is a box with a score, of
/// which low scores are dropped, then boxes that a better one of their class covers.
///
/// - Source: Girshick, "Fast R-CNN" (2015); torchvision `RoIHeads.postprocess_detections`.
public struct BoxDecisions: Sendable {
    public var coder = BoxCoder(weights: (10, 10, 5, 5))

    /// Scores have to be above this.
    public var score: Float = 0.05

    /// The overlap from which on the worse of two boxes of a class is dropped.
    public var overlap: Float = 0.5

    /// How many objects of a picture are kept.
    public var count: Int = 100

    /// Boxes with a shorter side than this, in pixels, are dropped.
    public var smallestSide: Float = 1e-2

    public init() {}

    /// The objects of each picture, the best first, in pixels of the batch.
    ///
    /// - Parameters:
    ///   - logits: (R, 1 + classes).
    ///   - offsets: (R, 4·(1 + classes)).
    ///   - regions: those of the rows, picture by picture.
    func objects(
        logits: Tensor, offsets: Tensor, regions: [[Box]], sizes: [PictureSize]
    ) -> [[Detection]] {
        let classes = logits.shape[1]
        let scores = ActivationFunction.softmax(logits).scalars
        let offsets = offsets.reshaped([logits.shape[0] * classes, 4]).vectors
        let choice = DetectionChoice(score: score, overlap: overlap, limit: count)
        var row = 0
        return zip(regions, sizes).map { boxes, size in
            var candidates: [Detection] = []
            for region in boxes {
                for label in 1..<classes where scores[row * classes + label] > score {
                    let box = coder.decode(offsets[row * classes + label], from: region)
                        .clipped(width: Float(size.width), height: Float(size.height))
                    guard box.width >= smallestSide, box.height >= smallestSide else { continue }
                    candidates.append(
                        Detection(box: box, label: label - 1, score: scores[row * classes + label]))
                }
                row += 1
            }
            return choice(candidates, height: size.height, width: size.width)
        }
    }
}
