import Cognitron
import CognitronData
import Foundation

// Localisation: the class and the box of one object, the first step towards finding several.

extension Loss {
    /// The loss of a network that names and frames the largest object of each picture, for targets (N, M, 5) in
    /// `BoxRow`'s form and outputs (N, 4 + classes): left, top, right and bottom as shares of the picture, then
    /// logits of the classes.
    ///
    ///     cross-entropy of the class + boxWeight · Σ squared errors of the sides
    ///
    /// Pictures without objects cost nothing.
    public static func localization(
        classCount: Int, height: Int, width: Int, boxWeight: Float = 20
    ) -> Loss {
        let sides = RowTerm(.meanSquaredError(reduction: .sum))
        let classes = RowTerm(.sparseCategoricalCrossentropy(fromLogits: true, reduction: .sum))
        return Loss("localization", targets: .any) { prediction, target in
            let goals = LargestObjects(GroundTruth.pictures(boxes: target), height: height, width: width)
            // One row a picture.
            let parts = prediction.reshaped([prediction.shape[0], 1, 4 + classCount]).split([4, classCount])
            // The squared error is the mean of four.
            let box = sides(parts[0], goals.sides, weights: goals.present * (4 * boxWeight))
            let kind = classes(parts[1], goals.labels, weights: goals.present)
            return (
                box.losses + kind.losses,
                Tensor.concatenated([box.gradient, kind.gradient]).reshaped(prediction.shape)
            )
        }
    }
}

/// The object of each picture with the largest box, in one row a picture.
private struct LargestObjects {
    /// (N, 1, 4): left, top, right and bottom as shares of the picture; 0 without an object.
    let sides: Tensor
    /// (N, 1): the class; 0 without an object.
    let labels: Tensor
    /// (N, 1): 1 of pictures with an object, else 0.
    let present: Tensor

    init(_ truth: [GroundTruth], height: Int, width: Int) {
        var (sides, labels, present) = ([Float](), [Float](), [Float]())
        for truth in truth {
            let largest = truth.boxes.indices.max { truth.boxes[$0].area < truth.boxes[$1].area }
            let box = largest.map { truth.boxes[$0].scaled(x: 1 / Float(width), y: 1 / Float(height)) }
            sides += box.map { [$0.left, $0.top, $0.right, $0.bottom] } ?? [0, 0, 0, 0]
            labels.append(largest.map { Float(truth.labels[$0]) } ?? 0)
            present.append(largest == nil ? 0 : 1)
        }
        self.sides = Tensor(sides, shape: [truth.count, 1, 4])
        self.labels = Tensor(labels, shape: [truth.count, 1])
        self.present = Tensor(present, shape: [truth.count, 1])
    }
}

/// Finds the largest object of each picture by a network that was trained with `Loss.localization`.
public struct LocalizationDetector: Detector {
    public let model: Model

    public init(model: Model) { self.model = model }

    public func detections(in pictures: Tensor) throws -> [[Detection]] {
        let output = try model.predict(pictures)
        guard output.rank == 2, output.shape[1] > 4 else {
            throw CognitronError(
                .shape, "localizer", "the output is no box with classes", expected: "shape (N, 4 + classes)",
                got: "\(output.shape)")
        }
        let (depth, numbers) = (output.shape[1], output.scalars)
        let (height, width) = (Float(pictures.shape[1]), Float(pictures.shape[2]))
        return (0..<output.shape[0]).map { picture in
            let start = picture * depth
            let box = Box(numbers.values(at: start), .corners).scaled(x: width, y: height)
                .clipped(width: width, height: height)
            let scores = numbers.softmax(start + 4..<start + depth)
            let (label, score) = scores.largest(0..<scores.count)
            return box.isValid ? [Detection(box: box, label: label, score: score)] : []
        }
    }
}
