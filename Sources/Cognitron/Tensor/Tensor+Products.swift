import CognitronKernels

// Matrix products and the axes' order.

extension Tensor {
    /// The matrix product over the last axis of `self` and the first of `other`.
    ///
    /// `(…, k) · (k, n)` gives `(…, n)`: leading axes of `self` are kept. The transposes cost nothing: they are
    /// read in place.
    public func matmul(
        _ other: Tensor, transposingSelf: Bool = false, transposingOther: Bool = false
    ) -> Tensor {
        precondition(rank >= 1 && other.rank == 2, "matmul of shapes \(shape) and \(other.shape)")
        precondition(!transposingSelf || rank == 2, "matmul with the transpose of a tensor of shape \(shape)")
        let (a, b) = (
            transposingSelf ? matrix.transposed : matrix,
            transposingOther ? other.matrix.transposed : other.matrix
        )
        precondition(
            a.columns == b.rows,
            "matmul of shapes \(shape) and \(other.shape): the inner sizes \(a.columns) and \(b.rows) differ")
        var result = Tensor(
            uninitialized: transposingSelf ? [a.rows, b.columns] : shape.replacingLast(with: b.columns))
        BLAS.multiplyInParallel(a, b, into: result.mutablePointer)
        withExtendedLifetime((self, other, result)) {}
        return result
    }

    /// All leading axes as rows, the last as columns.
    package var matrix: MatrixView {
        let columns = shape.last ?? 1
        return MatrixView(pointer, columns == 0 ? 0 : count / columns, columns)
    }

    /// The transpose of a matrix, copied.
    public var transposed: Tensor {
        precondition(
            rank == 2, "the transpose of a tensor of shape \(shape); name the axes with permuted(_:)")
        return permuted([1, 0])
    }

    /// The axes in another order: axis `i` of the result is axis `axes[i]` of this tensor.
    public func permuted(_ axes: [Int]) -> Tensor {
        precondition(
            axes.sorted() == Array(0..<rank), "permutation \(axes) of a tensor with shape \(shape)")
        var result = Tensor(uninitialized: Shape(axes.map { shape[$0] }))
        Permute.apply(pointer, into: result.mutablePointer, sizes: Array(shape), axes: axes)
        withExtendedLifetime((self, result)) {}
        return result
    }
}
