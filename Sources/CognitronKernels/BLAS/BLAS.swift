// Matrix products over row-major matrices. The only file of the package that calls BLAS.

import COpenBLAS

/// A view of a row-major matrix: `rows × columns`, with `stride` floats from one row to the next. With
/// `isTransposed`, products read the memory as its transpose; `rows` and `columns` are those after
/// transposing.
package struct MatrixView {
    package var pointer: UnsafePointer<Float>
    package var rows: Int
    package var columns: Int
    package var stride: Int
    package var isTransposed: Bool

    /// - Parameter stride: floats from one stored row to the next; by default rows are contiguous.
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
    /// Runs once, before the first product. Limits OpenBLAS to the calling thread, since its thread pool
    /// would compete with the worker pool for the cores; chooses the kernels, and warns if they are slow.
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

    /// c ← a·b + beta·c, where c is `a.rows × b.columns` with rows `cStride` floats apart (by default
    /// contiguous).
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

    /// A product with a single row, as a matrix-vector product: limited by reading b from memory.
    private static func multiplyRow(
        _ a: MatrixView, _ b: MatrixView, into c: UnsafeMutablePointer<Float>, beta: Float
    ) {
        // BLAS libraries differ in whether NaN in c survives a beta of 0.
        if beta == 0 { c.update(repeating: 0, count: b.columns) }
        let (rows, columns) = b.isTransposed ? (b.columns, b.rows) : (b.rows, b.columns)
        cblas_sgemv(
            CblasRowMajor, b.isTransposed ? CblasNoTrans : CblasTrans, blasint(rows), blasint(columns), 1,
            b.pointer, blasint(b.stride), a.pointer, a.isTransposed ? blasint(a.stride) : 1,
            beta == 0 ? 1 : beta, c, 1)
    }

    /// One call of the library for the whole product.
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
