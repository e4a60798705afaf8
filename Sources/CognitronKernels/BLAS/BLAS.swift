// The matrix products, over row-major matrices. Nothing else in the package calls BLAS.

import COpenBLAS

/// A row-major matrix inside someone else's memory: `rows × columns`, each row `stride` floats after the last.
/// `transposed` asks the product to read it as its transpose; `rows` and `columns` are those after transposing.
package struct MatrixView {
    package var pointer: UnsafePointer<Float>
    package var rows: Int
    package var columns: Int
    package var stride: Int
    package var isTransposed: Bool

    /// - Parameter stride: floats from one stored row to the next; by default the stored rows touch.
    @inlinable
    package init(_ pointer: UnsafePointer<Float>, _ rows: Int, _ columns: Int, stride: Int? = nil) {
        self.pointer = pointer
        self.rows = rows
        self.columns = columns
        self.stride = stride ?? columns
        self.isTransposed = false
    }

    /// The same memory read as its transpose, without a copy.
    @inlinable package var transposed: MatrixView {
        var result = self
        (result.rows, result.columns) = (columns, rows)
        result.isTransposed.toggle()
        return result
    }
}

package enum BLAS {
    /// Keeps every OpenBLAS call on the thread that makes it: the worker pool shares the work, and two pools
    /// would fight for the cores. Chooses the kernels, and warns where they stay slow. Done once, before the first
    /// product.
    package static let isPrepared: Bool = {
        openblas_set_num_threads(1)
        let library = BLASLibrary.current
        if library.isReference {
            Host.warn("reference BLAS: expect a tenth of the speed; install libopenblas-dev")
        } else if case .refuse = library.choice, library.isNarrow(on: .current) {
            Host.warn(
                "\(library.description) on a processor with wider vectors: expect half the speed; \(library.remedy)"
            )
        }
        return true
    }()

    /// c ← a·b + beta·c, where c is `a.rows × b.columns` with rows `cStride` floats apart (by default touching).
    package static func multiply(
        _ a: MatrixView, _ b: MatrixView, into c: UnsafeMutablePointer<Float>, stride cStride: Int? = nil,
        beta: Float = 0
    ) {
        require(a.columns == b.rows, "product of \(a.rows)×\(a.columns) and \(b.rows)×\(b.columns)")
        guard a.rows > 0, b.columns > 0 else { return }
        _ = isPrepared
        let cStride = cStride ?? b.columns
        ProductTime.measure {
            if a.rows == 1 {
                multiplyRow(a, b, into: c, beta: beta)
            } else if let pieces = ProductPieces(of: a, b) {
                pieces.multiply(a, b, into: c, stride: cStride, beta: beta)
            } else {
                multiplyWhole(a, b, into: c, stride: cStride, beta: beta)
            }
        }
    }

    /// The same for a single row: a product with a vector, which reads b as fast as memory gives it.
    private static func multiplyRow(
        _ a: MatrixView, _ b: MatrixView, into c: UnsafeMutablePointer<Float>, beta: Float
    ) {
        // Libraries disagree on what a beta of 0 makes of NaN in a vector.
        if beta == 0 { c.update(repeating: 0, count: b.columns) }
        let (rows, columns) = b.isTransposed ? (b.columns, b.rows) : (b.rows, b.columns)
        cblas_sgemv(
            CblasRowMajor, b.isTransposed ? CblasNoTrans : CblasTrans, blasint(rows), blasint(columns), 1,
            b.pointer, blasint(b.stride), a.pointer, a.isTransposed ? blasint(a.stride) : 1,
            beta == 0 ? 1 : beta, c, 1)
    }

    /// The same in one call of the library.
    @inline(__always)
    static func multiplyWhole(
        _ a: MatrixView, _ b: MatrixView, into c: UnsafeMutablePointer<Float>, stride cStride: Int,
        beta: Float
    ) {
        cblas_sgemm(
            CblasRowMajor, a.isTransposed ? CblasTrans : CblasNoTrans,
            b.isTransposed ? CblasTrans : CblasNoTrans,
            blasint(a.rows), blasint(b.columns), blasint(a.columns), 1, a.pointer, blasint(a.stride),
            b.pointer, blasint(b.stride), beta, c, blasint(cStride))
    }
}
