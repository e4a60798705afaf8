// Transforms filters into Winograd's domain, and their gradients back.

/// Filters of 3×3 taps in memory: one matrix per tap.
struct FilterTaps {
    let pointer: UnsafePointer<Float>
    /// Floats from one tap to the next, and from one row to the next.
    let tapStride: Int, rowStride: Int

    /// w (3, 3, C, OC): one row per channel.
    init(_ g: ConvolutionGeometry, _ w: UnsafePointer<Float>) {
        (pointer, tapStride, rowStride) = (w, g.channels * g.filters, g.filters)
    }

    /// v (OC, 3, 3, channels), as `FilterLayout.transpose` writes it: one row per filter.
    init(transposed v: UnsafePointer<Float>, taps: Int, channels: Int) {
        (pointer, tapStride, rowStride) = (v, channels, taps * channels)
    }
}

extension WinogradScheme {
    /// u[i, j] (rows, columns) ← (G · g · Gᵀ)[i, j] for the taps g in some rows and columns, on the calling
    /// thread.
    ///
    /// - Parameter u: the matrices from row 0 on.
    static func transformFilters(
        _ w: FilterTaps, rows: Range<Int>, columns: Range<Int>, into u: WinogradPlanes
    ) {
        require(columns.count == u.columns, "\(columns.count) columns into \(u.columns)")
        let (tap, side) = (w.tapStride, filterSide)
        withFilterScratch { between in
            for row in rows {
                let taps = w.pointer + (row &* w.rowStride &+ columns.lowerBound)
                let out = u.pointer + row &* u.columns
                Vector.cover(0..<u.columns) { o in
                    for j in 0..<3 {
                        let p = taps + (j &* tap &+ o)
                        let column = (Vector(p), Vector(p + 3 &* tap), Vector(p + 6 &* tap))
                        filter(column).store(between + j, stride: 3)
                    }
                    for i in 0..<side {
                        let p = between + 3 &* i
                        filter((p[0], p[1], p[2])).store(
                            out + (side &* i &* u.stride &+ o), stride: u.stride)
                    }
                }
            }
        }
    }

    /// dw ← beta · dw + Gᵀ · du · G for some of the channels: du (channels.count, OC) into dw (3, 3, C, OC).
    /// With beta 0, dw may start undefined.
    static func addFilterGradient(
        _ g: ConvolutionGeometry, _ du: WinogradPlanes, channels: Range<Int>,
        to dw: UnsafeMutablePointer<Float>, beta: Float
    ) {
        let tap = g.channels * g.filters
        WorkerPool.shared.run(total: channels.count, grain: max(1, pairsAtOnce / g.filters)) { rows, _ in
            withFilterScratch { between in
                for row in rows {
                    let source = du.pointer + row &* du.columns
                    let out = dw + (channels.lowerBound &+ row) &* g.filters
                    Vector.cover(0..<g.filters) { o in
                        for i in 0..<filterSide {
                            let q = between + 3 &* i
                            (q[0], q[1], q[2]) = filterGradient(
                                SixVectors(source + (filterSide &* i &* du.stride &+ o), stride: du.stride))
                        }
                        for j in 0..<3 {
                            let taps = filterGradient(SixVectors(between + j, stride: 3))
                            let p = out + (j &* tap &+ o)
                            let done = Vector.repeated(at: o)
                            taps.0.add(to: p, beta: beta, from: done)
                            taps.1.add(to: p + 3 &* tap, beta: beta, from: done)
                            taps.2.add(to: p + 6 &* tap, beta: beta, from: done)
                        }
                    }
                }
            }
        }
    }

    /// Pairs of channel and filter per tile.
    static var pairsAtOnce: Int { 1 << 12 }

    /// Allocates the vectors between the transforms along the two axes on the stack.
    @inline(__always)
    private static func withFilterScratch(_ body: (_ between: UnsafeMutablePointer<Vector>) -> Void) {
        withUnsafeTemporaryAllocation(of: Vector.self, capacity: 3 * filterSide) { between in
            if let between = between.baseAddress { body(between) }
        }
    }
}

extension Vector {
    /// pointer ← beta · pointer + self, from lane `first` on. With beta 0 the memory may be undefined.
    @inline(__always)
    fileprivate func add(to pointer: UnsafeMutablePointer<Float>, beta: Float, from first: Int) {
        if beta == 0 {
            store(pointer)
        } else if first == 0 {
            (beta * Vector(pointer) + self).store(pointer)
        } else {
            for lane in first..<Vector.width { pointer[lane] = beta * pointer[lane] + self[lane] }
        }
    }
}
