// Grouped convolution with large groups: each group separately, with the algorithm that suits it.

enum GroupedConvolution {
    /// y ← x ∗ w, then `ending`.
    ///
    /// - Parameter single: the convolution of one group.
    static func forward(
        _ g: ConvolutionGeometry, _ single: Convolution, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
        _ ending: OutputEnding, into y: UnsafeMutablePointer<Float>
    ) {
        let parts = Parts(g)
        for group in 0..<g.groups {
            let (channel, filter) = (group * g.groupChannels, group * g.groupFilters)
            parts.x.gather(x + channel)
            parts.w.gather(w + filter)
            single.forward(
                parts.x.pointer, parts.w.pointer, bias: ending.from(filter: filter).bias,
                bounds: ending.bounds, into: parts.y.pointer)
            parts.y.scatter(into: y + filter)
        }
    }

    /// dx ← the gradient with respect to x.
    static func dataGradient(
        _ g: ConvolutionGeometry, _ single: Convolution, _ dy: UnsafePointer<Float>,
        _ w: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>
    ) {
        let parts = Parts(g)
        for group in 0..<g.groups {
            let (channel, filter) = (group * g.groupChannels, group * g.groupFilters)
            parts.y.gather(dy + filter)
            parts.w.gather(w + filter)
            single.dataGradient(parts.y.pointer, parts.w.pointer, into: parts.x.pointer)
            parts.x.scatter(into: dx + channel)
        }
    }

    /// dw ← beta · dw + the gradient with respect to w. With beta 0, dw may start undefined.
    static func weightGradient(
        _ g: ConvolutionGeometry, _ single: Convolution, _ x: UnsafePointer<Float>,
        _ dy: UnsafePointer<Float>, into dw: UnsafeMutablePointer<Float>, beta: Float
    ) {
        let parts = Parts(g)
        for group in 0..<g.groups {
            let (channel, filter) = (group * g.groupChannels, group * g.groupFilters)
            parts.x.gather(x + channel)
            parts.y.gather(dy + filter)
            if beta != 0 { parts.w.gather(dw + filter) }
            single.weightGradient(parts.x.pointer, parts.y.pointer, into: parts.w.pointer, beta: beta)
            parts.w.scatter(into: dw + filter)
        }
    }

    /// Scratch for one group's part of each array.
    private struct Parts {
        let x: ColumnBlock
        let w: ColumnBlock
        let y: ColumnBlock

        init(_ g: ConvolutionGeometry) {
            x = ColumnBlock(rows: g.batch * g.height * g.width, columns: g.groupChannels, of: g.channels)
            w = ColumnBlock(rows: g.terms, columns: g.groupFilters, of: g.filters)
            y = ColumnBlock(rows: g.positions, columns: g.groupFilters, of: g.filters)
        }
    }
}

/// A contiguous copy of some neighbouring columns of a matrix.
private struct ColumnBlock {
    private let rows: Int
    private let columns: Int
    private let stride: Int
    private let buffer: Buffer

    init(rows: Int, columns: Int, of stride: Int) {
        (self.rows, self.columns, self.stride) = (rows, columns, stride)
        buffer = Buffer(scratch: rows * columns)
    }

    var pointer: UnsafeMutablePointer<Float> { buffer.pointer }

    /// - Parameter first: the address of the first column's value in the first row.
    func gather(_ first: UnsafePointer<Float>) { copy(first, stride, into: pointer, columns) }

    func scatter(into first: UnsafeMutablePointer<Float>) { copy(pointer, columns, into: first, stride) }

    private func copy(
        _ source: UnsafePointer<Float>, _ step: Int, into target: UnsafeMutablePointer<Float>,
        _ targetStep: Int
    ) {
        WorkerPool.shared.run(total: rows, grain: max(1, Elementwise.grain / max(1, columns))) { range, _ in
            for row in range {
                (target + row * targetStep).update(from: source + row * step, count: columns)
            }
        }
    }
}
