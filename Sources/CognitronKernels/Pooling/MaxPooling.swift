// The largest of each window, and where it was.

package enum MaxPooling {
    /// y ← the maximum of each window; NaN where the window holds one. The place of the maximum in its window
    /// (the first of equal ones), row by row, goes to `places` for the backward pass.
    package static func forward(
        _ g: PoolingGeometry, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
        places: UnsafeMutablePointer<UInt16>
    ) {
        g.forEachImage { n in
            for oh in 0..<g.outputHeight {
                for ow in 0..<g.outputWidth {
                    let out = g.output(n, oh, ow)
                    pool(g, x, n, oh, ow, into: y + out, places: places + out)
                }
            }
        }
    }

    @inline(__always)
    private static func pool(
        _ g: PoolingGeometry, _ x: UnsafePointer<Float>, _ n: Int, _ oh: Int, _ ow: Int,
        into y: UnsafeMutablePointer<Float>, places: UnsafeMutablePointer<UInt16>
    ) {
        let (rows, columns) = (g.rows(oh), g.columns(ow))
        // Where nothing is larger than −∞, the first pixel on the image, which need not be the window's first.
        let first = g.place(oh, ow, rows.lowerBound, columns.lowerBound)
        var c = 0
        while c &+ Vector.width <= g.channels {
            var best = Vector(repeating: -.infinity)
            var place = SIMD8<UInt32>(repeating: UInt32(truncatingIfNeeded: first))
            for ih in rows {
                for iw in columns {
                    let value = Vector(x + g.input(n, ih, iw) + c)
                    // Not "value > best": a NaN must win, and then stay.
                    let wins = .!(value .<= best) .& (best .== best)
                    best.replace(with: value, where: wins)
                    place.replace(with: UInt32(truncatingIfNeeded: g.place(oh, ow, ih, iw)), where: wins)
                }
            }
            best.store(y + c)
            UnsafeMutableRawPointer(places + c).storeBytes(
                of: SIMD8<UInt16>(truncatingIfNeeded: place), as: SIMD8<UInt16>.self)
            c &+= Vector.width
        }
        if c < g.channels { poolRest(g, x, n, oh, ow, from: c, into: y, places: places) }
    }

    /// The channels that do not fill a vector, from `first` on: pixel by pixel, so that they are neighbours.
    @inline(__always)
    private static func poolRest(
        _ g: PoolingGeometry, _ x: UnsafePointer<Float>, _ n: Int, _ oh: Int, _ ow: Int, from first: Int,
        into y: UnsafeMutablePointer<Float>, places: UnsafeMutablePointer<UInt16>
    ) {
        for c in first..<g.channels {
            y[c] = -.infinity
            places[c] = UInt16(
                truncatingIfNeeded: g.place(oh, ow, g.rows(oh).lowerBound, g.columns(ow).lowerBound))
        }
        for ih in g.rows(oh) {
            for iw in g.columns(ow) {
                let pixel = x + g.input(n, ih, iw)
                let place = UInt16(truncatingIfNeeded: g.place(oh, ow, ih, iw))
                for c in first..<g.channels where !(pixel[c] <= y[c]) && y[c] == y[c] {
                    y[c] = pixel[c]
                    places[c] = place
                }
            }
        }
    }

    /// dx ← dy, each at the place its maximum came from.
    package static func backward(
        _ g: PoolingGeometry, _ dy: UnsafePointer<Float>, places: UnsafePointer<UInt16>,
        into dx: UnsafeMutablePointer<Float>
    ) {
        let imageSize = g.height * g.width * g.channels
        g.forEachImage { n in
            (dx + n * imageSize).update(repeating: 0, count: imageSize)
            for oh in 0..<g.outputHeight {
                for ow in 0..<g.outputWidth {
                    let out = g.output(n, oh, ow)
                    let (top, left) = (oh &* g.strideY &- g.top, ow &* g.strideX &- g.left)
                    for c in 0..<g.channels {
                        let place = Int(places[out &+ c])
                        let (ih, iw) = (top &+ place / g.poolWidth, left &+ place % g.poolWidth)
                        dx[g.input(n, ih, iw) &+ c] += dy[out &+ c]
                    }
                }
            }
        }
    }
}
