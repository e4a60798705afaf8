// The maximum of each window, and its place in the window.

package enum MaxPooling {
    /// y ← the maximum of each window, NaN if any pixel is NaN; places ← its place in the window, row by row,
    /// the first in ties.
    ///
    /// - Parameter places: nil without a backward pass.
    package static func forward(
        _ g: PoolingGeometry, _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>,
        places: UnsafeMutablePointer<UInt16>?
    ) {
        guard let places else {
            return forEachVector(g) { window, channel, out, lanes in
                window.maximum { Vector(x + ($0 &+ channel), lanes: lanes) }.store(y + out, lanes: lanes)
            }
        }
        forEachVector(g) { window, channel, out, lanes in
            let (best, place) = window.placedMaximum { Vector(x + ($0 &+ channel), lanes: lanes) }
            best.store(y + out, lanes: lanes)
            if lanes == Vector.width {
                UnsafeMutableRawPointer(places + out).storeBytes(of: place, as: SIMD8<UInt16>.self)
            } else {
                for lane in 0..<lanes { places[out &+ lane] = place[lane] }
            }
        }
    }

    /// Calls `body` with every window, the first of up to eight of its channels, their offset in the output,
    /// and their number.
    @inline(__always)
    private static func forEachVector(
        _ g: PoolingGeometry, _ body: (_ window: Window, _ channel: Int, _ out: Int, _ lanes: Int) -> Void
    ) {
        let wide = max(0, g.channels - Vector.width + 1)
        let inputEnd = g.inputCount - Vector.width
        g.forEachImage { n in
            let outputEnd = g.output(n + 1, 0, 0) - Vector.width
            for oh in 0..<g.outputHeight {
                let row = WindowRow(g, n, oh)
                for ow in 0..<g.outputWidth {
                    let out = g.output(n, oh, ow)
                    let window = Window(g, row, ow)
                    for c in stride(from: 0, to: g.channels, by: Vector.width) {
                        // The last channels may not fill a vector. It then pools the next pixel's first
                        // channels too, whose results that pixel's own vector overwrites; an image's last
                        // pixel has no next one.
                        if c < wide || window.last &+ c <= inputEnd && out &+ c <= outputEnd {
                            body(window, c, out &+ c, Vector.width)
                        } else {
                            body(window, c, out &+ c, g.channels &- c)
                        }
                    }
                }
            }
        }
    }

    /// dx ← the sum of dy at the place of each maximum.
    package static func backward(
        _ g: PoolingGeometry, _ dy: UnsafePointer<Float>, places: UnsafePointer<UInt16>,
        into dx: UnsafeMutablePointer<Float>
    ) {
        // Offsets from the window's first pixel, which may lie outside the image, to each of its places: a
        // division per element would take longer than the rest.
        let offsets = (0..<g.poolHeight * g.poolWidth).map { g.input(0, $0 / g.poolWidth, $0 % g.poolWidth) }
        let imageSize = g.height * g.width * g.channels
        offsets.withUnsafeBufferPointer { offsets in
            g.forEachImage { n in
                (dx + n * imageSize).update(repeating: 0, count: imageSize)
                for oh in 0..<g.outputHeight {
                    for ow in 0..<g.outputWidth {
                        let out = g.output(n, oh, ow)
                        let first = g.input(n, g.firstRow(oh), g.firstColumn(ow))
                        for c in 0..<g.channels {
                            dx[first &+ offsets[Int(places[out &+ c])] &+ c] += dy[out &+ c]
                        }
                    }
                }
            }
        }
    }

    /// The image rows of the windows of one output row.
    private struct WindowRow {
        let start: Int  // offset of the first row's first pixel
        let count: Int
        let firstPlace: Int

        @inline(__always)
        init(_ g: PoolingGeometry, _ n: Int, _ oh: Int) {
            let rows = g.rows(oh)
            start = g.input(n, rows.lowerBound, 0)
            count = rows.count
            firstPlace = (rows.lowerBound &- g.firstRow(oh)) &* g.poolWidth
        }
    }

    /// The pixels of one window that lie on the image.
    private struct Window {
        private let rows: Int, columns: Int
        private let first: Int  // offset of the first pixel
        private let firstPlace: Int
        private let rowStep: Int, columnStep: Int, placeStep: Int
        /// The offset of the last pixel.
        let last: Int

        @inline(__always)
        init(_ g: PoolingGeometry, _ row: WindowRow, _ ow: Int) {
            let columns = g.columns(ow)
            (rows, self.columns) = (row.count, columns.count)
            (rowStep, columnStep, placeStep) = (g.width &* g.channels, g.channels, g.poolWidth)
            first = row.start &+ columns.lowerBound &* columnStep
            last = first &+ (rows &- 1) &* rowStep &+ (columns.count &- 1) &* columnStep
            firstPlace = row.firstPlace &+ columns.lowerBound &- g.firstColumn(ow)
        }

        /// The maximum of `load(offset)` over the pixels.
        @inline(__always)
        func maximum(_ load: (_ offset: Int) -> Vector) -> Vector {
            var best = Vector(repeating: -.infinity)
            for row in 0..<rows {
                var offset = first &+ row &* rowStep
                for _ in 0..<columns {
                    let value = load(offset)
                    // The first NaN is taken and kept: no value is larger.
                    best.replace(with: value, where: value .> best .| (value .!= value))
                    offset &+= columnStep
                }
            }
            return best
        }

        /// The maximum and its place.
        @inline(__always)
        func placedMaximum(_ load: (_ offset: Int) -> Vector) -> (Vector, SIMD8<UInt16>) {
            // If no value is larger than −∞, the place is that of the first pixel on the image, which may not
            // be the window's first.
            var best = Vector(repeating: -.infinity)
            var places = SIMD8<UInt32>(repeating: UInt32(truncatingIfNeeded: firstPlace))
            for row in 0..<rows {
                var offset = first &+ row &* rowStep
                var place = UInt32(truncatingIfNeeded: firstPlace &+ row &* placeStep)
                for _ in 0..<columns {
                    let value = load(offset)
                    // Not "value > best": the first NaN must be taken and kept.
                    let wins = .!(value .<= best) .& (best .== best)
                    best.replace(with: value, where: wins)
                    places.replace(with: place, where: wins)
                    offset &+= columnStep
                    place &+= 1
                }
            }
            return (best, SIMD8<UInt16>(truncatingIfNeeded: places))
        }
    }
}
