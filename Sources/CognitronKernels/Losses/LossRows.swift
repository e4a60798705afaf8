// Losses and their gradients for one row of predictions. A row is the last axis: the classes of one sample,
// or of one pixel.
//
// Each function returns the row's loss and writes dp, the gradient with respect to the prediction p.
// Probabilities are clipped to ε = 10⁻⁷ from 0 and 1, as in Keras. NaN in a row makes its loss NaN.

package enum LossRows {
    /// p: predictions (columns), t: targets, dp: the gradient. For sparse losses, t is one class index.
    package typealias Row =
        @Sendable (
            _ p: UnsafePointer<Float>, _ t: UnsafePointer<Float>, _ columns: Int,
            _ dp: UnsafeMutablePointer<Float>
        ) -> Float

    static let epsilon: Float = 1e-7

    /// Terms added in `Float` before they are added to a `Double`: a `Float` sum loses terms 2²⁴ times
    /// smaller, as in rows of millions of columns.
    private static let block = 128

    /// Σ term(i) over the columns.
    @inline(__always)
    static func sum(_ columns: Int, _ term: (_ i: Int) -> Float) -> Double {
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
    static func mean(_ columns: Int, _ term: (_ i: Int) -> Float) -> Float {
        Float(sum(columns, term) / Double(columns))
    }

    /// Σ term(p, t) / C, and the gradient from the terms' slopes.
    @inline(__always)
    static func mean(
        _ p: UnsafePointer<Float>, _ t: UnsafePointer<Float>, _ columns: Int,
        _ dp: UnsafeMutablePointer<Float>, _ term: (_ p: Float, _ t: Float) -> (loss: Float, slope: Float)
    ) -> Float {
        let scale = 1 / Float(columns)
        return mean(columns) { i in
            let (loss, slope) = term(p[i], t[i])
            dp[i] = scale * slope
            return loss
        }
    }
}

/// How rows, their targets and their weights lie in memory.
package struct RowGeometry {
    package var rows: Int
    package var columns: Int
    /// 1 where a row's target is a class index.
    package var targetColumns: Int
    /// Consecutive rows that share a weight.
    package var rowsPerWeight: Int

    package init(rows: Int, columns: Int, targetColumns: Int, rowsPerWeight: Int) {
        (self.rows, self.columns) = (rows, columns)
        (self.targetColumns, self.rowsPerWeight) = (targetColumns, rowsPerWeight)
    }

    /// Rows per tile.
    var grain: Int { max(1, Elementwise.grain / max(1, columns)) }
}

extension LossRows {
    /// losses ← weight · loss of each row (rows), dp ← weight / divisor · its gradient (rows, columns). A row
    /// of weight 0 may hold anything.
    ///
    /// - Parameter weights: (rows / rowsPerWeight); nil for 1 each.
    package static func evaluate(
        _ row: Row, _ p: UnsafePointer<Float>, _ t: UnsafePointer<Float>, _ g: RowGeometry,
        weights: UnsafePointer<Float>?, divisor: Float, into losses: UnsafeMutablePointer<Float>,
        gradient dp: UnsafeMutablePointer<Float>
    ) {
        WorkerPool.shared.run(total: g.rows, grain: g.grain) { range, _ in
            for r in range {
                let weight = weights.map { $0[r / g.rowsPerWeight] } ?? 1
                let gradient = dp + r * g.columns
                guard weight != 0 else {
                    losses[r] = 0
                    gradient.update(repeating: 0, count: g.columns)
                    continue
                }
                losses[r] = weight * row(p + r * g.columns, t + r * g.targetColumns, g.columns, gradient)
                let scale = weight / divisor
                for i in 0..<g.columns { gradient[i] *= scale }
            }
        }
    }
}
