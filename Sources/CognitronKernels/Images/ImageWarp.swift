/// An image moved, turned or distorted: each pixel of the output reads the source where a map says.
///
///     y[p] = Σₖ wₖ x[tₖ(p)]: the four pixels around the place, or the nearest one
///
/// Its gradient is the transpose: dx[tₖ(p)] += wₖ dy[p].
///
/// - Source: TensorFlow `ImageProjectiveTransformV3`, whose sums these are.
package struct ImageWarp: Hashable, Sendable {
    package var map: PlaneMap
    package var edge: ImageEdge
    package var isNearest: Bool

    package init(_ map: PlaneMap, _ edge: ImageEdge, isNearest: Bool = false) {
        (self.map, self.edge, self.isNearest) = (map, edge, isNearest)
    }

    /// y ← x moved. Both of this size, and not the same memory.
    package func gather(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ size: ImageSize
    ) {
        switch map {
        case .mirror: size.mirror(x, into: y)
        case .flip: size.flip(x, into: y)
        case .shift(let down, let right):
            size.move(x, into: y, down: down, right: right, edge, fill: edge.fill)
        case .projective, .field:
            let fill = edge.fill
            forEachPixel(size) { pixel, taps in
                let target = y + pixel * size.channels
                for c in 0..<size.channels {
                    var sum: Float = 0
                    for k in 0..<4 {
                        let place = Int(taps.places[k])
                        sum += taps.weights[k] * (place < 0 ? fill : x[place + c])
                    }
                    target[c] = sum
                }
            }
        }
    }

    /// dx ← the gradient of x for that of y. Both of this size, and not the same memory.
    package func scatter(
        _ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>, _ size: ImageSize
    ) {
        switch map {
        case .mirror: size.mirror(dy, into: dx)
        case .flip: size.flip(dy, into: dx)
        case .shift(let down, let right):
            dx.update(repeating: 0, count: size.count)
            for row in 0..<size.height {
                guard let from = edge.source(of: row - down, count: size.height) else { continue }
                for column in 0..<size.width {
                    guard let other = edge.source(of: column - right, count: size.width) else { continue }
                    let (place, pixel) = (from * size.width + other, row * size.width + column)
                    for c in 0..<size.channels {
                        dx[place * size.channels + c] += dy[pixel * size.channels + c]
                    }
                }
            }
        case .projective, .field:
            dx.update(repeating: 0, count: size.count)
            forEachPixel(size) { pixel, taps in
                for k in 0..<4 where taps.places[k] >= 0 {
                    for c in 0..<size.channels {
                        dx[Int(taps.places[k]) + c] += taps.weights[k] * dy[pixel * size.channels + c]
                    }
                }
            }
        }
    }

    /// The place in the source, in pixels' centres, of a pixel of the output; nil where there is none.
    package func source(row: Int, column: Int, _ size: ImageSize) -> (x: Float, y: Float)? {
        let (x, y) = (Float(column), Float(row))
        switch map {
        case .mirror: return (Float(size.width - 1) - x, y)
        case .flip: return (x, Float(size.height - 1) - y)
        case .shift(let down, let right): return (x - Float(right), y - Float(down))
        case .projective(let projection): return projection.source(x: x, y: y)
        case .field(let field):
            let pixel = row * size.width + column
            return (x + field.columns[pixel], y + field.rows[pixel])
        }
    }

    /// The pixels that one place reads: the first value of each, −1 where it reads the fill value.
    private struct Taps {
        var places = SIMD4<Int32>(repeating: -1)
        var weights = SIMD4<Float>(1, 0, 0, 0)
    }

    /// Calls `body` for every pixel of the output with what it reads.
    @inline(__always)
    private func forEachPixel(_ size: ImageSize, _ body: (_ pixel: Int, Taps) -> Void) {
        for row in 0..<size.height {
            for column in 0..<size.width {
                body(row * size.width + column, taps(source(row: row, column: column, size), size))
            }
        }
    }

    /// Coordinates beyond this are not counted in whole numbers.
    private static let limit: Float = 0x1p24

    @inline(__always)
    private func taps(_ place: (x: Float, y: Float)?, _ size: ImageSize) -> Taps {
        var taps = Taps()
        // Not a number fails both.
        guard let place, abs(place.x) < Self.limit, abs(place.y) < Self.limit else { return taps }
        let x = edge.coordinate(place.x, count: size.width)
        let y = edge.coordinate(place.y, count: size.height)
        if isNearest {
            taps.places[0] = index(row: Int(y.rounded()), column: Int(x.rounded()), size)
            return taps
        }
        let (left, top) = (x.rounded(.down), y.rounded(.down))
        let (column, row) = (Int(left), Int(top))
        let (toLeft, toTop) = (x - left, y - top)
        let (toRight, toBottom) = (1 - toLeft, 1 - toTop)
        taps.weights = SIMD4(toBottom * toRight, toBottom * toLeft, toTop * toRight, toTop * toLeft)
        if row >= 0 && column >= 0 && row + 1 < size.height && column + 1 < size.width {
            let first = Int32(truncatingIfNeeded: (row &* size.width &+ column) &* size.channels)
            let (next, below) = (Int32(size.channels), Int32(size.width * size.channels))
            taps.places = first &+ SIMD4(0, next, below, below &+ next)
        } else {
            for k in 0..<4 { taps.places[k] = index(row: row + k / 2, column: column + k % 2, size) }
        }
        return taps
    }

    /// The first value of a pixel; −1 beyond the image.
    @inline(__always)
    private func index(row: Int, column: Int, _ size: ImageSize) -> Int32 {
        guard row >= 0, row < size.height, column >= 0, column < size.width else { return -1 }
        return Int32(truncatingIfNeeded: (row * size.width + column) * size.channels)
    }
}
