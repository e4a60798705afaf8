/// Assigns true boxes to anchors by their overlap.
///
///     let matches = BoxMatcher(high: 0.7, low: 0.3, allowsLowQuality: true).match(anchors, to: truth)
///
/// An anchor has the true box that it overlaps most (the first of equals): the object, where the intersection
/// over union is at least `high`; background, where it is below `low`; ignored between both. So that each
/// object is learnt by some anchor, `bestAnchors` may assign it to those that overlap it most. Objects that
/// no anchor overlaps, empty ones among them, are assigned to none.
///
/// - Source: torchvision `Matcher` and `SSDMatcher` (which assign objects that no anchor overlaps to any).
public struct BoxMatcher: Sendable {
    /// What becomes of the anchors that overlap an object most, whatever the thresholds.
    public enum BestAnchors: Sendable {
        /// The thresholds hold for them too.
        case asOthers
        /// All that overlap it equally have the object that they overlap most: Faster R-CNN's.
        case object
        /// The first has this object, even if it overlaps another more: SSD's.
        case thisObject
    }

    public let high: Float
    public let low: Float
    public let bestAnchors: BestAnchors

    public init(high: Float, low: Float, bestAnchors: BestAnchors) {
        precondition(low <= high, "BoxMatcher's low threshold \(low) is above its high one \(high)")
        (self.high, self.low, self.bestAnchors) = (high, low, bestAnchors)
    }

    public init(high: Float, low: Float, allowsLowQuality: Bool) {
        self.init(high: high, low: low, bestAnchors: allowsLowQuality ? .object : .asOthers)
    }

    /// SSD's: objects from this overlap on, and for each object the anchor that overlaps it most.
    public static func ssd(_ threshold: Float = 0.5) -> BoxMatcher {
        BoxMatcher(high: threshold, low: threshold, bestAnchors: .thisObject)
    }

    /// What each anchor is to learn; all background where there is no object.
    public func match(_ anchors: [Box], to truth: [Box]) -> [AnchorMatch] {
        guard !truth.isEmpty else { return [AnchorMatch](repeating: .background, count: anchors.count) }
        let overlaps = BestOverlaps(anchors, truth)
        var matches = overlaps.anchors.map { best -> AnchorMatch in
            best.iou >= high ? .object(best.object) : best.iou < low ? .background : .ignored
        }
        switch bestAnchors {
        case .asOthers: break
        case .object:
            for anchor in overlaps.objects.flatMap(\.anchors) {
                matches[anchor] = .object(overlaps.anchors[anchor].object)
            }
        case .thisObject:
            for (number, object) in overlaps.objects.enumerated() {
                if let anchor = object.anchors.first { matches[anchor] = .object(number) }
            }
        }
        return matches
    }
}

/// The largest overlaps among anchors and objects, by anchor and by object.
private struct BestOverlaps {
    /// For each anchor, the object that it overlaps most.
    var anchors: [(object: Int, iou: Float)] = []
    /// For each object, the anchors that overlap it most, all of them equally; none where none overlaps it.
    var objects: [(anchors: [Int], iou: Float)]

    init(_ boxes: [Box], _ truth: [Box]) {
        objects = truth.map { _ in ([], 0) }
        anchors.reserveCapacity(boxes.count)
        let areas = truth.map(\.area)
        for (group, lanes) in BoxLanes.groups(boxes).enumerated() {
            var (best, number) = (SIMD8<Float>(), SIMD8<Int32>())
            for (index, box) in truth.enumerated() {
                let iou = lanes.iou(box, area: areas[index])
                let larger = iou .> best
                best.replace(with: iou, where: larger)
                number.replace(with: Int32(truncatingIfNeeded: index), where: larger)
                // Few anchors equal or exceed the largest overlap so far, so that lists stay short.
                if any(iou .>= objects[index].iou .& (iou .> 0)) {
                    note(iou, ofObject: index, from: group * BoxLanes.count)
                }
            }
            for lane in 0..<min(BoxLanes.count, boxes.count - anchors.count) {
                anchors.append((Int(number[lane]), best[lane]))
            }
        }
    }

    /// Adds the anchors of a group that overlap an object as much as the best so far, or more.
    private mutating func note(_ iou: SIMD8<Float>, ofObject object: Int, from first: Int) {
        for lane in 0..<BoxLanes.count where iou[lane] > 0 && iou[lane] >= objects[object].iou {
            if iou[lane] > objects[object].iou { objects[object] = ([], iou[lane]) }
            objects[object].anchors.append(first + lane)
        }
    }
}
