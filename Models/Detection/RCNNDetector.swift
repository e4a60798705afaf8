import Cognitron
import CognitronDetection
import Foundation

/// Finds objects as R-CNN does: every region that selective search proposes is judged by itself.
///
/// - Source: Girshick et al. (2014), section 2.
struct RCNNDetector: Detector {
    let model: Model
    let classCount: Int
    var search = SelectiveSearch()
    /// Regions whose margin is below are no objects.
    var leastMargin: Float = -1
    /// Margins have chosen by then: no score is too low.
    var choice = DetectionChoice(score: 0, overlap: 0.3, limit: 100)

    static let coder = BoxCoder()

    /// Regions that go through the network at once.
    private static let batchSize = 256

    func detections(in pictures: Tensor) throws -> [[Detection]] {
        guard pictures.rank == 4, pictures.shape[3] == model.inputShape?[2] else {
            throw CognitronError(
                .shape, "r-cnn", "takes no such pictures",
                expected: "(N, H, W, \(model.inputShape?[2] ?? 3))", got: "\(pictures.shape)")
        }
        return try (0..<pictures.shape[0]).map { try detections(inPicture: pictures[$0]) }
    }

    /// - Parameter picture: (H, W, C).
    private func detections(inPicture picture: Tensor) throws -> [Detection] {
        let regions = search.boxes(in: picture)
        var found: [Detection] = []
        for start in stride(from: 0, to: regions.count, by: Self.batchSize) {
            let batch = Array(regions[start..<min(start + Self.batchSize, regions.count)])
            let outputs = model.forward(
                inputs: [try RCNNRegions.crops(batch, of: picture)], .prediction
            ).outputs
            let (margins, offsets) = (outputs[0].scalars, outputs[1].scalars)
            for (row, region) in batch.enumerated() {
                for label in 0..<classCount where margins[row * classCount + label] >= leastMargin {
                    let first = (row * classCount + label) * 4
                    let box = Self.coder.decode(
                        SIMD4(offsets[first], offsets[first + 1], offsets[first + 2], offsets[first + 3]),
                        from: region)
                    let score = sigmoid(margins[row * classCount + label])
                    found.append(Detection(box: box, label: label, score: score))
                }
            }
        }
        return choice(found, height: picture.shape[0], width: picture.shape[1])
    }
}
