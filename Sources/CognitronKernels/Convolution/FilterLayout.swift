// Filters in another order.

enum FilterLayout {
    /// v[kh, kw, o, c] ← w[KH − 1 − kh, KW − 1 − kw, c, o]: the filters of the way back.
    static func rotateAndExchangeChannels(
        _ g: ConvolutionGeometry, _ w: UnsafePointer<Float>, into v: UnsafeMutablePointer<Float>
    ) {
        let size = g.channels * g.filters
        // Blocks of this many channels and filters keep both sides of the transposition in the first-level cache.
        let block = 16
        let blocksOfChannels = (g.channels + block - 1) / block
        WorkerPool.shared.run(tiles: g.taps * blocksOfChannels) { tile, _ in
            let tap = tile / blocksOfChannels
            let from = w + (g.taps - 1 - tap) * size
            let to = v + tap * size
            let first = tile % blocksOfChannels * block
            let channels = first..<min(first + block, g.channels)
            for start in stride(from: 0, to: g.filters, by: block) {
                for o in start..<min(start + block, g.filters) {
                    for c in channels { to[o &* g.channels &+ c] = from[c &* g.filters &+ o] }
                }
            }
        }
    }
}
