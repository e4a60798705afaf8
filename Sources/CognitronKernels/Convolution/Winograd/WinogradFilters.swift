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

    /// dw ← Gᵀ · du · G.
    static func gradient(
        _ g: ConvolutionGeometry, _ du: WinogradPlanes, into dw: UnsafeMutablePointer<Float>
    ) {
        let tap = g.channels * g.filters
        WorkerPool.shared.run(total: g.channels, grain: max(1, grain / g.filters)) { channels, _ in
            withScratch { between in
                for channel in channels {
                    let start = channel &* g.filters
                    Vector.cover(start..<start &+ g.filters) { at in
                        for i in 0..<6 {
                            let q = between + 3 &* i
                            (q[0], q[1], q[2]) = WinogradTransforms.filterGradient(
                                SixVectors(du.plane(6 &* i) + at, stride: du.stride))
                        }
                        for j in 0..<3 {
                            let taps = WinogradTransforms.filterGradient(SixVectors(between + j, stride: 3))
                            let p = dw + (j &* tap &+ at)
                            taps.0.store(p)
                            taps.1.store(p + 3 &* tap)
                            taps.2.store(p + 6 &* tap)
                        }
                    }
                }
            }
        }
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
