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

    /// Solves `min ‖a · x − b‖²` for each column of `b`, by QR factorisation.
    ///
    /// - Parameters:
    ///   - a: row-major `rows × columns` with `rows ≥ columns`; its factors afterwards.
    ///   - b: row-major `rows × solutions`; afterwards the solutions, in its first `columns` rows.
    /// - Returns: whether the columns of `a` are finite and independent within rounding.
    package static func solveLeastSquares(
        _ a: UnsafeMutablePointer<Float>, rows: Int, columns: Int,
        _ b: UnsafeMutablePointer<Float>, solutions: Int
    ) -> Bool {
        require(
            rows >= columns && columns > 0 && solutions > 0,
            "least squares of \(rows)×\(columns) for \(solutions) columns needs at least as many rows")
        _ = BLAS.isPrepared
        // 78: the letter N, the matrix as it is. LAPACKE refuses numbers that are not finite.
        let (m, n, count) = (CInt(rows), CInt(columns), CInt(solutions))
        guard LAPACKE_sgels(LAPACK_ROW_MAJOR, 78, m, n, count, a, n, b, count) == 0 else { return false }
        let diagonal = (0..<columns).map { abs(a[$0 * columns + $0]) }
        let rounding = 10 * Float(columns) * .ulpOfOne * (diagonal.max() ?? 0)
        return diagonal.allSatisfy { $0 > rounding }
    }
}
