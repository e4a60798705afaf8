import CognitronKernels

extension Tensor {
    /// The coefficients with which the columns of this matrix come nearest to targets.
    ///
    ///     a.leastSquares(y) = argmin ‖a · c − y‖²
    ///
    /// - Parameter targets: `(N, M)`, where this matrix is `(N, K)` with N ≥ K.
    /// - Returns: `(K, M)`; NaN where the columns depend on one another or a number is not finite.
    /// - Source: LAPACK `sgels`, by QR factorisation.
    public func leastSquares(_ targets: Tensor) -> Tensor {
        require(
            rank == 2 && targets.rank == 2 && shape[0] == targets.shape[0] && shape[0] >= shape[1],
            "least squares of \(shape) and \(targets.shape); expected (N, K) and (N, M) with N ≥ K")
        let (rows, columns, solutions) = (shape[0], shape[1], targets.shape[1])
        var (factors, result) = (self, targets)
        let isSolved = LAPACK.solveLeastSquares(
            factors.mutablePointer, rows: rows, columns: columns, result.mutablePointer, solutions: solutions)
        return isSolved
            ? result.slice(axis: 0, 0..<columns)
            : Tensor(repeating: .nan, shape: [columns, solutions])
    }
}
