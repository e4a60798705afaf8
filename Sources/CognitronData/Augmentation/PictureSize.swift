/// The shape of one image (H, W, C), and transformations of images of any number type.
struct PictureSize {
    let height: Int, width: Int, channels: Int

    var count: Int { height * width * channels }

    /// y ← x mirrored horizontally.
    func mirror<Scalar>(_ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>) {
        for pixel in 0..<height * width {
            let source = pixel + width - 1 - 2 * (pixel % width)
            for c in 0..<channels { y[pixel &* channels &+ c] = x[source &* channels &+ c] }
        }
    }

    /// y ← x shifted by at most its own height and width.
    func move<Scalar: Numeric>(
        _ x: UnsafePointer<Scalar>, into y: UnsafeMutablePointer<Scalar>, down: Int, right: Int,
        _ fillMode: FillMode
    ) {
        let inside = max(0, right)..<min(width, width + right)
        for row in 0..<height {
            let target = y + row * width * channels
            guard let from = fillMode.source(of: row - down, count: height) else {
                target.update(repeating: 0, count: width * channels)
                continue
            }
            let source = x + from * width * channels
            (target + inside.lowerBound * channels).update(
                from: source + (inside.lowerBound - right) * channels, count: inside.count * channels)
            for columns in [0..<inside.lowerBound, inside.upperBound..<width] {
                for column in columns {
                    let from = fillMode.source(of: column - right, count: width)
                    for c in 0..<channels {
                        target[column * channels + c] = from.map { source[$0 * channels + c] } ?? 0
                    }
                }
            }
        }
    }

    /// Sets a rectangle, cropped to the image, to black.
    func blacken(_ y: UnsafeMutablePointer<Float>, rows: Range<Int>, columns: Range<Int>) {
        let (rows, columns) = (rows.clamped(to: 0..<height), columns.clamped(to: 0..<width))
        for row in rows {
            (y + (row * width + columns.lowerBound) * channels)
                .update(repeating: 0, count: columns.count * channels)
        }
    }
}

extension Images {
    var pictureSize: PictureSize { PictureSize(height: height, width: width, channels: channels) }
}
