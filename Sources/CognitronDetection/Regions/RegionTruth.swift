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
    static func pictures(
        of batch: Batch, _ pictures: PictureBatch, _ transform: PictureTransform, withMasks: Bool
    ) -> [RegionTruth] {
        pictures.sizes.indices.map { picture in
            let instances =
                withMasks
                ? transform.resized(
                    map: batch.targets[1].slice(axis: 0, picture), to: pictures.sizes[picture]) : nil
            var truth = RegionTruth(instances: instances)
            let rows = batch.targets[0].slice(axis: 0, picture).scalars
            let size = pictures.originals[picture]
            for row in 0..<rows.count / BoxRow.width {
                let x = rows[row * BoxRow.width..<(row + 1) * BoxRow.width].map { $0 }
                let box = Box(left: x[0], top: x[1], right: x[2], bottom: x[3])
                    .clipped(width: Float(size.width), height: Float(size.height))
                guard x[4] >= 0, box.isValid else { continue }
                truth.boxes.append(pictures.scaled(box, picture))
                truth.labels.append(Int(x[4]))
                truth.numbers.append(row + 1)
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
