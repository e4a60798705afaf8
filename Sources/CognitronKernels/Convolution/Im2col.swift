// Gathers patches into matrix rows, and scatters matrix rows back.

/// A window of filter taps: the rows and columns that one column matrix holds.
struct TapWindow {
    var rows: Range<Int>
    var columns: Range<Int>

    static func all(_ g: ConvolutionGeometry) -> TapWindow {
        TapWindow(rows: 0..<g.kernelHeight, columns: 0..<g.kernelWidth)
    }

    static func single(_ tap: Int, _ g: ConvolutionGeometry) -> TapWindow {
        let (kh, kw) = (tap / g.kernelWidth, tap % g.kernelWidth)
        return TapWindow(rows: kh..<kh + 1, columns: kw..<kw + 1)
    }

    var count: Int { rows.count * columns.count }
}

/// The output pixel of a row of the column matrix; advances without a division.
private struct PixelCursor {
    var n: Int, oh: Int, ow: Int

    init(_ position: Int, _ g: ConvolutionGeometry) {
        n = position / g.outputPixels
        oh = position % g.outputPixels / g.outputWidth
        ow = position % g.outputWidth
    }

    @inline(__always)
    mutating func advance(_ g: ConvolutionGeometry) {
        ow &+= 1
        if ow == g.outputWidth {
            ow = 0
            oh &+= 1
            if oh == g.outputHeight {
                oh = 0
                n &+= 1
            }
        }
    }
}

enum Im2col {
    /// col: (positions.count, taps · C) ← the patches of the output pixels `positions`, zero outside the
    /// image.
    ///
    /// Channels are last, so neighbouring taps of a row are contiguous: one copy per filter row.
    static func gather(
        _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, positions: Range<Int>, taps: TapWindow,
        into col: UnsafeMutablePointer<Float>
    ) {
        if g.isPlain { return gatherInside(g, x, positions: positions, taps: taps, into: col) }
        var cursor = PixelCursor(positions.lowerBound, g)
        var out = col
        let run = taps.columns.count &* g.channels
        for _ in positions {
            let image = x + cursor.n &* g.height &* g.width &* g.channels
            let left = cursor.ow &* g.strideX &- g.left
            let first = left &+ taps.columns.lowerBound
            let isInside = g.dilationX == 1 && first >= 0 && first &+ taps.columns.count <= g.width
            for kh in taps.rows {
                let ih = cursor.oh &* g.strideY &+ kh &* g.dilationY &- g.top
                if ih < 0 || ih >= g.height {
                    zero(out, run)
                } else if isInside {
                    copy(image + (ih &* g.width &+ first) &* g.channels, out, run)
                } else {
                    gatherRow(g, image + ih &* g.width &* g.channels, left, taps.columns, into: out)
                }
                out += run
            }
            cursor.advance(g)
        }
    }

    /// Gathers patches that lie inside the image, without edge cases: with few channels patches are so short
    /// that each comparison counts.
    private static func gatherInside(
        _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, positions: Range<Int>, taps: TapWindow,
        into col: UnsafeMutablePointer<Float>
    ) {
        let run = taps.columns.count &* g.channels
        // The shortest runs are the most frequent: two overlapping vectors.
        if run > Vector.width && run <= 2 * Vector.width {
            let rest = run &- Vector.width
            forEachRun(g, x, positions, taps, col) { source, target in
                Vector(source).store(target)
                Vector(source + rest).store(target + rest)
            }
        } else {
            forEachRun(g, x, positions, taps, col) { source, target in copy(source, target, run) }
        }
    }

    /// Calls `body` with the address of each row of each patch in x and in the column matrix.
    @inline(__always)
    private static func forEachRun(
        _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ positions: Range<Int>, _ taps: TapWindow,
        _ col: UnsafeMutablePointer<Float>,
        _ body: (_ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>) -> Void
    ) {
        let (run, row) = (taps.columns.count &* g.channels, g.width &* g.channels)
        let (stepX, stepY) = (g.strideX &* g.channels, g.dilationY &* row)
        let (first, count) = (
            taps.rows.lowerBound &* stepY &+ taps.columns.lowerBound &* g.channels, taps.rows.count
        )
        var cursor = PixelCursor(positions.lowerBound, g)
        var target = col
        for _ in positions {
            let line = cursor.n &* g.height &+ cursor.oh &* g.strideY
            var source = x + (line &* row &+ cursor.ow &* stepX &+ first)
            for _ in 0..<count {
                body(source, target)
                source += stepY
                target += run
            }
            cursor.advance(g)
        }
    }

