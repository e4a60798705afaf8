// Matrix factorisations over row-major matrices. The only file of the package that calls LAPACK.

import COpenBLAS

package enum LAPACK {
    /// Replaces `a`, a row-major `rows × columns` matrix with `rows ≥ columns`, by the orthonormal factor Q
    /// of its QR factorisation, with signs chosen so that R has a positive diagonal. Without that choice Q
    /// would not be uniformly distributed for a Gaussian `a` (Mezzadri, "How to generate random matrices from
    /// the classical compact groups", 2007).
    package static func orthonormalize(_ a: UnsafeMutablePointer<Float>, rows: Int, columns: Int) {
        require(
            rows >= columns && columns > 0, "QR of \(rows)×\(columns) needs at least as many rows as columns")
        _ = BLAS.isPrepared
        var tau = [Float](repeating: 0, count: columns)
        let (m, n) = (CInt(rows), CInt(columns))
        let factored = LAPACKE_sgeqrf(LAPACK_ROW_MAJOR, m, n, a, n, &tau)
        let isNegative = (0..<columns).map { a[$0 * columns + $0] < 0 }
        let formed = LAPACKE_sorgqr(LAPACK_ROW_MAJOR, m, n, n, a, n, tau)
        require(
            factored == 0 && formed == 0, "LAPACKE QR refused its arguments (\(factored), \(formed))")
        for row in 0..<rows {
            for column in 0..<columns where isNegative[column] { a[row * columns + column].negate() }
        }
    }

    /// Replaces `a`, a symmetric `size × size` matrix, by its orthonormal eigenvectors, one a column, and
    /// writes their eigenvalues in ascending order.
    ///
    /// - Parameter values: `size` numbers.
    /// - Returns: whether the method converged, as it does for finite numbers.
    package static func decomposeSymmetric(
        _ a: UnsafeMutablePointer<Float>, size: Int, values: UnsafeMutablePointer<Float>
    ) -> Bool {
        require(size > 0, "eigenvectors of an empty matrix")
        _ = BLAS.isPrepared
        // 86: the letter V, vectors too. 76: L, the lower triangle is read.
        let status = LAPACKE_ssyevd(LAPACK_ROW_MAJOR, 86, 76, CInt(size), a, CInt(size), values)
        require(status >= 0, "LAPACKE refused its argument \(-status)")
        return status == 0
    }
}
