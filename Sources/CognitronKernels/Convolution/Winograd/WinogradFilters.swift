// Filters in and out of the transformed domain.

enum WinogradFilters {
    /// u[i, j] (C, filters.count) ← (G · g · Gᵀ)[i, j] for the 3×3 taps g of some channels and filters, on the calling
    /// thread.
    static func transform(
        _ g: ConvolutionGeometry, _ w: UnsafePointer<Float>, channels: Range<Int>, filters: Range<Int>,
        into u: WinogradPlanes
    ) {
        let tap = g.channels * g.filters
        withScratch { between in
            for channel in channels {
                let taps = w + (channel &* g.filters &+ filters.lowerBound)
                let out = u.pointer + channel &* u.columns
                Vector.cover(0..<u.columns) { o in
                    for j in 0..<3 {
                        let p = taps + (j &* tap &+ o)
                        let column = (Vector(p), Vector(p + 3 &* tap), Vector(p + 6 &* tap))
                        WinogradTransforms.filter(column).store(between + j, stride: 3)
                    }
                    for i in 0..<6 {
                        let p = between + 3 &* i
                        WinogradTransforms.filter((p[0], p[1], p[2])).store(
                            out + (6 &* i &* u.stride &+ o), stride: u.stride)
                    }
                }
            }
        }
    }

    /// dw ← beta · dw + Gᵀ · du · G for some of the filters. With beta 0, dw may start undefined.
    static func gradient(
        _ g: ConvolutionGeometry, _ du: WinogradPlanes, filters: Range<Int>,
        into dw: UnsafeMutablePointer<Float>, beta: Float
    ) {
        let fresh = Buffer(scratch: beta == 0 ? 0 : g.taps * g.channels * filters.count)
        let (target, row) = beta == 0 ? (dw + filters.lowerBound, g.filters) : (fresh.pointer, filters.count)
        let tap = g.channels * row
        WorkerPool.shared.run(total: g.channels, grain: max(1, grain / filters.count)) { channels, _ in
            withScratch { between in
                for channel in channels {
                    let source = du.pointer + channel &* du.columns
                    let out = target + channel &* row
                    Vector.cover(0..<du.columns) { o in
                        for i in 0..<6 {
                            let q = between + 3 &* i
                            (q[0], q[1], q[2]) = WinogradTransforms.filterGradient(
                                SixVectors(source + (6 &* i &* du.stride &+ o), stride: du.stride))
                        }
                        for j in 0..<3 {
                            let taps = WinogradTransforms.filterGradient(SixVectors(between + j, stride: 3))
                            let p = out + (j &* tap &+ o)
                            taps.0.store(p)
                            taps.1.store(p + 3 &* tap)
                            taps.2.store(p + 6 &* tap)
                        }
                    }
                }
            }
        }
        guard beta != 0 else { return }
        // Not while they are made: vectors at the end of a row overlap, and would add some numbers twice.
        WorkerPool.shared.run(total: g.taps * g.channels, grain: max(1, grain / filters.count)) { rows, _ in
            for row in rows {
                let sum = dw + (row * g.filters + filters.lowerBound)
                Elementwise.mapSerially(
                    sum, fresh.pointer + row * filters.count, into: sum, count: filters.count
                ) { beta * $0 + $1 }
            }
        }
        withExtendedLifetime(fresh) {}
    }

    /// Pairs of channel and filter a worker takes at a time.
    private static let grain = 1 << 12

    /// Room for 18 vectors between the transforms along the two axes.
    @inline(__always)
    private static func withScratch(_ body: (_ between: UnsafeMutablePointer<Vector>) -> Void) {
        withUnsafeTemporaryAllocation(of: Vector.self, capacity: 18) { between in
            if let between = between.baseAddress { body(between) }
        }
    }
}
