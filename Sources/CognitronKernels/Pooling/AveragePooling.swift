// The mean of each window's pixels.

package enum AveragePooling {
    /// Pixels added in `Float` before they are added to a `Double`: without that, sums of thousands of terms
    /// lose digits.
    private static let block = 64

    /// y ← the mean over the pixels of each window that lie on the image (Keras's rule at padded edges).
    package static func forward(
        _ g: PoolingGeometry, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
    ) {
        g.forEachImage { n in
            for oh in 0..<g.outputHeight {
                for ow in 0..<g.outputWidth {
                    let (rows, columns) = (g.rows(oh), g.columns(ow))
                    let out = y + g.output(n, oh, ow)
                    guard rows.count * columns.count <= block else {
                        meanOfManyPixels(g, x + g.input(n, 0, 0), rows, columns, into: out)
                        continue
                    }
                    out.update(repeating: 0, count: g.channels)
                    for ih in rows {
                        for iw in columns { add(x + g.input(n, ih, iw), to: out, g.channels) }
                    }
                    let scale = 1 / Float(rows.count * columns.count)
                    Elementwise.mapSerially(out, into: out, count: g.channels) { $0 * scale }
                }
            }
        }
    }

    /// out ← the mean over rows and columns of one image, added in blocks.
    private static func meanOfManyPixels(
        _ g: PoolingGeometry, _ image: UnsafePointer<Float>, _ rows: Range<Int>, _ columns: Range<Int>,
        into out: UnsafeMutablePointer<Float>
    ) {
        let count = rows.count * columns.count
        withUnsafeTemporaryAllocation(of: Double.self, capacity: g.channels) { totals in
            totals.initialize(repeating: 0)
            for start in stride(from: 0, to: count, by: block) {
                out.update(repeating: 0, count: g.channels)
                for pixel in start..<min(start + block, count) {
                    let (row, column) = pixel.quotientAndRemainder(dividingBy: columns.count)
                    let from = g.input(0, rows.lowerBound + row, columns.lowerBound + column)
                    add(image + from, to: out, g.channels)
                }
                for c in 0..<g.channels { totals[c] += Double(out[c]) }
            }
            for c in 0..<g.channels { out[c] = Float(totals[c] / Double(count)) }
        }
    }

    /// sum ← sum + pixel
    @inline(__always)
    private static func add(
        _ pixel: UnsafePointer<Float>, to sum: UnsafeMutablePointer<Float>, _ channels: Int
    ) {
        Elementwise.mapSerially(sum, pixel, into: sum, count: channels) { $0 + $1 }
    }

    /// dx ← the sum over the windows of each pixel of their dy, divided by the window's pixels.
    package static func backward(
        _ g: PoolingGeometry, _ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>
    ) {
        let imageSize = g.height * g.width * g.channels
        g.forEachImage { n in
            (dx + n * imageSize).update(repeating: 0, count: imageSize)
            for oh in 0..<g.outputHeight {
                for ow in 0..<g.outputWidth {
                    let (rows, columns) = (g.rows(oh), g.columns(ow))
                    let scale = 1 / Float(rows.count * columns.count)
                    let gradient = dy + g.output(n, oh, ow)
                    for ih in rows {
                        for iw in columns {
                            let target = dx + g.input(n, ih, iw)
                            Elementwise.mapSerially(target, gradient, into: target, count: g.channels) {
                                $0 + scale * $1
                            }
                        }
                    }
                }
            }
        }
    }
}
