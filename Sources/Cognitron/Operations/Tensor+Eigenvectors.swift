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
