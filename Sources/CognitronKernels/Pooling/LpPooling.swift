// The p-norm of each window: a sum of magnitudes for p = 1, the maximum for p → ∞.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

package enum LpPooling {
    /// y ← (Σ |x|ᵖ)^(1/p) over each window; of the mean instead of the sum if `isMean`.
    package static func forward(
        _ g: PoolingGeometry, p: Float, isMean: Bool = false, _ x: UnsafePointer<Float>,
        into y: UnsafeMutablePointer<Float>
    ) {
        g.forEachImage { n in
            for oh in 0..<g.outputHeight {
                for ow in 0..<g.outputWidth {
                    let out = y + g.output(n, oh, ow)
                    let share = isMean ? 1 / Float(g.rows(oh).count * g.columns(ow).count) : 1
                    for c in 0..<g.channels {
                        var sum: Float = 0
                        for ih in g.rows(oh) {
                            for iw in g.columns(ow) { sum += power(abs(x[g.input(n, ih, iw) + c]), p) }
                        }
                        out[c] = power(sum * share, 1 / p)
                    }
                }
            }
        }
    }

    /// dx ← Σ dy · sign(x) · (|x| / y)^(p−1) over the windows of each pixel; windows with y = 0 add 0.
    /// Divided by the window's pixels if `isMean`.
    package static func backward(
        _ g: PoolingGeometry, p: Float, isMean: Bool = false, _ x: UnsafePointer<Float>,
        _ y: UnsafePointer<Float>,
        _ dy: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>
    ) {
        let imageSize = g.height * g.width * g.channels
        g.forEachImage { n in
            (dx + n * imageSize).update(repeating: 0, count: imageSize)
            for oh in 0..<g.outputHeight {
                for ow in 0..<g.outputWidth {
                    let out = g.output(n, oh, ow)
                    let scale = isMean ? 1 / Float(g.rows(oh).count * g.columns(ow).count) : 1
                    for c in 0..<g.channels where y[out + c] > 0 {
                        for ih in g.rows(oh) {
                            for iw in g.columns(ow) {
                                let at = g.input(n, ih, iw) + c
                                let share = scale * power(abs(x[at]) / y[out + c], p - 1)
                                dx[at] += x[at] < 0 ? -dy[out + c] * share : dy[out + c] * share
                            }
                        }
                    }
                }
            }
        }
    }

    /// xᵖ, without `pow` for the common exponents.
    @inline(__always)
    private static func power(_ x: Float, _ p: Float) -> Float {
        switch p {
        case 1: x
        case 2: x * x
        case 0.5: x.squareRoot()
        default: pow(x, p)
        }
    }
}
