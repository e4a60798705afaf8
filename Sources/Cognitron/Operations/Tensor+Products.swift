import CognitronKernels

// Matrix products, orthonormal columns, and the axes' order.

extension Tensor {
    /// The matrix product over the last two axes, by NumPy's rules for `matmul`.
    ///
    ///     output[…, i, j] = Σ self[…, i, k] · other[…, k, j]
    ///
    /// `(…, k) · (k, n)` gives `(…, n)`; where both have leading axes, each pair of matrices is multiplied,
    /// and leading axes of size 1 repeat: `(8, 1, m, k) · (4, k, n)` gives `(8, 4, m, n)`.
    ///
    /// - Parameters:
    ///   - other: at least a matrix.
    ///   - transposingSelf: whether the last two axes of `self` change places first, which costs nothing:
    ///     they are read in place.
    ///   - transposingOther: the same of `other`.
    public func matmul(
        _ other: Tensor, transposingSelf: Bool = false, transposingOther: Bool = false
    ) -> Tensor {
        require(rank >= 1 && other.rank >= 2, "matmul of shapes \(shape) and \(other.shape)")
        require(!transposingSelf || rank >= 2, "matmul with the transpose of a tensor of shape \(shape)")
        if other.rank > 2 || transposingSelf && rank > 2 {
            return batchedProduct(other, transposingSelf, transposingOther)
        }
        let (a, b) = (
            transposingSelf ? matrix.transposed : matrix,
            transposingOther ? other.matrix.transposed : other.matrix
        )
        require(
            a.columns == b.rows,
            "matmul of shapes \(shape) and \(other.shape): the inner sizes \(a.columns) and \(b.rows) differ")
        var result = Tensor(
            uninitialized: transposingSelf ? [a.rows, b.columns] : shape.replacingLast(with: b.columns))
        BLAS.multiplyInParallel(a, b, into: result.mutablePointer)
        withExtendedLifetime((self, other, result)) {}
        return result
    }

    /// result ← beta · result + selfᵀ · dy, where leading axes are rows: the gradient of `x.matmul(w)` with
    /// respect to w, with self as x.
    ///
    /// - Parameters:
    ///   - dy: `(…, n)` with the leading axes of self, `(…, k)`.
    ///   - result: `(k, n)`; may start undefined if `beta` is 0.
    func addMatmulGradient(_ dy: Tensor, into result: inout Tensor, beta: Float) {
        BLAS.multiplyInParallel(matrix.transposed, dy.matrix, into: result.mutablePointer, beta: beta)
        withExtendedLifetime((self, dy)) {}
    }

    /// The products of the matrices in the last two axes, leading axes broadcast.
    private func batchedProduct(_ other: Tensor, _ transposingSelf: Bool, _ transposingOther: Bool) -> Tensor
    {
        guard rank >= 2, let batch = BroadcastPlan(Array(shape.dropLast(2)), Array(other.shape.dropLast(2)))
        else { fail("matmul of shapes \(shape) and \(other.shape): the leading axes do not combine") }
        let (a, b) = (
            lastMatrix(isTransposed: transposingSelf), other.lastMatrix(isTransposed: transposingOther)
        )
        require(
            a.columns == b.rows,
            "matmul of shapes \(shape) and \(other.shape): the inner sizes \(a.columns) and \(b.rows) differ")
        let resultShape = Shape(batch.shape + [a.rows, b.columns])
        guard a.columns > 0, resultShape.elementCount > 0 else { return .zeros(resultShape) }
        var result = Tensor(uninitialized: resultShape)
        BLAS.multiplyBatch(
            a, b, batch, aSize: a.rows * a.columns, bSize: b.rows * b.columns, into: result.mutablePointer)
        withExtendedLifetime((self, other, result)) {}
        return result
    }

    /// The first matrix of those in the last two axes.
    private func lastMatrix(isTransposed: Bool) -> MatrixView {
        let matrix = MatrixView(pointer, shape[rank - 2], shape[rank - 1])
        return isTransposed ? matrix.transposed : matrix
    }

    /// All leading axes as rows, the last as columns.
    package var matrix: MatrixView {
        let columns = shape.last ?? 1
        return MatrixView(pointer, columns == 0 ? 0 : count / columns, columns)
    }

    /// The factor Q of the matrix's QR factorisation, with signs such that R has a positive diagonal. The
    /// matrix has at least as many rows as columns.
    consuming func withOrthonormalColumns() -> Tensor {
        var result = self
        LAPACK.orthonormalize(result.mutablePointer, rows: result.shape[0], columns: result.shape[1])
        return result
    }

    /// The transpose of a matrix, copied.
    public var transposed: Tensor {
        require(
            rank == 2, "the transpose of a tensor of shape \(shape); name the axes with permuted(_:)")
        return permuted([1, 0])
    }

    /// The axes in another order: axis `i` of the result is axis `axes[i]` of this tensor.
    public func permuted(_ axes: [Int]) -> Tensor {
        require(
            axes.sorted() == Array(0..<rank), "permutation \(axes) of a tensor with shape \(shape)")
        var result = Tensor(uninitialized: Shape(axes.map { shape[$0] }))
        Permutation.apply(pointer, into: result.mutablePointer, sizes: Array(shape), axes: axes)
        withExtendedLifetime((self, result)) {}
        return result
    }
}
