// The definition of convolution as plain loops: the reference for every other algorithm.

enum NaiveConvolution {
    /// y[n, oh, ow, o] ← Σ kh, kw, c: x[n, ih, iw, c of o's group] · w[kh, kw, c, o], then `ending`
    static func forward(
        _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
        _ ending: OutputEnding, into y: UnsafeMutablePointer<Float>
    ) {
        for n in 0..<g.batch {
            for oh in 0..<g.outputHeight {
                for ow in 0..<g.outputWidth {
                    let out = y + ((n * g.outputHeight + oh) * g.outputWidth + ow) * g.filters
                    for o in 0..<g.filters { out[o] = 0 }
                    forEachTap(g, n, oh, ow) { input, tap in
                        forEachChannel(g, tap) { c, filters, weights in
                            for o in filters { out[o] += x[input + c] * w[weights + o] }
                        }
                    }
                    ending.apply(to: out, rows: 1, columns: g.filters)
                }
            }
        }
    }

    /// dx[n, ih, iw, c] ← Σ over the outputs whose windows hold the pixel: dy[n, oh, ow, o] · w[kh, kw, c, o]
    static func dataGradient(
        _ g: ConvolutionGeometry, _ dy: UnsafePointer<Float>, _ w: UnsafePointer<Float>,
        into dx: UnsafeMutablePointer<Float>
    ) {
        dx.update(repeating: 0, count: g.inputCount)
        forEachOutput(g) { n, oh, ow, out in
            forEachTap(g, n, oh, ow) { input, tap in
                forEachChannel(g, tap) { c, filters, weights in
                    var sum: Float = 0
                    for o in filters { sum += dy[out + o] * w[weights + o] }
                    dx[input + c] += sum
                }
            }
        }
    }

    /// dw[kh, kw, c, o] ← beta · dw + Σ n, oh, ow: x[n, ih, iw, c] · dy[n, oh, ow, o]
    static func weightGradient(
        _ g: ConvolutionGeometry, _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>,
        into dw: UnsafeMutablePointer<Float>, beta: Float
    ) {
        Elementwise.scale(dw, by: beta, count: g.weightCount)
        forEachOutput(g) { n, oh, ow, out in
            forEachTap(g, n, oh, ow) { input, tap in
                forEachChannel(g, tap) { c, filters, weights in
                    for o in filters { dw[weights + o] += x[input + c] * dy[out + o] }
                }
            }
        }
    }

    @inline(__always)
    private static func forEachOutput(
        _ g: ConvolutionGeometry, _ body: (_ n: Int, _ oh: Int, _ ow: Int, _ offset: Int) -> Void
    ) {
        for n in 0..<g.batch {
            for oh in 0..<g.outputHeight {
                for ow in 0..<g.outputWidth {
                    body(n, oh, ow, ((n * g.outputHeight + oh) * g.outputWidth + ow) * g.filters)
                }
            }
        }
    }

    /// Calls `body` for the taps of output pixel (oh, ow) inside the image, with the offset of each tap's
    /// pixel.
    @inline(__always)
    private static func forEachTap(
        _ g: ConvolutionGeometry, _ n: Int, _ oh: Int, _ ow: Int, _ body: (_ input: Int, _ tap: Int) -> Void
    ) {
        for kh in 0..<g.kernelHeight {
            let ih = oh * g.strideY + kh * g.dilationY - g.top
            guard ih >= 0 && ih < g.height else { continue }
            for kw in 0..<g.kernelWidth {
                let iw = ow * g.strideX + kw * g.dilationX - g.left
                guard iw >= 0 && iw < g.width else { continue }
                body(((n * g.height + ih) * g.width + iw) * g.channels, kh * g.kernelWidth + kw)
            }
        }
    }

    /// Calls `body` for each channel with the filters of its group and the offset of the tap's weights: that
    /// of filter o is w[weights + o].
    @inline(__always)
    private static func forEachChannel(
        _ g: ConvolutionGeometry, _ tap: Int,
        _ body: (_ channel: Int, _ filters: Range<Int>, _ weights: Int) -> Void
    ) {
        for group in 0..<g.groups {
            let filters = group * g.groupFilters..<(group + 1) * g.groupFilters
            for c in 0..<g.groupChannels {
                body(group * g.groupChannels + c, filters, (tap * g.groupChannels + c) * g.filters)
            }
        }
    }
}
