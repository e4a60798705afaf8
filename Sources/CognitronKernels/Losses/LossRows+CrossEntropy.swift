// Cross-entropies of yes and no, of classes as one-hot rows, and of class numbers.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension LossRows {
    /// −Σ (t·ln p + (1 − t)·ln(1 − p)) / C
    package static let binaryFromProbabilities: Row = { p, t, columns, dp in
        mean(p, t, columns, dp) { p, t in
            let q = min(max(p, epsilon), 1 - epsilon)
            return (
                p.isNaN ? .nan : -t * logf(q) - (1 - t) * logf(1 - q),
                q == p ? (q - t) / (q * (1 - q)) : 0
            )
        }
    }

    /// The same from logits: Σ (max(x, 0) − x·t + ln(1 + e^−|x|)) / C, with the gradient σ(x) − t.
    package static let binaryFromLogits: Row = { x, t, columns, dx in
        mean(x, t, columns, dx) { x, t in
            let e = expf(-abs(x))
            let sigmoid = x >= 0 ? 1 / (1 + e) : e / (1 + e)
            return (x.isNaN ? .nan : (x > 0 ? x : 0) - x * t + log1pf(e), sigmoid - t)
        }
    }

    /// −Σ t·ln(p / Σp): the row is first scaled to sum to 1, as in Keras.
    package static let categoricalFromProbabilities: Row = { p, t, columns, dp in
        let total = Float(sum(columns) { p[$0] })
        var inner = 0.0  // Σ q·∂loss/∂q, which scaling subtracts from every gradient
        let loss = -sum(columns) { i in
            let q = p[i] / total
            let kept = min(max(q, epsilon), 1 - epsilon)
            dp[i] = kept == q ? -t[i] / kept : 0
            inner += Double(q * dp[i])
            return t[i] * logf(kept)
        }
        let shift = Float(inner)
        for i in 0..<columns { dp[i] = (dp[i] - shift) / total }
        return total.isNaN ? .nan : Float(loss)
    }

    /// The same from logits: softmax and cross-entropy fused, with the gradient softmax(x)·Σt − t.
    package static let categoricalFromLogits: Row = { x, t, columns, dx in
        let logSum = SoftmaxKernel.forwardRow(x, into: dx, columns)
        let loss = sum(columns) { t[$0] * (logSum - x[$0]) }
        let weight = Float(sum(columns) { t[$0] })
        for i in 0..<columns { dx[i] = dx[i] * weight - t[i] }
        return Float(loss)
    }

    /// −ln (p[class] / Σp)
    package static let sparseFromProbabilities: Row = { p, t, columns, dp in
        let label = Int(t[0])
        let total = Float(sum(columns) { p[$0] })
        let q = p[label] / total
        let kept = min(max(q, epsilon), 1 - epsilon)
        let slope = kept == q ? -1 / kept : 0
        for i in 0..<columns { dp[i] = -q * slope / total }
        dp[label] += slope / total
        return total.isNaN ? .nan : -logf(kept)
    }

    /// The same from logits: ln Σeˣ − x[class], with the gradient softmax(x) − one-hot.
    package static let sparseFromLogits: Row = { x, t, columns, dx in
        let logSum = SoftmaxKernel.forwardRow(x, into: dx, columns)
        let label = Int(t[0])
        dx[label] -= 1
        return logSum - x[label]
    }

    /// (1 − p[class]^q) / q: from −ln p (q → 0) to 1 − p (q = 1). Zhang and Sabuncu, "Generalized Cross
    /// Entropy Loss for Training Deep Neural Networks with Noisy Labels" (2018).
    package static func generalizedFromProbabilities(_ q: Float) -> Row {
        { p, t, columns, dp in
            let label = Int(t[0])
            let right = Float(sum(columns) { $0 == label ? p[$0] : 0 * p[$0] })
            for i in 0..<columns { dp[i] = 0 }
            dp[label] = -powf(right, q - 1)
            return (1 - powf(right, q)) / q
        }
    }

    /// The same from logits, p = softmax(x), with the gradient p[class]^q · (p − one-hot).
    package static func generalizedFromLogits(_ q: Float) -> Row {
        { x, t, columns, dx in
            let logSum = SoftmaxKernel.forwardRow(x, into: dx, columns)
            let label = Int(t[0])
            let exponent = q * (x[label] - logSum)
            dx[label] -= 1
            let power = expf(exponent)
            for i in 0..<columns { dx[i] *= power }
            return -expm1f(exponent) / q
        }
    }

    /// Σ t·ln(t / p), both clipped to at least ε and at most 1: the Kullback-Leibler divergence.
    package static let divergence: Row = { p, t, columns, dp in
        let loss = sum(columns) { i in
            let (kept, target) = (min(max(p[i], epsilon), 1), min(max(t[i], epsilon), 1))
            dp[i] = kept == p[i] ? -target / kept : 0
            return target * (p[i].isNaN ? .nan : logf(target / kept))
        }
        return Float(loss)
    }
}
