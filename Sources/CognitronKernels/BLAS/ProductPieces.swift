// Large products in small pieces.
//
// OpenBLAS copies ("packs") the operands of a product into the order that its inner loop reads them in (Goto and van de
// Geijn, "Anatomy of High-Performance Matrix Multiplication", 2008). Its AVX-512 kernels can do without for products of
// up to a million multiplications. A product of a convolution has few columns or few terms, so that packing is a good
// part of its time: cut into such pieces it is 5 % to 40 % faster.

/// The size of the pieces of a product that OpenBLAS multiplies without packing. Cut by shape alone.
struct ProductPieces {
    /// Multiplications of the largest product that is not packed.
    private static let most = 1_000_000
    /// Columns a piece; with its terms, what stays in the second-level cache while all rows pass.
    private static let mostColumns = 64
    private static let mostTerms = 288
    /// Rows that the result and the first operand keep in the first-level cache.
    private static let mostRows = 96

    /// A piece as large as they come.
    static let largest = (rows: most / (mostColumns * mostTerms), columns: mostColumns, terms: mostTerms)

    let rows: Int, columns: Int, terms: Int

    /// nil where the product is better left whole: it is small, the library packs small products too, or its second
    /// operand is read as its transpose, which the kernels without packing are slow at.
    @inline(__always)
    init?(of a: MatrixView, _ b: MatrixView) {
        guard a.rows * b.columns * b.rows > Self.most, !b.isTransposed, BLASLibrary.multipliesUnpacked else {
            return nil
        }
        columns = Self.even(b.columns, atMost: Self.mostColumns, multipleOf: 16)
        terms = Self.even(b.rows, atMost: Self.mostTerms, multipleOf: 1)
        rows = Self.even(a.rows, atMost: min(Self.most / (columns * terms), Self.mostRows), multipleOf: 6)
    }

    /// The size of the fewest pieces of at most `limit`, as even as multiples of what the kernels like allow.
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
