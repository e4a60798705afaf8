import Cognitron
import CognitronData

/// The objects of a picture that a step learns, in pixels of its batch.
///
/// Boxes are clipped to the picture; those that are empty then are no objects.
struct RegionTruth {
    private(set) var boxes: [Box] = []
    private(set) var labels: [Int] = []

    /// Of each object, the number that its pixels have in `instances`.
    private(set) var numbers: [Int] = []

    /// (H, W): the object of each pixel; nil where only boxes are learnt.
    let instances: Tensor?

    /// The objects of each picture.
    ///
    /// - Throws: as `Tensor.learnableBoxes`.
    static func pictures(
        of batch: Batch, _ pictures: PictureBatch, _ transform: PictureTransform, classCount: Int,
        withMasks: Bool
    ) throws -> [RegionTruth] {
        let boxes = try batch.targets[0].learnableBoxes(
            classCount: classCount, height: batch.inputs[0].shape[1], width: batch.inputs[0].shape[2])
        return pictures.sizes.indices.map { picture in
            let instances = withMasks ? batch.targets[1].slice(axis: 0, picture) : nil
            var truth = RegionTruth(
                instances: instances.map { transform.resized(map: $0, to: pictures.sizes[picture]) })
            for (number, row) in BoxRow.rows(of: boxes.slice(axis: 0, picture)).enumerated()
            where row.isCounted {
                truth.boxes.append(pictures.scaled(Box(row), picture))
                truth.labels.append(row.label)
                truth.numbers.append(number + 1)
            }
            return truth
        }
    }

    private init(instances: Tensor?) { self.instances = instances }

    /// The pixels of an object as 1, all others as 0 (H, W, 1).
    func mask(of object: Int) -> Tensor? {
        instances.map { ($0 .== Float(numbers[object])).expandingDimensions(at: 2) }
    }
}
