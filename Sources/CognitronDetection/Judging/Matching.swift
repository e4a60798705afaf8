import Cognitron
import CognitronData

/// The detections of one class in one picture beside the objects of that class.
struct Matching {
    private let scores: [Float]
    /// Of the detections, in pixels.
    private let areas: [Double]
    private let statuses: [ObjectStatus]
    private let objectAreas: [Double]
    /// Of each detection with each object.
    private let overlaps: [[Double]]

    /// - Parameters:
    ///   - detections: by falling score.
    ///   - objects: those of the class, as numbers of the truth's boxes.
    init(
        _ detections: [Detection], _ objects: [Int], _ truth: GroundTruth,
        _ compared: AveragePrecision.Compared, picture: Int
    ) throws {
        scores = detections.map(\.score)
        let statuses = objects.map(truth.status)
        self.statuses = statuses
        switch compared {
        case .boxes:
            areas = detections.map { $0.box.exactArea }
            objectAreas = try truth.maskAreas(objects) ?? objects.map { truth.boxes[$0].exactArea }
            overlaps = detections.map { detection in
                zip(objects, statuses).map { object, status in
                    detection.box.overlap(truth.boxes[object], isCrowd: status == .crowd)
                }
            }
        case .masks:
            let masks = try MaskOverlaps(truth, picture: picture)
            let shared = try detections.map { try masks.shared($0) }
            areas = shared.map { Double($0.area) }
            objectAreas = objects.map { Double(masks.areas[$0]) }
            overlaps = shared.map { shared in
                zip(objects, statuses).map { object, status in
                    let common = Double(shared.counts[object])
                    let union =
                        Double(shared.area)
                        + (status == .crowd ? 0 : Double(masks.areas[object]) - common)
                    return union > 0 ? common / union : 0
                }
            }
        }
    }

    /// Judges by COCO's rules: a detection gets, of the objects that no better detection has, the one that it
    /// overlaps most; one that is ignored only where there is no other. Objects of another size are ignored,
    /// and so are detections of another size without an object.
    func coco(_ thresholds: [Double]) -> ClassTally {
        var tally = ClassTally()
        tally.detections = scores.enumerated().map { JudgedDetection(score: $1, rank: $0) }
        for area in ObjectArea.allCases {
            let isIgnored = zip(statuses, objectAreas).map { $0 != .counted || !area.contains($1) }
            let order =
                isIgnored.indices.filter { !isIgnored[$0] } + isIgnored.indices.filter { isIgnored[$0] }
            tally.objectCounts[area.rawValue] = isIgnored.count { !$0 }
            for (bit, threshold) in thresholds.enumerated() {
                var isTaken = isIgnored.map { _ in false }
                for place in scores.indices {
                    let object = best(of: order, for: place, above: threshold, isTaken, isIgnored)
                    if let object { isTaken[object] = true }
                    let ignores = object.map { isIgnored[$0] } ?? !area.contains(areas[place])
                    tally.detections[place].set(bit, area, hit: object != nil, ignored: ignores)
                }
            }
        }
        return tally
    }

    private func best(
        of order: [Int], for place: Int, above threshold: Double, _ isTaken: [Bool], _ isIgnored: [Bool]
    ) -> Int? {
        // pycocotools' bound: equal masks match at a threshold of 1.
        var (most, best) = (min(threshold, 1 - 1e-10), Int?.none)
        for object in order where !isTaken[object] || statuses[object] == .crowd {
            if let best, !isIgnored[best], isIgnored[object] { break }
            guard overlaps[place][object] >= most else { continue }
            (most, best) = (overlaps[place][object], object)
        }
        return best
    }

    /// Judges by PASCAL VOC's rules: a detection's object is the one that it overlaps most; if a better
    /// detection has it, this one is a false alarm.
    func voc(_ thresholds: [Double]) -> ClassTally {
        var tally = ClassTally()
        tally.objectCounts[ObjectArea.all.rawValue] = statuses.count { $0 == .counted }
        tally.detections = scores.enumerated().map { JudgedDetection(score: $1, rank: $0) }
        for (bit, threshold) in thresholds.enumerated() {
            var isTaken = statuses.map { _ in false }
            for place in scores.indices {
                let row = overlaps[place]
                var nearest: Int?
                for object in row.indices where row[object] > nearest.map({ row[$0] }) ?? 0 {
                    nearest = object
                }
                guard let nearest, row[nearest] >= threshold else { continue }
                tally.detections[place].set(
                    bit, .all, hit: !isTaken[nearest], ignored: statuses[nearest] != .counted)
                isTaken[nearest] = true
            }
        }
        return tally
    }
}

extension JudgedDetection {
    fileprivate mutating func set(_ bit: Int, _ area: ObjectArea, hit: Bool, ignored isIgnored: Bool) {
        if hit { hits[area.rawValue] |= 1 << UInt16(bit) }
        if isIgnored { ignored[area.rawValue] |= 1 << UInt16(bit) }
    }
}
