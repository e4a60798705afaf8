import CognitronKernels

/// Losses of the rows of a batch, where a row is the last axis.
enum RowLosses {
    /// The losses of all rows times their weights, and the gradient of their sum over `divisor`.
    ///
    /// - Parameters:
    ///   - prediction: `(N, …, C)`.
    ///   - target: the same shape, or one class number a row, `(N, …)`.
    ///   - weights: `(N)`, or one a row, `(N, …)`; nil for 1 each. A row of weight 0 may hold anything.
    /// - Returns: losses `(N, …)` and the gradient with respect to the prediction.
    static func evaluate(
        _ row: LossRows.Row, _ prediction: Tensor, _ target: Tensor, weights: Tensor?, divisor: Float
    ) -> (losses: Tensor, gradient: Tensor) {
        let geometry = RowGeometry(prediction, target, weights)
        var losses = Tensor(uninitialized: Shape(prediction.shape.dropLast()))
        var gradient = Tensor(uninitialized: prediction.shape)
        LossRows.evaluate(
            row, prediction.pointer, target.pointer, geometry, weights: weights?.pointer, divisor: divisor,
            into: losses.mutablePointer, gradient: gradient.mutablePointer)
        withExtendedLifetime((prediction, target, weights, losses, gradient)) {}
        return (losses, gradient)
    }
}

extension Tensor {
    /// The sum of all elements with the precision of `Double`.
    var preciseSum: Double {
        withUnsafeScalars { $0.baseAddress.map { Reduction.sum($0, count: count) } ?? 0 }
    }
}

extension RowGeometry {
    init(_ prediction: Tensor, _ target: Tensor, _ weights: Tensor?) {
        let columns = prediction.shape.last ?? 1
        let rows = prediction.count / max(1, columns)
        self.init(
            rows: rows, columns: columns, targetColumns: target.count == prediction.count ? columns : 1,
            rowsPerWeight: max(1, rows / max(1, weights?.count ?? rows)))
    }
}
