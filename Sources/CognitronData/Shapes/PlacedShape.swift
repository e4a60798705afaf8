import Cognitron

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A shape with its place in a picture. Lengths are fractions of the picture's side, whose origin is the
/// upper left corner.
struct PlacedShape: Sendable {
    let kind: ShapeKind
    let centre: SIMD2<Float>
    let radius: Float
    /// Cosine and sine of its angle.
    private let turn: SIMD2<Float>

    /// The largest angle that data sets turn shapes by, to either side: 34°.
    static let tilt: Float = 0.6

    /// Radius, relative to the shape's, beyond which no shape covers a pixel.
    private static let reach: Float = 1.22

    init(_ kind: ShapeKind, _ centre: SIMD2<Float>, radius: Float, angle: Float) {
        (self.kind, self.centre, self.radius) = (kind, centre, radius)
        turn = SIMD2(cos(angle), sin(angle))
    }

    /// The distance of `p` from the outline in pixels, negative inside; and the number of pixels to the right
    /// that are also fully inside or outside, since the distance changes by at most one pixel per pixel.
    ///
    /// - Parameter size: pixels per side.
    func distance(_ p: SIMD2<Float>, size: Int) -> (distance: Float, repeats: Int) {
        let q = (p - centre) / radius
        let square = (q * q).sum()
        guard square < Self.reach * Self.reach else {
            let pixels = radius * Float(size)  // per unit of q
            return (.infinity, Int((square.squareRoot() - Self.reach) * pixels))
        }
        let turned = SIMD2(turn.x * q.x + turn.y * q.y, turn.x * q.y - turn.y * q.x)
        let distance = kind.distance(turned) * radius * Float(size)
        // Half a pixel of margin for rounding.
        return (distance, max(0, Int(abs(distance) - 1)))
    }

    /// A pixel of a picture, (H, W) row-major, and its distance from the outline in pixels.
    struct Pixel {
        let at: Int
        /// Exact up to half a pixel from the outline; further away at least 1, or at most −1.
        let distance: Float

        /// The fraction of the pixel that the shape covers.
        var cover: Float { min(max(0.5 - distance, 0), 1) }
        /// Whether it belongs to the shape's mask.
        var isInside: Bool { cover >= 0.5 }
        /// The fraction of the pixel that a line along the outline covers, one pixel and a half wide.
        var line: Float { min(max(1.25 - abs(distance), 0), 1) }
    }

    /// The pixels that the shape or its outline covers in part or in full.
    ///
    /// - Parameter size: pixels per side.
    func pixels(size: Int) -> [Pixel] {
        func range(_ centre: Float) -> Range<Int> {
            let low = Int((centre - Self.reach * radius) * Float(size)) - 1
            let high = Int((centre + Self.reach * radius) * Float(size)) + 2
            return min(max(0, low), size)..<min(max(0, high), size)
        }
        var pixels: [Pixel] = []
        for y in range(centre.y) {
            var (last, repeats): (Float, Int) = (0, 0)
            for x in range(centre.x) {
                if repeats > 0 {
                    repeats -= 1
                } else {
                    let p = (SIMD2(Float(x), Float(y)) + 0.5) / Float(size)
                    (last, repeats) = distance(p, size: size)
                }
                if last < 1.25 { pixels.append(Pixel(at: y * size + x, distance: last)) }
            }
        }
        return pixels
    }
}
