import Cognitron
import CognitronData
import CognitronDetection

/// A region with its features and what is true of it.
struct JudgedRegion {
    let box: Box
    /// Whether it is a true box and no proposal.
    let isTruth: Bool
    /// The class of the object that it overlaps most; −1 where it overlaps none.
    let label: Int
    let object: Box
    /// For each class, its largest overlap with an object.
    let overlaps: [Float]
    fileprivate(set) var features: [Float] = []

    func margin(_ machine: LinearSVM) -> Float {
        zip(features, machine.weights).reduce(machine.bias) { $0 + $1.0 * $1.1 }
    }
}

/// Pictures with their true boxes and the regions that selective search proposes: what R-CNN learns from.
struct RegionSamples {
    struct Sample {
        /// (H, W, C).
        let picture: Tensor
        /// The true boxes, then the proposals.
        let regions: [JudgedRegion]
    }

    let pictures: [Sample]
    let classCount: Int

    var proposalCount: Int { pictures.reduce(0) { $0 + $1.regions.count { !$0.isTruth } } }

    /// Regions of a picture with an object, and of background, that the network learns from.
    private static let (objectsAPicture, backgroundAPicture) = (8, 16)

    init(_ source: any BatchSource, classCount: Int, pictureCount: Int, seed: UInt64) throws {
        self.classCount = classCount
        guard let count = source.sampleCount else {
            throw CognitronError(
                .data, "r-cnn", "learns from data of a known number of pictures", advice: "cache the source")
        }
        let chosen = stride(from: 0, to: count, by: max(1, (count + pictureCount - 1) / pictureCount))
        let search = SelectiveSearch()
        pictures = try chosen.compactMap { number -> Sample? in
            guard let batch = try source.batch([number], nil), let rows = batch.targets.first else {
                return nil
            }
            let (picture, truth) = (batch.inputs[0][0], GroundTruth.pictures(boxes: rows)[0])
            func judged(_ box: Box, isTruth: Bool) -> JudgedRegion {
                Self.judged(box, isTruth: isTruth, truth, classCount: classCount)
            }
            return Sample(
                picture: picture,
                regions: truth.boxes.map { judged($0, isTruth: true) }
                    + search.boxes(in: picture).map { judged($0, isTruth: false) })
        }
        guard pictures.contains(where: { $0.regions.contains(where: \.isTruth) }) else {
            throw CognitronError(.data, "r-cnn", "no picture holds an object")
        }
    }

    private static func judged(
        _ box: Box, isTruth: Bool, _ truth: GroundTruth, classCount: Int
    ) -> JudgedRegion {
        var overlaps = [Float](repeating: 0, count: classCount)
        var (best, overlap) = (-1, Float(0))
        for (index, object) in truth.boxes.enumerated() {
            let iou = box.iou(object)
            overlaps[truth.labels[index]] = max(overlaps[truth.labels[index]], iou)
            if iou > overlap { (best, overlap) = (index, iou) }
        }
        return JudgedRegion(
            box: box, isTruth: isTruth, label: best < 0 ? -1 : truth.labels[best],
            object: best < 0 ? box : truth.boxes[best], overlaps: overlaps)
    }

    /// Cut-out regions (R, size, size, C) with their classes; that of background is the number of classes.
    func chosen(key: RandomKey) throws -> (crops: Tensor, labels: [Int]) {
        var (crops, labels) = ([Tensor](), [Int]())
        let sampler = BalancedSampler(
            count: Self.objectsAPicture + Self.backgroundAPicture, positiveShare: 1 / 3)
        for (number, sample) in pictures.enumerated() {
            let matches = sample.regions.map { region -> AnchorMatch in
                region.label >= 0 && region.overlaps[region.label] >= 0.5
                    ? .object(region.label) : .background
            }
            let (objects, background) = sampler.sample(matches, key.folding(number))
            let numbers = objects + background
            guard !numbers.isEmpty else { continue }
            crops.append(
                try RCNNRegions.crops(numbers.map { sample.regions[$0].box }, of: sample.picture))
            labels += numbers.map { matches[$0].object ?? classCount }
        }
        return (.concatenated(crops, axis: 0), labels)
    }

    /// All regions with their features.
    func judged(by features: Model) throws -> [JudgedRegion] {
        try pictures.flatMap { sample -> [JudgedRegion] in
            let values = try features.predict(
                RCNNRegions.crops(sample.regions.map(\.box), of: sample.picture))
            let (scalars, width) = (values.scalars, values.shape[1])
            return sample.regions.enumerated().map { row, region in
                var region = region
                region.features = Array(scalars[row * width..<(row + 1) * width])
                return region
            }
        }
    }
}
