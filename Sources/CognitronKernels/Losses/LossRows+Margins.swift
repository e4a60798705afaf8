// Hinge losses: nothing to pay beyond a margin. Targets are −1 or 1; a 0 counts as −1.

extension LossRows {
    /// Σ max(1 − t·p, 0) / C
    package static let hinge: Row = { p, t, columns, dp in
        mean(p, t, columns, dp) { p, t in
            let side = t == 0 ? -1 : t
            let gap = 1 - side * p
            return (max(gap, 0), gap > 0 ? -side : 0)
        }
    }

    /// Σ max(1 − t·p, 0)² / C
    package static let squaredHinge: Row = { p, t, columns, dp in
        mean(p, t, columns, dp) { p, t in
            let side = t == 0 ? -1 : t
            let gap = max(1 - side * p, 0)
            return (gap * gap, -2 * side * gap)
        }
    }

    /// max(1 + max (1 − t)·p − Σ t·p, 0)
    package static let categoricalHinge: Row = { p, t, columns, dp in
        var strongest = 0
        for i in 0..<columns where (1 - t[i]) * p[i] > (1 - t[strongest]) * p[strongest] { strongest = i }
        let right = Float(sum(columns) { t[$0] * p[$0] })
        let gap = (1 - t[strongest]) * p[strongest] - right + 1
        let slope: Float = gap > 0 ? 1 : 0
        for i in 0..<columns { dp[i] = -slope * t[i] }
        dp[strongest] += slope * (1 - t[strongest])
        return max(gap, 0)
    }
}
