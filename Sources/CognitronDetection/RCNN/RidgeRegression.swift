import Cognitron

extension Tensor {
    /// The coefficients of a linear function of these samples' features, with a bias, that comes nearest to
    /// targets and stays small.
    ///
    ///     minimise ‖x · w + b − y‖² + λ ‖w‖²
    ///
    /// - Parameters:
    ///   - targets: (N, M), where this tensor is (N, features).
    ///   - penalty: λ, above 0; the bias is penalised too.
    /// - Returns: the weights (features, M) and the bias (M).
    public func ridgeRegression(_ targets: Tensor, penalty: Float) -> (weights: Tensor, bias: Tensor) {
        precondition(
            rank == 2 && targets.rank == 2 && shape[0] == targets.shape[0] && penalty > 0,
            "ridge regression of \(shape) and \(targets.shape) with a penalty of \(penalty)")
        let width = shape[1] + 1
        let ones = Tensor(repeating: 1, shape: [shape[0], 1])
        let shrinking = Tensor(
            (0..<width * width).map { $0 / width == $0 % width ? penalty.squareRoot() : 0 },
            shape: [width, width])
        let zeros = Tensor(repeating: 0, shape: [width, targets.shape[1]])
        let samples = Tensor.concatenated([self, ones], axis: 1)
        let coefficients = Tensor.concatenated([samples, shrinking], axis: 0)
            .leastSquares(.concatenated([targets, zeros], axis: 0))
        return (
            coefficients.slice(axis: 0, 0..<shape[1]), coefficients.slice(axis: 0, shape[1])
        )
    }
}
