#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// The shapes that `Shapes` draws, in the order of their labels.
enum ShapeKind: String, CaseIterable, Sendable {
    case circle, ring, square, triangle, star, cross, heart, crescent, arrow, hourglass

    var label: Int { Self.allCases.firstIndex(of: self) ?? 0 }

    /// The signed distance of `p` from the outline, negative inside. Each shape fits the circle of radius 1
    /// around the origin; y points down.
    ///
    /// - Source: I. Quilez, "2D distance functions", https://iquilezles.org/articles/distfunctions2d.
    func distance(_ p: SIMD2<Float>) -> Float {
        switch self {
        case .circle: length(p) - 0.88
        case .ring: abs(length(p) - 0.70) - 0.22
        case .heart: Polygon.heart.distance(p)
        case .crescent: max(length(p) - 0.92, 0.78 - length(p - SIMD2(0.46, 0)))
        case .square: Polygon.square.distance(p)
        case .triangle: Polygon.triangle.distance(p)
        case .star: Polygon.star.distance(p)
        case .cross: Polygon.cross.distance(p)
        case .arrow: Polygon.arrow.distance(p)
        case .hourglass: Polygon.hourglass.distance(p)
        }
    }
}

private func length(_ p: SIMD2<Float>) -> Float { (p.x * p.x + p.y * p.y).squareRoot() }

/// A closed polygon.
private struct Polygon: Sendable {
    let corners: [SIMD2<Float>]

    static let square = Polygon(corners: ring(4, turn: 0.5, radii: 0.98))
    static let triangle = Polygon(corners: ring(3, radii: 1))
    static let star = Polygon(corners: ring(10, radii: 1, 0.42))
    static let cross = Polygon(
        corners: [
            SIMD2(0.3, 0.3), SIMD2(0.3, 0.95), SIMD2(-0.3, 0.95), SIMD2(-0.3, 0.3), SIMD2(-0.95, 0.3),
            SIMD2(-0.95, -0.3), SIMD2(-0.3, -0.3), SIMD2(-0.3, -0.95), SIMD2(0.3, -0.95), SIMD2(0.3, -0.3),
            SIMD2(0.95, -0.3), SIMD2(0.95, 0.3),
        ])
    static let arrow = Polygon(
        corners: [
            SIMD2(1, 0), SIMD2(0.1, 0.75), SIMD2(0.1, 0.26), SIMD2(-0.95, 0.26), SIMD2(-0.95, -0.26),
            SIMD2(0.1, -0.26), SIMD2(0.1, -0.75),
        ])
    static let hourglass = Polygon(
        corners: [
            SIMD2(-0.62, 0.78), SIMD2(0.62, 0.78), SIMD2(0.12, 0), SIMD2(0.62, -0.78), SIMD2(-0.62, -0.78),
            SIMD2(-0.12, 0),
        ])

    /// The curve of E. Weisstein, https://mathworld.wolfram.com/HeartCurve.html (the sixth), centred. It has
    /// a deep notch: small networks confuse flatter hearts with squares.
    static let heart = Polygon(
        corners: (0..<24).map { i in
            let t = Float(i) / 24 * 2 * Float.pi
            let y = 13 * cos(t) - 5 * cos(2 * t) - 2 * cos(3 * t) - cos(4 * t)
            return SIMD2(16 * pow(sin(t), 3), -(y + 2.5)) / 17.5
        })

    /// Corners around the origin, the first above it, rotated by `turn` steps; their distances cycle through
    /// `radii`.
    private static func ring(_ count: Int, turn: Float = 0, radii: Float...) -> [SIMD2<Float>] {
        (0..<count).map { i in
            let angle = (Float(i) + turn) / Float(count) * 2 * Float.pi
            return SIMD2(sin(angle), -cos(angle)) * radii[i % radii.count]
        }
    }

    /// The distance to the nearest edge, negative where a ray to the right crosses the outline an odd number
    /// of times.
    func distance(_ p: SIMD2<Float>) -> Float {
        corners.withUnsafeBufferPointer { corners in
            var nearest = Float.infinity
            var isInside = false
            var a = corners[corners.count - 1]
            for b in corners {
                let edge = b - a
                let w = p - a
                let along = min(max((w * edge).sum() / (edge * edge).sum(), 0), 1)
                let away = w - edge * along
                nearest = min(nearest, (away * away).sum())
                if (a.y > p.y) != (b.y > p.y), p.x < a.x + edge.x * (p.y - a.y) / edge.y { isInside.toggle() }
                a = b
            }
            return isInside ? -nearest.squareRoot() : nearest.squareRoot()
        }
    }
}
