/// The typical widths and heights of objects that an anchor-based YOLO's boxes start from.
///
///     let shapes = AnchorShapes.clustered(boxes, count: 5)
///
/// - Source: Redmon and Farhadi, "YOLO9000: Better, Faster, Stronger" (2017).
public struct AnchorShapes: Sendable, Equatable {
    /// Widths and heights as shares of the picture's.
    public let sizes: [SIMD2<Float>]

    public init(_ sizes: [SIMD2<Float>]) {
        precondition(
            !sizes.isEmpty && sizes.allSatisfy { $0.x > 0 && $0.y > 0 && $0.x.isFinite && $0.y.isFinite },
            "AnchorShapes needs positive sizes: \(sizes)")
        self.sizes = sizes
    }

    /// The intersection over union of two boxes with one center.
    static func iou(_ a: SIMD2<Float>, _ b: SIMD2<Float>) -> Float {
        let shared = min(a.x, b.x) * min(a.y, b.y)
        let union = a.x * a.y + b.x * b.y - shared
        return union > 0 ? shared / union : 0
    }

    /// The middles of groups of similar sizes, by k-means with the distance 1 − IoU; from small to large.
    ///
    /// The first middles are at equal distances in the order of areas, so that the same sizes give the same
    /// shapes.
    ///
    /// - Parameters:
    ///   - sizes: those of the training boxes as shares of their pictures; empty ones are left out.
    ///   - count: the number of groups; fewer are returned where there are fewer sizes.
    /// - Returns: nil where there are no sizes.
    public static func clustered(_ sizes: [SIMD2<Float>], count: Int) -> AnchorShapes? {
        let sizes = sizes.filter { $0.x > 0 && $0.y > 0 && $0.x.isFinite && $0.y.isFinite }
            .sorted { ($0.x * $0.y, $0.x) < ($1.x * $1.y, $1.x) }
        let count = min(count, Set(sizes).count)
        guard count > 0 else { return nil }
        var middles = (0..<count).map { sizes[(2 * $0 + 1) * sizes.count / (2 * count)] }
        for _ in 0..<largestRounds {
            var sums = [SIMD2<Double>](repeating: .zero, count: count)
            var members = [Double](repeating: 0, count: count)
            for size in sizes {
                let group = nearest(size, middles)
                sums[group] += SIMD2(Double(size.x), Double(size.y))
                members[group] += 1
            }
            let moved = (0..<count).map { group in
                members[group] > 0
                    ? SIMD2(Float(sums[group].x / members[group]), Float(sums[group].y / members[group]))
                    : middles[group]
            }
            if moved == middles { break }
            middles = moved
        }
        return AnchorShapes(middles.sorted { $0.x * $0.y < $1.x * $1.y })
    }

    private static let largestRounds = 100

    private static func nearest(_ size: SIMD2<Float>, _ middles: [SIMD2<Float>]) -> Int {
        let overlaps = middles.map { iou($0, size) }
        return overlaps.indices.max { overlaps[$0] < overlaps[$1] } ?? 0
    }

    /// The numbers of the shapes, from the most similar to a size to the least.
    func ordered(by size: SIMD2<Float>) -> [Int] {
        let overlaps = sizes.map { Self.iou($0, size) }
        return overlaps.descendingOrder()
    }
}
