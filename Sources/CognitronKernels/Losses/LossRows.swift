// Losses and their gradients for one row of predictions. A row is the last axis: the classes of one sample,
// or of one pixel.
//
// Each function returns the row's loss and writes dp, the gradient with respect to the prediction p.
// Probabilities are clipped to ε = 10⁻⁷ from 0 and 1, as in Keras.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

package enum LossRows {
    /// p: predictions (columns), t: targets, dp: the gradient. For sparse losses, t is one class index.
    package typealias Row =
        @Sendable (
            _ p: UnsafePointer<Float>, _ t: UnsafePointer<Float>, _ columns: Int,
            _ dp: UnsafeMutablePointer<Float>
        ) -> Float

    private static let epsilon: Float = 1e-7

    /// Terms added in `Float` before they are added to a `Double`: a `Float` sum loses terms 2²⁴ times
    /// smaller, as in rows of millions of columns.
    private static let block = 128

    /// Σ term(i) over the columns.
    @inline(__always)
    private static func sum(_ columns: Int, _ term: (_ i: Int) -> Float) -> Double {
        var total = 0.0
        var start = 0
        while start < columns {
            let end = min(start &+ block, columns)
            var sum: Float = 0
            for i in start..<end { sum += term(i) }
            total += Double(sum)
            start = end
        }
        return total
    }

    /// Σ term(i) / C
    @inline(__always)
    private static func mean(_ columns: Int, _ term: (_ i: Int) -> Float) -> Float {
        Float(sum(columns, term) / Double(columns))
    }

    /// Σ (p − t)² / C
    package static let squaredError: Row = { p, t, columns, dp in
        let scale = 1 / Float(columns)
        return mean(columns) { i in
            let d = p[i] - t[i]
            dp[i] = 2 * scale * d
            return d * d
        }
    }

    /// Σ |p − t| / C
    package static let absoluteError: Row = { p, t, columns, dp in
        let scale = 1 / Float(columns)
        return mean(columns) { i in
            let d = p[i] - t[i]
            dp[i] = d == 0 ? 0 : (d > 0 ? scale : -scale)
            return abs(d)
        }
    }

    /// Quadratic up to `delta`, linear beyond (Huber 1964).
    package static func huber(_ delta: Float) -> Row {
        { p, t, columns, dp in
            let scale = 1 / Float(columns)
            return mean(columns) { i in
                let d = p[i] - t[i]
                let isSmall = abs(d) <= delta
                dp[i] = scale * (isSmall ? d : (d > 0 ? delta : -delta))
                return isSmall ? 0.5 * d * d : delta * (abs(d) - 0.5 * delta)
            }
        }
    }

    /// −Σ (t·ln p + (1 − t)·ln(1 − p)) / C
    package static let binaryFromProbabilities: Row = { p, t, columns, dp in
        let scale = 1 / Float(columns)
        return -mean(columns) { i in
            let q = min(max(p[i], epsilon), 1 - epsilon)
            dp[i] = q == p[i] ? scale * (q - t[i]) / (q * (1 - q)) : 0
            return p[i].isNaN ? .nan : t[i] * logf(q) + (1 - t[i]) * logf(1 - q)
        }
    }

    /// The same from logits: Σ (max(x, 0) − x·t + ln(1 + e^−|x|)) / C, with the gradient σ(x) − t.
    package static let binaryFromLogits: Row = { x, t, columns, dx in
        let scale = 1 / Float(columns)
        return mean(columns) { i in
            let e = expf(-abs(x[i]))
            let sigmoid = x[i] >= 0 ? 1 / (1 + e) : e / (1 + e)
            dx[i] = scale * (sigmoid - t[i])
            return x[i].isNaN ? .nan : (x[i] > 0 ? x[i] : 0) - x[i] * t[i] + log1pf(e)
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

    /// `row` with targets written by `soften`: class indices as C numbers, or numbers moved towards the mean.
    private static func softened(
        _ row: @escaping Row,
        _ soften:
            @escaping @Sendable (
                _ t: UnsafePointer<Float>, _ columns: Int, _ soft: UnsafeMutablePointer<Float>
            ) -> Void
    ) -> Row {
        { p, t, columns, dp in
            withUnsafeTemporaryAllocation(of: Float.self, capacity: max(1, columns)) { soft in
                guard let soft = soft.baseAddress else { return 0 }
                soften(t, columns, soft)
                return row(p, soft, columns, dp)
            }
        }
    }

    /// Label smoothing: `row` with targets (1 − smoothing) · t + smoothing / C, or + smoothing / 2 where each
    /// number is an independent binary target.
    package static func smoothed(_ row: @escaping Row, by smoothing: Float, isBinary: Bool) -> Row {
        softened(row) { t, columns, soft in
            let offset = smoothing * (isBinary ? 0.5 : 1 / Float(columns))
            for i in 0..<columns { soft[i] = (1 - smoothing) * t[i] + offset }
        }
    }

    /// Label smoothing for class indices: passes `row` one-hot targets, smoothed.
    package static func smoothedClass(_ row: @escaping Row, by smoothing: Float) -> Row {
        softened(row) { t, columns, soft in
            soft.update(repeating: smoothing / Float(columns), count: columns)
            soft[Int(t[0])] += 1 - smoothing
        }
    }
}
