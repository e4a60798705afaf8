// Losses of numbers that should be near each other.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

extension LossRows {
    /// Σ (p − t)² / C
    package static let squaredError: Row = { p, t, columns, dp in
        mean(p, t, columns, dp) { p, t in ((p - t) * (p - t), 2 * (p - t)) }
    }

    /// Σ |p − t| / C
    package static let absoluteError: Row = { p, t, columns, dp in
        mean(p, t, columns, dp) { p, t in (abs(p - t), sign(p - t)) }
    }

    /// 100 · Σ |p − t| / max(|t|, ε) / C
    package static let absolutePercentageError: Row = { p, t, columns, dp in
        mean(p, t, columns, dp) { p, t in
            let scale = 100 / max(abs(t), epsilon)
            return (scale * abs(p - t), scale * sign(p - t))
        }
    }

    /// Σ (ln(1 + max(p, ε)) − ln(1 + max(t, ε)))² / C
    package static let squaredLogarithmicError: Row = { p, t, columns, dp in
        mean(p, t, columns, dp) { p, t in
            let d = log1pf(max(p, epsilon)) - log1pf(max(t, epsilon))
            return (d * d, p >= epsilon ? 2 * d / (p + 1) : 0)
        }
    }

    /// Quadratic up to `delta`, linear beyond (Huber 1964).
    package static func huber(_ delta: Float) -> Row {
        { p, t, columns, dp in
            mean(p, t, columns, dp) { p, t in
                let d = p - t
                return abs(d) <= delta
                    ? (0.5 * d * d, d) : (delta * (abs(d) - 0.5 * delta), d > 0 ? delta : -delta)
            }
        }
    }

    /// Σ ln cosh(p − t) / C, ln cosh d = |d| + ln(1 + e^−2|d|) − ln 2.
    package static let logCosh: Row = { p, t, columns, dp in
        mean(p, t, columns, dp) { p, t in
            let size = abs(p - t)
            return (size + log1pf(expf(-2 * size)) - 0.693_147_18, tanhf(p - t))
        }
    }

    /// Σ (p − t·ln(p + ε)) / C
    package static let poisson: Row = { p, t, columns, dp in
        mean(p, t, columns, dp) { p, t in (p - t * logf(p + epsilon), 1 - t / (p + epsilon)) }
    }

    /// Σ (t·p² + (1 − t)·max(margin − p, 0)²) / C: p is the distance of a pair, t is 1 for a similar one.
    package static func contrastive(_ margin: Float) -> Row {
        { p, t, columns, dp in
            mean(p, t, columns, dp) { p, t in
                let gap = max(margin - p, 0)
                return (t * p * p + (1 - t) * gap * gap, 2 * (t * p - (1 - t) * gap))
            }
        }
    }

    /// −Σ p̂·t̂, each row scaled to length 1 (or by 1 / ε where it is shorter than ε).
    package static let cosineSimilarity: Row = { p, t, columns, dp in
        let (cosine, inverseP, inverseT) = cosine(p, t, columns)
        let (along, across) = (
            Float(inverseP < inverseLimit ? cosine * inverseP * inverseP : 0), Float(inverseP * inverseT)
        )
        for i in 0..<columns { dp[i] = along * p[i] - across * t[i] }
        return Float(-cosine)
    }

    private static let inverseLimit = 1 / Double(epsilon)

    /// The cosine of the angle between two rows, and what their lengths are divided by, inverted.
    static func cosine(
        _ p: UnsafePointer<Float>, _ t: UnsafePointer<Float>, _ columns: Int
    ) -> (cosine: Double, inverseP: Double, inverseT: Double) {
        func inverse(_ square: Double) -> Double { min(1 / square.squareRoot(), inverseLimit) }
        let inverseP = inverse(sum(columns) { p[$0] * p[$0] })
        let inverseT = inverse(sum(columns) { t[$0] * t[$0] })
        return (sum(columns) { p[$0] * t[$0] } * inverseP * inverseT, inverseP, inverseT)
    }

    /// −1, 0 or 1.
    @inline(__always)
    private static func sign(_ x: Float) -> Float { x == 0 ? 0 : (x > 0 ? 1 : -1) }
}
