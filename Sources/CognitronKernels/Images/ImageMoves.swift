// Movements by whole pixels, of images of any number type. x and y: (H, W, C), not the same memory.

extension ImageSize {
    /// y ← x mirrored left and right.
    @inlinable
    package func mirror<Scalar>(_ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>) {
        for row in 0..<height {
            let (source, target) = (x + row * width * channels, y + row * width * channels)
            if channels == 3 {
                // A constant count of channels is unrolled.
                for column in 0..<width {
                    let (from, to) = (source + (width &- 1 &- column) &* 3, target + column &* 3)
                    (to[0], to[1], to[2]) = (from[0], from[1], from[2])
                }
            } else {
                for column in 0..<width {
                    let (from, to) = ((width &- 1 &- column) &* channels, column &* channels)
                    for c in 0..<channels { target[to &+ c] = source[from &+ c] }
                }
            }
        }
    }

    /// y ← x upside down.
    @inlinable
    package func flip<Scalar>(_ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>) {
        for row in 0..<height {
            (y + row * width * channels).update(
                from: x + (height - 1 - row) * width * channels, count: width * channels)
        }
    }

    /// y ← x shifted; negative numbers shift up and left.
    @inlinable
    package func move<Scalar>(
        _ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, down: Int, right: Int,
        _ edge: ImageEdge, fill: Scalar
    ) {
        let first = min(max(0, right), width)
        let inside = first..<max(first, min(width, width + right))
        for row in 0..<height {
            let target = y + row * width * channels
            guard let from = edge.source(of: row - down, count: height) else {
                target.update(repeating: fill, count: width * channels)
                continue
            }
            let source = x + from * width * channels
            (target + inside.lowerBound * channels).update(
                from: source + (inside.lowerBound - right) * channels, count: inside.count * channels)
            for column in 0..<inside.lowerBound { place(column) }
            for column in inside.upperBound..<width { place(column) }

            func place(_ column: Int) {
                let from = edge.source(of: column - right, count: width)
                for c in 0..<channels {
                    target[column * channels + c] = from.map { source[$0 * channels + c] } ?? fill
                }
            }
        }
    }

    /// Sets a rectangle, cropped to the image, to one value.
    package func fill(
        _ y: UnsafeMutablePointer<Float>, rows: Range<Int>, columns: Range<Int>, with value: Float
    ) {
        let (rows, columns) = (rows.clamped(to: 0..<height), columns.clamped(to: 0..<width))
        for row in rows {
            (y + (row * width + columns.lowerBound) * channels)
                .update(repeating: value, count: columns.count * channels)
        }
    }
}
