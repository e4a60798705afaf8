// Convolution with few channels or filters: im2col over several neighbouring output pixels at once.
//
// The patch of one output pixel is a short row for a product (25 values in LeNet's first layer), with few
// columns (6 filters): copying patches and calling the product cost more than the arithmetic. Neighbouring
// output pixels share most of their patches and, with channels last, their outputs are contiguous. So `span`
// pixels are treated as one with `span` times the filters: a convolution with a wider kernel and a larger
// stride over the same arrays x and y, whose filters are shifted copies of w, padded with zeros.

enum WideConvolution {
    /// Columns of a product above which wider ones gain nothing.
    private static let widest = 64
    /// Largest ratio of the wide kernel's width to the kernel's: multiplications by zero cost more beyond it.
    private static let growth = 2
    /// Terms above which the products of im2col are efficient already.
    static let manyTerms = 200
    /// Filters that fill a vector of the product's kernels, from which on single pixels are as fast.
    private static let manyFilters = 16

    static func supports(_ g: ConvolutionGeometry) -> Bool { span(g) > 1 }

    /// Whether the products of im2col are small enough for wide patches to be faster.
    static func isFaster(_ g: ConvolutionGeometry) -> Bool {
        g.terms <= manyTerms && g.filters < manyFilters
    }

    /// Output pixels per wide pixel: the largest divisor of a row within the limits, so that no group crosses
    /// its end.
    private static func span(_ g: ConvolutionGeometry) -> Int {
        guard g.dilationX == 1 else { return 1 }
        return (1...max(1, widest / g.filters)).last {
            g.outputWidth % $0 == 0 && g.kernelWidth + ($0 - 1) * g.strideX <= growth * g.kernelWidth
        } ?? 1
    }

    /// y ← x ∗ w, then `ending`.
    static func forward(
        _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
        _ ending: OutputEnding, into y: UnsafeMutablePointer<Float>
    ) {
        let (g, x, padded) = withoutPadding(g, x)
        let span = span(g)
        let wide = widened(g, span)
        let filters = Buffer(scratch: wide.weightCount)
        spread(g, span, w, into: filters.pointer)
        let biases = Buffer(scratch: wide.filters)
        var wideEnding = ending
        if let bias = ending.bias {
            for p in 0..<span { (biases.pointer + p * g.filters).update(from: bias, count: g.filters) }
            wideEnding.bias = UnsafePointer(biases.pointer)
        }
        Im2colConvolution.forward(wide, x, filters.pointer, nil, wideEnding, into: y)
        withExtendedLifetime((padded, filters, biases)) {}
    }

    /// dw ← beta · dw + the gradient with respect to w: each weight's gradient is the sum over its copies in
    /// the wide filters.
    static func weightGradient(
        _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
        into dw: UnsafeMutablePointer<Float>, beta: Float
    ) {
        let (g, x, padded) = withoutPadding(g, x)
        let span = span(g)
        let wide = widened(g, span)
        let gradients = Buffer(scratch: wide.weightCount)
        Im2colConvolution.weightGradient(wide, x, dy, into: gradients.pointer, beta: 0)
        forEachRun(g, span) { p, place, run in
            let sum = dw + run
            let term = gradients.pointer + place
            for o in 0..<g.filters {
                // dw may start undefined where beta is 0.
                let before = p > 0 ? sum[o] : beta == 0 ? 0 : beta * sum[o]
                sum[o] = before + term[o]
            }
        }
        withExtendedLifetime((padded, gradients)) {}
    }

    /// Pads the images with zeros and returns the convolution without padding: wide patches often cross an
    /// edge, and gathering those is slow.
    private static func withoutPadding(
        _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>
    ) -> (ConvolutionGeometry, UnsafePointer<Float>, Buffer?) {
        // A data gradient's padding may be negative, which crops the image.
        guard !g.isPlain, g.top >= 0, g.left >= 0 else { return (g, x, nil) }
        let (bottom, right) = g.paddingAfter
        var inner = g
        inner.height += g.top + bottom
        inner.width += g.left + right
        (inner.top, inner.left) = (0, 0)
        let padded = Buffer(scratch: inner.inputCount)
        ZeroPadding(
            images: g.batch, ImageSize(g.height, g.width, channels: g.channels),
            Border(top: g.top, bottom: bottom, left: g.left, right: right)
        ).forward(x, into: padded.pointer)
        return (inner, UnsafePointer(padded.pointer), padded)
    }

    private static func widened(_ g: ConvolutionGeometry, _ span: Int) -> ConvolutionGeometry {
        var wide = g
        wide.kernelWidth += (span - 1) * g.strideX
        wide.strideX *= span
        wide.outputWidth /= span
        wide.filters *= span
        return wide
    }

    /// v ← the wide filters: those of pixel p are shifted right by p · stride columns.
    private static func spread(
        _ g: ConvolutionGeometry, _ span: Int, _ w: UnsafePointer<Float>, into v: UnsafeMutablePointer<Float>
    ) {
        v.update(repeating: 0, count: widened(g, span).weightCount)
        forEachRun(g, span) { _, place, run in (v + place).update(from: w + run, count: g.filters) }
    }

    /// Calls `body` with each pixel p of a group, and the offsets of one tap's and channel's filters in the
    /// wide and in the original weights.
    @inline(__always)
    private static func forEachRun(
        _ g: ConvolutionGeometry, _ span: Int, _ body: (_ p: Int, _ place: Int, _ run: Int) -> Void
    ) {
        let wideRow = (g.kernelWidth + (span - 1) * g.strideX) * g.channels
        for p in 0..<span {
            for kh in 0..<g.kernelHeight {
                for column in 0..<g.kernelWidth * g.channels {
                    let shifted = kh * wideRow + p * g.strideX * g.channels + column
                    body(
                        p, (shifted * span + p) * g.filters,
                        (kh * g.kernelWidth * g.channels + column) * g.filters)
                }
            }
        }
    }
}
