import CognitronKernels

extension Tensor {
    /// The Euclidean distances of the rows of this matrix from those of another.
    ///
    ///     output[i, j] = √(|a[i]|² + |b[j]|² − 2 · a[i] · b[j])
    ///
    /// Distances far below the rows' lengths are rounding errors of these.
    ///
    /// - Parameter other: `(M, D)`, where this matrix is `(N, D)`.
    /// - Returns: `(N, M)`.
    public func distances(to other: Tensor) -> Tensor {
        require(
            rank == 2 && other.rank == 2 && shape[1] == other.shape[1],
            "distances of rows of shapes \(shape) and \(other.shape)")
        let squares = squared.sum(axis: 1, keepingDimensions: true) + other.squared.sum(axis: 1)
        return (squares - 2 * matmul(other, transposingOther: true)).maximum(0).squareRoot
    }
}
