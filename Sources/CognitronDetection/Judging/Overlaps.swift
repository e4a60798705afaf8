import Cognitron
import CognitronData

// Overlaps in 64 bits: at a threshold of 0.7, boxes that share 7 of 10 pixels must overlap enough.

extension Box {
    var exactArea: Double {
        max(Double(right) - Double(left), 0) * max(Double(bottom) - Double(top), 0)
    }

    /// Intersection over union, or over this box's own area where the other is of a crowd.
    func overlap(_ other: Box, isCrowd: Bool) -> Double {
        let width = Double(min(right, other.right)) - Double(max(left, other.left))
        let height = Double(min(bottom, other.bottom)) - Double(max(top, other.top))
        let shared = max(width, 0) * max(height, 0)
        let whole = isCrowd ? exactArea : exactArea + other.exactArea - shared
        return whole > 0 ? shared / whole : 0
    }
}

/// The pixels that masks of detections share with the objects of one picture.
struct MaskOverlaps {
    /// The number of pixels of each object.
    let areas: [Int]
    private let instances: Tensor
    /// For each pixel the number of its object, from 1.
    private let owners: [Float]
    private let picture: Int

    init(_ truth: GroundTruth, picture: Int) throws {
        guard let instances = truth.instances, let areas = try truth.maskAreas() else {
            throw CognitronError(
                .data, "picture \(picture)", "its objects have no masks",
                expected: "masks, which are to be compared", advice: "compare boxes")
        }
        (self.instances, self.areas, self.picture) = (instances, areas, picture)
        owners = instances.scalars
    }

    /// How many pixels a detection has, and shares with each object.
    func shared(_ detection: Detection) throws -> (area: Int, counts: [Int]) {
        guard let mask = detection.mask, mask.shape == instances.shape else {
            throw CognitronError(
                .data, "picture \(picture)", "a detection's mask does not fit the picture's",
                expected: "\(instances.shape)", got: detection.mask.map { "\($0.shape)" } ?? "no mask")
        }
        // One more, for the background.
        var counts = Array(repeating: 0, count: areas.count + 1)
        for (owner, pixel) in zip(owners, mask.scalars) where pixel > 0.5 { counts[Int(owner)] += 1 }
        return (counts.reduce(0, +), Array(counts.dropFirst()))
    }
}

extension GroundTruth {
    /// How an object counts.
    func status(of object: Int) -> ObjectStatus { statuses.isEmpty ? .counted : statuses[object] }

    /// The number of pixels of each object; nil without masks.
    ///
    /// - Throws: `CognitronError.data` where a pixel is of an object that there is not.
    func maskAreas() throws -> [Int]? {
        guard let instances else { return nil }
        var counts = Array(repeating: 0, count: boxes.count + 1)
        for owner in instances.scalars {
            guard owner >= 0, owner <= Float(boxes.count) else {
                throw CognitronError(
                    .data, "the truth of a picture", "a pixel is of an object that there is not",
                    expected: "0 to \(boxes.count)", got: "\(owner)")
            }
            counts[Int(owner)] += 1
        }
        return Array(counts.dropFirst())
    }

    func maskAreas(_ objects: [Int]) throws -> [Double]? {
        try maskAreas().map { areas in objects.map { Double(areas[$0]) } }
    }

    /// Throws where a box is not finite, or a class is none of those judged.
    func require(classCount: Int, _ picture: Int) throws {
        for (box, label) in zip(boxes, labels) {
            try box.require(label, classCount: classCount, "an object of picture \(picture)")
        }
    }
}

extension Detection {
    /// Throws where the box or the score is not finite, or the class is none of those judged.
    func require(classCount: Int, _ picture: Int) throws {
        try box.require(label, classCount: classCount, "a detection in picture \(picture)")
        guard score.isFinite else {
            throw CognitronError(
                .data, "a detection in picture \(picture)", "its score is no number",
                expected: "a finite number", got: "\(score)")
        }
    }
}

extension Box {
    fileprivate func require(_ label: Int, classCount: Int, _ place: String) throws {
        guard [left, top, right, bottom].allSatisfy(\.isFinite) else {
            throw CognitronError(
                .data, place, "its box is not finite", expected: "four finite numbers", got: "\(self)")
        }
        guard (0..<classCount).contains(label) else {
            throw CognitronError(
                .data, place, "is of a class that there is not", expected: "0 to \(classCount - 1)",
                got: "\(label)")
        }
    }
}
