import Cognitron

/// One term of a detector's loss: a loss of some of the numbers that the network gives for each box.
struct RowTerm {
    let loss: Loss

    /// - Parameter loss: of rows, with the reduction `.sum`.
    init(_ loss: Loss) { self.loss = loss }

    /// Σ over a sample's rows of weight · loss, and the gradient of their sum.
    ///
    /// - Parameters:
    ///   - prediction: (N, R, P).
    ///   - target: (N, R, P), or (N, R) of classes.
    ///   - weights: (N, R).
    func callAsFunction(
        _ prediction: Tensor, _ target: Tensor, weights: Tensor
    ) -> (losses: Tensor, gradient: Tensor) {
        (
            (loss.losses(prediction, target) * weights).sum(axis: 1),
            loss(prediction, target, sampleWeight: weights).gradient
        )
    }
}
