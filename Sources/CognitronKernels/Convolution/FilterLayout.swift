// Transposes filters into the layouts that the algorithms read.

enum FilterLayout {
    /// v[kh, kw, o, c] ← w[KH − 1 − kh, KW − 1 − kw, c, o]: the filters of the data gradient.
    static func rotateAndExchangeChannels(
        _ g: ConvolutionGeometry, _ w: UnsafePointer<Float>, into v: UnsafeMutablePointer<Float>
    ) {
        let size = g.channels * g.filters
        transpose(
            matrices: g.taps, matrixStride: size, rows: g.channels, columns: g.filters, w
        ) { tap in
            (v + (g.taps - 1 - tap) * size, g.channels)
        }
    }

    /// v[o, kh, kw, c] ← w[kh, kw, c, o]: one row per filter. With `channels`, v holds those channels only.
    static func transpose(
        _ g: ConvolutionGeometry, _ w: UnsafePointer<Float>, channels: Range<Int>? = nil,
        into v: UnsafeMutablePointer<Float>
    ) {
        let channels = channels ?? 0..<g.groupChannels
        transpose(
            matrices: g.taps, matrixStride: g.groupChannels * g.filters, rows: channels.count,
            columns: g.filters, w + channels.lowerBound * g.filters
        ) { tap in
            (v + tap * channels.count, g.taps * channels.count)
        }
    }

    /// Transposes each of the `matrices` (rows, columns) in `x`.
    ///
    /// - Parameters:
    ///   - matrixStride: floats from one matrix to the next.
    ///   - target: start of a matrix's transpose, and floats from one of its rows to the next.
    private static func transpose(
        matrices: Int, matrixStride: Int, rows: Int, columns: Int, _ x: UnsafePointer<Float>,
        into target: (_ matrix: Int) -> (start: UnsafeMutablePointer<Float>, stride: Int)
    ) {
        // Blocks of this size keep source and target of the transposition in the first-level cache.
        let block = 16
        let blocks = (rows + block - 1) / block
        WorkerPool.shared.run(tiles: matrices * blocks) { tile, _ in
            let matrix = tile / blocks
            let from = x + matrix * matrixStride
            let (to, stride) = target(matrix)
            let first = tile % blocks * block
            let rows = first..<min(first + block, rows)
            for start in Swift.stride(from: 0, to: columns, by: block) {
                for column in start..<min(start + block, columns) {
                    for row in rows { to[column &* stride &+ row] = from[row &* columns &+ column] }
                }
            }
        }
    }
}
