/// What stands beyond the edges of an image.
package enum ImageEdge: Hashable, Sendable {
    case constant(Float)
    /// `c b a | a b c | c b a`
    case reflect
    /// `a a a | a b c | c c c`
    case nearest
    /// `a b c | a b c | a b c`
    case wrap

    /// The value of pixels that stand for none of the image's.
    @inlinable
    package var fill: Float {
        if case .constant(let value) = self { value } else { 0 }
    }

    /// The index, of `count` in a row, that is shown at `place`; nil for the constant.
    @inlinable @inline(__always)
    package func source(of place: Int, count: Int) -> Int? {
        if place >= 0 && place < count { return place }
        switch self {
        case .constant: return nil
        case .nearest: return place < 0 ? 0 : count - 1
        case .wrap: return place - floorDivide(place, count) * count
        case .reflect:
            let inPair = place - floorDivide(place, 2 * count) * 2 * count
            return inPair < count ? inPair : 2 * count - 1 - inPair
        }
    }

    @inlinable
    func floorDivide(_ a: Int, _ b: Int) -> Int { a >= 0 ? a / b : -((-a + b - 1) / b) }

    /// A coordinate between pixels' centres 0 … count − 1, brought onto the image; the constant leaves it.
    ///
    /// - Source: TensorFlow `MapCoordinate` of image_ops.h.
    @inline(__always)
    func coordinate(_ x: Float, count: Int) -> Float {
        let last = Float(count - 1)
        switch self {
        case .constant: return x
        case .nearest: return max(0, min(x, last))
        case .reflect:
            if x >= 0 && x <= last { return x }
            let period = Float(2 * count)
            var rest = x < 0 ? -x - 1 : x
            rest -= period * (rest / period).rounded(.down)
            if rest >= Float(count) { rest = period - rest - 1 }
            return max(0, min(rest, last))
        case .wrap:
            if x >= 0 && x <= last { return x }
            guard count > 1 else { return 0 }
            // Whole spans of the centres are counted, and the image's size is subtracted for each.
            let spans = (abs(x) / last).rounded(.down)
            let rest = x < 0 ? x + Float(count) * (spans + 1) : x - Float(count) * spans
            return max(0, min(rest, last))
        }
    }
}
