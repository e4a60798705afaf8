// Focal losses: a cross-entropy times (1 − p)^γ, where p is the probability of what is right, so that what
// is easy counts less. Lin et al., "Focal Loss for Dense Object Detection" (2017).

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension LossRows {
    /// u^γ
    @inline(__always)
    private static func power(_ u: Float, _ gamma: Float) -> Float { gamma == 2 ? u * u : powf(u, gamma) }

    /// The loss of one yes or no and its slope by the logit; that by p is the same over p·(1 − p).
    ///
    /// - Parameters:
    ///   - p, q: the probabilities of yes and of no.
    ///   - entropy: −t·ln p − (1 − t)·ln q.
    ///   - alpha: the weight of t = 1, as 1 − alpha is that of t = 0; nil for 1 each.
    @inline(__always)
    private static func binaryFocal(
        _ p: Float, _ q: Float, _ t: Float, _ entropy: Float, _ gamma: Float, _ alpha: Float?
    ) -> (loss: Float, slope: Float) {
        let miss = t * q + (1 - t) * p  // 1 − the probability of what is right
        let factor = power(miss, gamma)
        let factorSlope = gamma * power(max(miss, epsilon), gamma) / max(miss, epsilon)
        let weight = alpha.map { t * $0 + (1 - t) * (1 - $0) } ?? 1
        return (
            weight * factor * entropy,
            weight * (factorSlope * (1 - 2 * t) * p * q * entropy + factor * (p - t))
        )
    }

    /// Σ w·(1 − pₜ)^γ·(−t·ln p − (1 − t)·ln(1 − p)) / C, pₜ = t·p + (1 − t)·(1 − p).
    package static func binaryFocalFromProbabilities(gamma: Float, alpha: Float?) -> Row {
        { p, t, columns, dp in
            mean(p, t, columns, dp) { p, t in
                let kept = min(max(p, epsilon), 1 - epsilon)
                let entropy = p.isNaN ? .nan : -t * logf(kept) - (1 - t) * logf(1 - kept)
                let loss = binaryFocal(p, 1 - p, t, entropy, gamma, alpha)
                return kept == p ? (loss.loss, loss.slope / (p * (1 - p))) : (loss.loss, 0)
            }
        }
    }

    /// The same from logits, p = σ(x).
    package static func binaryFocalFromLogits(gamma: Float, alpha: Float?) -> Row {
        { x, t, columns, dx in
            mean(x, t, columns, dx) { x, t in
                let e = expf(-abs(x))
                let (large, small) = (1 / (1 + e), e / (1 + e))
                let entropy = (x > 0 ? x : 0) - x * t + log1pf(e)
                return x >= 0
                    ? binaryFocal(large, small, t, entropy, gamma, alpha)
                    : binaryFocal(small, large, t, entropy, gamma, alpha)
            }
        }
    }

    /// q·∂/∂q of −α·t·(1 − q)^γ·ln q.
    @inline(__always)
    private static func focalSlope(_ q: Float, _ logarithm: Float, _ t: Float, _ gamma: Float, _ alpha: Float)
        -> Float
    {
        let miss = max(1 - q, epsilon)
        let inner = power(miss, gamma)
        return alpha * t * (gamma * q * (inner / miss) * logarithm - inner)
    }

    /// −α·Σ t·(1 − q)^γ·ln q, q = p / Σp.
    package static func categoricalFocalFromProbabilities(gamma: Float, alpha: Float) -> Row {
        { p, t, columns, dp in
            let total = Float(sum(columns) { p[$0] })
            var inner = 0.0  // Σ q·∂loss/∂q, which scaling subtracts from every gradient
            let loss = -sum(columns) { i in
                let q = p[i] / total
                let kept = min(max(q, epsilon), 1 - epsilon)
                let logarithm = logf(kept)
                dp[i] = kept == q ? focalSlope(q, logarithm, t[i], gamma, alpha) / q : 0
                inner += Double(q * dp[i])
                return alpha * t[i] * power(1 - kept, gamma) * logarithm
            }
            let shift = Float(inner)
            for i in 0..<columns { dp[i] = (dp[i] - shift) / total }
            return total.isNaN ? .nan : Float(loss)
        }
    }

    /// The same from logits, q = softmax(x).
    package static func categoricalFocalFromLogits(gamma: Float, alpha: Float) -> Row {
        { x, t, columns, dx in
            let logSum = SoftmaxKernel.forwardRow(x, into: dx, columns)
            var inner = 0.0
            let loss = -sum(columns) { i in
                let logarithm = x[i] - logSum
                inner += Double(focalSlope(dx[i], logarithm, t[i], gamma, alpha))
                return alpha * t[i] * power(max(1 - dx[i], 0), gamma) * logarithm
            }
            let shift = Float(inner)
            for i in 0..<columns {
                dx[i] = focalSlope(dx[i], x[i] - logSum, t[i], gamma, alpha) - dx[i] * shift
            }
            return Float(loss)
        }
    }
}
