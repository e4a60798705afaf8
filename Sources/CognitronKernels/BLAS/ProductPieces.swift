// Splits large products into pieces that OpenBLAS multiplies without packing.
//
// OpenBLAS copies ("packs") the operands of a product into the order in which its inner loop reads them (Goto
// and van de Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008). Its AVX-512 kernels skip this
// for products of up to a million multiplications. A convolution's products have few columns or few terms, so
// packing takes a large part of their time: split into such pieces they are 5 % to 40 % faster.

/// The size of the pieces, chosen by shape alone.
struct ProductPieces {
    /// Multiplications of the largest product that is not packed.
    private static let most = 1_000_000
    /// Columns per piece; columns × terms of b stay in the second-level cache during the loop over all rows.
    private static let mostColumns = 64
    private static let mostTerms = 288
    /// Rows per piece, so that its parts of a and c stay in the first-level cache.
    private static let mostRows = 96

    /// The largest piece.
    static let largest = (rows: most / (mostColumns * mostTerms), columns: mostColumns, terms: mostTerms)

    let rows: Int, columns: Int, terms: Int

    /// nil where the whole product is faster: it is small, the library packs small products too, or its
    /// second operand is transposed, for which the kernels without packing are slow.
    @inline(__always)
    init?(of a: MatrixView, _ b: MatrixView) {
        guard a.rows * b.columns * b.rows > Self.most, !b.isTransposed, BLASLibrary.multipliesUnpacked else {
            return nil
        }
        columns = Self.even(b.columns, atMost: Self.mostColumns, multipleOf: 16)
        terms = Self.even(b.rows, atMost: Self.mostTerms, multipleOf: 1)
        rows = Self.even(a.rows, atMost: min(Self.most / (columns * terms), Self.mostRows), multipleOf: 6)
    }

    /// Returns the size of the fewest pieces of at most `limit`, nearly equal and a multiple of the kernels'
    /// `unit`.
    private static func even(_ count: Int, atMost limit: Int, multipleOf unit: Int) -> Int {
        let pieces = (count + limit - 1) / limit
        let share = (count + pieces - 1) / pieces
        return min((share + unit - 1) / unit * unit, limit)
    }

    /// c ← a·b + beta·c, as `BLAS.multiply`.
    func multiply(
        _ a: MatrixView, _ b: MatrixView, into c: UnsafeMutablePointer<Float>, stride cStride: Int,
        beta: Float
    ) {
        for column in stride(from: 0, to: b.columns, by: columns) {
            let right = b.columns(from: column, min(columns, b.columns - column))
            for term in stride(from: 0, to: b.rows, by: terms) {
                let count = min(terms, b.rows - term)
                let (left, right) = (a.columns(from: term, count), right.rows(from: term, count))
                for row in stride(from: 0, to: a.rows, by: rows) {
                    BLAS.multiplyWhole(
                        left.rows(from: row, min(rows, a.rows - row)), right,
                        into: c + (row * cStride + column), stride: cStride, beta: term == 0 ? beta : 1)
                }
            }
        }
    }
}
