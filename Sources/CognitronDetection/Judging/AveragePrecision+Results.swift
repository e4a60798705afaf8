import Cognitron

extension AveragePrecision {
    /// The average precision, from 0 to 1; nil where there are no such objects.
    ///
    /// - Parameters:
    ///   - overlap: one of `overlaps`; nil for the mean over all of them.
    ///   - area: the size of the objects; by PASCAL VOC's rules only `.all` has a value.
    ///   - maximum: how many detections of a class and picture count.
    ///   - label: the class; nil for the mean over the classes that have objects.
    public func value(
        at overlap: Double? = nil, area: ObjectArea = .all, maximum: Int = .max, label: Int? = nil
    ) -> Float? {
        mean(overlap, label) { label, bits in
            curves(label, bits, area, maximum)?.map { $0.average(rules) }
        }
    }

    /// The share of objects found when all detections count: the average recall; nil where there are none.
    ///
    /// - Parameters: as of `value`.
    public func recall(
        at overlap: Double? = nil, area: ObjectArea = .all, maximum: Int = .max, label: Int? = nil
    ) -> Float? {
        mean(overlap, label) { label, bits in
            curves(label, bits, area, maximum)?.map { $0.recall.last ?? 0 }
        }
    }

    /// Precision by recall of a class; nil where it has no such objects.
    ///
    /// - Parameters: as of `value`.
    public func curve(
        label: Int, at overlap: Double = 0.5, area: ObjectArea = .all, maximum: Int = .max
    ) -> PrecisionRecallCurve? {
        curves(label, [bit(of: overlap)], area, maximum)?[0]
    }

    /// The number of objects of a class, or of all.
    public func objectCount(label: Int? = nil, area: ObjectArea = .all) -> Int {
        (label.map { [classes[$0]] } ?? classes).reduce(0) { $0 + $1.objectCounts[area.rawValue] }
    }

    private func bit(of overlap: Double) -> Int {
        guard let bit = overlaps.firstIndex(where: { abs($0 - overlap) < 1e-9 }) else {
            preconditionFailure("overlap \(overlap); expected one of \(overlaps)")
        }
        return bit
    }

    /// The mean over overlaps and classes.
    private func mean(
        _ overlap: Double?, _ label: Int?, _ values: (_ label: Int, _ bits: [Int]) -> [Double]?
    ) -> Float? {
        let bits = overlap.map { [bit(of: $0)] } ?? Array(overlaps.indices)
        let all = (label.map { [$0] } ?? Array(classes.indices)).compactMap { values($0, bits) }.joined()
        return all.isEmpty ? nil : Float(all.reduce(0, +) / Double(all.count))
    }

    /// A curve for each bit; nil where the class has no such objects.
    private func curves(
        _ label: Int, _ bits: [Int], _ area: ObjectArea, _ maximum: Int
    ) -> [PrecisionRecallCurve]? {
        let (all, lane) = (classes[label].detections, area.rawValue)
        guard classes[label].objectCounts[lane] > 0 else { return nil }
        let order = all.map(\.score).descendingOrder().filter { all[$0].rank < maximum }
        return bits.map { bit in
            let mask = UInt16(1) << UInt16(bit)
            let counted = order.lazy.filter { all[$0].ignored[lane] & mask == 0 }
            return PrecisionRecallCurve(
                counted.map { (score: all[$0].score, isHit: all[$0].hits[lane] & mask != 0) },
                objectCount: classes[label].objectCounts[lane])
        }
    }
}