    @inline(__always)
    private static func gatherRow(
        _ g: ConvolutionGeometry, _ row: UnsafePointer<Float>, _ left: Int, _ columns: Range<Int>,
        into out: UnsafeMutablePointer<Float>
    ) {
        let c = g.channels
        guard g.dilationX == 1 else {
            for kw in columns {
                let iw = left &+ kw &* g.dilationX
                let target = out + (kw &- columns.lowerBound) &* c
                if iw < 0 || iw >= g.width { zero(target, c) } else { copy(row + iw &* c, target, c) }
            }
            return
        }
        let first = left &+ columns.lowerBound
        let end = left &+ columns.upperBound
        let from = min(max(first, 0), end)
        let to = max(min(end, g.width), from)
        if from > first { zero(out, (from &- first) &* c) }
        copy(row + from &* c, out + (from &- first) &* c, (to &- from) &* c)
        if to < end { zero(out + (to &- first) &* c, (end &- to) &* c) }
    }

    /// dx += the rows of dcol: (positions.count, taps · C), each added where `gather` reads it.
    static func scatterAdd(
        _ g: ConvolutionGeometry, _ dcol: UnsafePointer<Float>, positions: Range<Int>,
        into dx: UnsafeMutablePointer<Float>
    ) {
        var cursor = PixelCursor(positions.lowerBound, g)
        var source = dcol
        let c = g.channels
        let run = g.kernelWidth &* c
        for _ in positions {
            let image = dx + cursor.n &* g.height &* g.width &* c
            let left = cursor.ow &* g.strideX &- g.left
            let isInside = g.dilationX == 1 && left >= 0 && left &+ g.kernelWidth <= g.width
            for kh in 0..<g.kernelHeight {
                let ih = cursor.oh &* g.strideY &+ kh &* g.dilationY &- g.top
                if ih >= 0 && ih < g.height {
                    let row = image + ih &* g.width &* c
                    if isInside {
                        add(source, to: row + left &* c, run)
                    } else {
                        for kw in 0..<g.kernelWidth {
                            let iw = left &+ kw &* g.dilationX
                            if iw >= 0 && iw < g.width { add(source + kw &* c, to: row + iw &* c, c) }
                        }
                    }
                }
                source += run
            }
            cursor.advance(g)
        }
    }

    @inline(__always)
    private static func add(
        _ source: UnsafePointer<Float>, to target: UnsafeMutablePointer<Float>, _ count: Int
    ) {
        var i = 0
        while i &+ Vector.width <= count {
            (Vector(target + i) + Vector(source + i)).store(target + i)
            i &+= Vector.width
        }
        while i < count {
            target[i] += source[i]
            i &+= 1
        }
    }

    /// Runs shorter than this are copied inline: the call of memcpy would cost as much as the copy.
    private static let shortRun = 64

    /// Copies whole vectors; the last overlaps the one before where `count` is no multiple of the width.
    @inline(__always)
    private static func copy(
        _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, _ count: Int
    ) {
        if count >= shortRun {
            target.update(from: source, count: count)
        } else if count >= Vector.width {
            var i = 0
            while i &+ Vector.width < count {
                Vector(source + i).store(target + i)
                i &+= Vector.width
            }
            Vector(source + (count &- Vector.width)).store(target + (count &- Vector.width))
        } else if count >= 4 {
            copy(source, target, as: SIMD4<Float>.self)
            copy(source + (count &- 4), target + (count &- 4), as: SIMD4<Float>.self)
        } else {
            for i in 0..<count { target[i] = source[i] }
        }
    }

    @inline(__always)
    private static func copy<V: SIMD>(
        _ source: UnsafePointer<Float>, _ target: UnsafeMutablePointer<Float>, as type: V.Type
    ) where V: BitwiseCopyable {
        let value = UnsafeRawPointer(source).loadUnaligned(as: V.self)
        UnsafeMutableRawPointer(target).storeBytes(of: value, as: V.self)
    }

    @inline(__always)
    private static func zero(_ target: UnsafeMutablePointer<Float>, _ count: Int) {
        for i in 0..<count { target[i] = 0 }
    }
}
