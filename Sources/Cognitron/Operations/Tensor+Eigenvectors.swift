import CognitronKernels

extension Tensor {
    /// The eigenvalues of a symmetric matrix in ascending order, and its orthonormal eigenvectors.
    ///
    ///     self = Σ values[k] · vectors[k] · vectors[k]ᵀ
    ///
    /// Only the lower triangle is read. Numbers that are not finite give results that are not.
    ///
    /// - Returns: values `(n)` and vectors `(n, n)`, one a row.
    /// - Source: LAPACK `ssyevd`.
    public func symmetricEigenvectors() -> (values: Tensor, vectors: Tensor) {
        require(
            rank == 2 && shape[0] == shape[1] && shape[0] > 0, "eigenvectors of a tensor of shape \(shape)")
        let size = shape[0]
        var (values, vectors) = (Tensor(uninitialized: [size]), self)
        guard LAPACK.decomposeSymmetric(vectors.mutablePointer, size: size, values: values.mutablePointer)
        else { return (Tensor(repeating: .nan, shape: [size]), Tensor(repeating: .nan, shape: shape)) }
        return (values, vectors.permuted([1, 0]))
    }
}

extension Tensor {
    /// The singular values of a matrix, largest first.
    ///
    /// They are eigenvalues of [[0, M], [Mᵀ, 0]], which has ±σ: those of Mᵀ·M would be σ² and lose the small
    /// ones in rounding.
    ///
    /// - Returns: `(min(m, n))` for `(m, n)`.
    public func singularValues() -> Tensor {
        require(rank == 2 && count > 0, "singular values of a tensor of shape \(shape)")
        let (rows, columns) = (shape[0], shape[1])
        let top = Tensor.concatenated([.zeros([rows, rows]), self], axis: 1)
        let bottom = Tensor.concatenated([transposed, .zeros([columns, columns])], axis: 1)
        let values = Tensor.concatenated([top, bottom], axis: 0).symmetricEigenvectors().values
        return values.flipped(axis: 0).slice(axis: 0, 0..<Swift.min(rows, columns)).maximum(0)
    }
}
