// Losses of rows made of others: with softer targets, with weights of classes.

extension LossRows {
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

    /// A loss of class indices, times the weight of the row's class.
    ///
    /// - Parameter weights: (columns)
    package static func weighted(_ row: @escaping Row, byClass weights: [Float]) -> Row {
        { p, t, columns, dp in
            require(weights.count == columns, "\(weights.count) class weights for \(columns) classes")
            let weight = weights[Int(t[0])]
            let loss = weight * row(p, t, columns, dp)
            for i in 0..<columns { dp[i] *= weight }
            return loss
        }
    }
}
