// One large product, shared among the workers.

extension BLAS {
    /// Rows and columns of the result a tile computes. A tile is a single-threaded product, large enough that
    /// packing its operands does not count.
    private static let tileRows = 256
    private static let tileColumns = 512
    /// Multiplications that are not worth sharing.
    private static let few = 1 << 18

    /// c ← a·b + beta·c as `multiply`, cut into tiles of c for the workers.
    package static func multiplyInParallel(
        _ a: MatrixView, _ b: MatrixView, into c: UnsafeMutablePointer<Float>, beta: Float = 0
    ) {
        guard a.rows * b.columns * b.rows > few else { return multiply(a, b, into: c, beta: beta) }
        let down = (a.rows + tileRows - 1) / tileRows
        let across = (b.columns + tileColumns - 1) / tileColumns
        // A product with few rows and columns but a long sum (a weight gradient) has too few tiles of that size.
        let (rowStep, columnStep) =
            down * across >= 4
            ? (tileRows, tileColumns) : (max(32, roundUp(a.rows, 4)), max(64, roundUp(b.columns, 2)))
        let columnTiles = (b.columns + columnStep - 1) / columnStep
        let tiles = (a.rows + rowStep - 1) / rowStep * columnTiles
        WorkerPool.shared.run(tiles: tiles) { tile, _ in
            let row = tile / columnTiles * rowStep
            let column = tile % columnTiles * columnStep
            let rows = min(rowStep, a.rows - row)
            let columns = min(columnStep, b.columns - column)
            multiply(
                a.rows(from: row, rows), b.columns(from: column, columns), into: c + row * b.columns + column,
                stride: b.columns, beta: beta)
        }
    }

    /// `count / parts` rounded up to whole vectors.
    private static func roundUp(_ count: Int, _ parts: Int) -> Int {
        let share = (count + parts - 1) / parts
        return (share + Vector.width - 1) / Vector.width * Vector.width
    }
}

extension MatrixView {
    /// `count` rows from row `start` on.
    package func rows(from start: Int, _ count: Int) -> MatrixView {
        var result = self
        result.pointer += start * (isTransposed ? 1 : stride)
        result.rows = count
        return result
    }

    /// `count` columns from column `start` on.
    package func columns(from start: Int, _ count: Int) -> MatrixView {
        var result = self
        result.pointer += start * (isTransposed ? stride : 1)
        result.columns = count
        return result
    }
}
