/// Gives the objects of a video identities that they keep from frame to frame.
///
///     var tracker = Tracker()
///     while let frame = try frames.next() {
///         let found = try detector.detections(in: frame)
///         let identities = tracker.identities(of: found)      // one for each detection, from 1 on
///     }
///
/// An object is expected where its last motion leads. Of all pairs of an expected box and a detection of the
/// same class, those that overlap most are joined first. What is left over begins a new identity. One that is
/// not seen for some frames is given up.
///
/// - Source: the greedy form of Bewley et al., "Simple Online and Realtime Tracking" (2016), with the last
///   motion in place of a Kalman filter.
public struct Tracker: Sendable {
    /// The least intersection over union of an expected box and a detection.
    public let leastOverlap: Float

    /// For how many frames an identity that is not seen is kept.
    public let patience: Int

    private var tracks: [Track] = []
    private var lastIdentity = 0

    fileprivate struct Track {
        let identity: Int
        let label: Int
        var box: Box
        /// Of the box's centre, a frame.
        var motion: SIMD2<Float> = .zero
        /// Frames since it was last seen.
        var age = 0

        var expected: Box { box.moved(by: motion * Float(age)) }
    }

    public init(leastOverlap: Float = 0.3, patience: Int = 5) {
        precondition(
            leastOverlap > 0 && leastOverlap <= 1, "overlap \(leastOverlap); expected above 0, up to 1")
        precondition(patience >= 0, "patience \(patience); expected 0 or more")
        (self.leastOverlap, self.patience) = (leastOverlap, patience)
    }

    /// The identities of a frame's detections, in their order.
    public mutating func identities(of detections: [Detection]) -> [Int] {
        for number in tracks.indices { tracks[number].age += 1 }
        var identities = [Int?](repeating: nil, count: detections.count)
        var isTaken = tracks.map { _ in false }
        for pair in pairs(with: detections) where identities[pair.detection] == nil && !isTaken[pair.track] {
            identities[pair.detection] = tracks[pair.track].identity
            isTaken[pair.track] = true
            tracks[pair.track].follow(detections[pair.detection].box)
        }
        tracks.removeAll { $0.age > patience }
        return zip(detections, identities).map { detection, identity in
            if let identity { return identity }
            lastIdentity += 1
            tracks.append(Track(identity: lastIdentity, label: detection.label, box: detection.box))
            return lastIdentity
        }
    }

    /// What may be joined, from the largest overlap down.
    private func pairs(with detections: [Detection]) -> [(track: Int, detection: Int)] {
        var (pairs, overlaps) = ([(track: Int, detection: Int)](), [Float]())
        for (number, track) in tracks.enumerated() {
            let expected = track.expected
            for (other, detection) in detections.enumerated() where detection.label == track.label {
                let overlap = expected.iou(detection.box)
                guard overlap >= leastOverlap else { continue }
                pairs.append((number, other))
                overlaps.append(overlap)
            }
        }
        return overlaps.descendingOrder().map { pairs[$0] }
    }
}

extension Tracker.Track {
    fileprivate mutating func follow(_ next: Box) {
        motion = SIMD2(next.centerX - box.centerX, next.centerY - box.centerY) / Float(max(age, 1))
        (box, age) = (next, 0)
    }
}

extension Box {
    fileprivate func moved(by step: SIMD2<Float>) -> Box {
        Box(left: left + step.x, top: top + step.y, right: right + step.x, bottom: bottom + step.y)
    }
}
