// The mean of each window's pixels, and its generalisation, the p-norm.

package enum AveragePooling {
    /// y ← the mean over the pixels of each window that lie on the image (Keras's rule at padded edges).
    package static func forward(
        _ g: PoolingGeometry, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
    ) {
        g.forEachImage { n in
            for oh in 0..<g.outputHeight {
                for ow in 0..<g.outputWidth {
                    let (rows, columns) = (g.rows(oh), g.columns(ow))
                    let out = y + g.output(n, oh, ow)
                    out.update(repeating: 0, count: g.channels)
                    for ih in rows {
                        for iw in columns {
                            Elementwise.mapSerially(out, x + g.input(n, ih, iw), into: out, count: g.channels)
                            { $0 + $1 }
                        }
                    }
                    let scale = 1 / Float(rows.count * columns.count)
                    Elementwise.mapSerially(out, into: out, count: g.channels) { $0 * scale }
                }
            }
        }
    }

    /// dx ← every pixel's share of the dy of the windows it is in.
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
