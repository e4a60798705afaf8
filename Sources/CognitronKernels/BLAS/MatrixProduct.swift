// Splits large products into tiles for the workers.

extension BLAS {
    /// Rows and columns of the result per tile, a single-threaded product large enough that packing its
    /// operands costs little.
    private static let tileRows = 256
    private static let tileColumns = 512
    /// Multiply-adds up to which a product runs on one thread.
    private static let few = 1 << 18

    /// c ← a·b + beta·c as `multiply`, split into tiles of c for the workers.
    package static func multiplyInParallel(
        _ a: MatrixView, _ b: MatrixView, into c: UnsafeMutablePointer<Float>, beta: Float = 0
    ) {
        guard a.rows * b.columns * b.rows > few else { return multiply(a, b, into: c, beta: beta) }
        let cut = ProductTiles(rows: a.rows, columns: b.columns)
        WorkerPool.shared.run(tiles: cut.count) { tile, _ in cut.multiply(tile, a, b, into: c, beta: beta) }
    }

    /// Batch size from which products are not split.
    private static let manyProducts = 16

    /// c[i] ← a[i]·b[i] for a batch of products of one shape, in parallel. The matrices of c are contiguous;
    /// those of a and b start at the offsets of `batch`, in units of `aSize` and `bSize` floats, so that
    /// several products may share one.
    package static func multiplyBatch(
        _ a: MatrixView, _ b: MatrixView, _ batch: BroadcastPlan, aSize: Int, bSize: Int,
        into c: UnsafeMutablePointer<Float>
    ) {
        let count = batch.shape.reduce(1, *)
        let work = a.rows * b.columns * b.rows
        // A tile is several small products, or part of a large one if the batch has few.
        let whole = ProductTiles(rows: a.rows, columns: b.columns, isWhole: true)
        let cut =
            work > few && count < manyProducts
            ? ProductTiles(rows: a.rows, columns: b.columns) : whole
        let grain = max(1, few / max(1, work))
        WorkerPool.shared.run(total: count * cut.count, grain: grain) { range, _ in
            for tile in range {
                let (product, piece) = (tile / cut.count, tile % cut.count)
                let at = batch.offsets(ofElement: product)
                var (left, right) = (a, b)
                left.pointer += at.a * aSize
                right.pointer += at.b * bSize
                cut.multiply(piece, left, right, into: c + product * a.rows * b.columns, beta: 0)
            }
        }
    }

    /// Splits a product into tiles of its result, by shape alone.
    private struct ProductTiles {
        let rowStep: Int, columnStep: Int
        let across: Int, count: Int

        init(rows: Int, columns: Int, isWhole: Bool = false) {
            let down = (rows + BLAS.tileRows - 1) / BLAS.tileRows
            let wide = (columns + BLAS.tileColumns - 1) / BLAS.tileColumns
            // A product with few rows and columns but a long sum (a weight gradient) has too few tiles of
            // that size.
            (rowStep, columnStep) =
                isWhole
                ? (max(1, rows), max(1, columns))
                : down * wide >= 4
                    ? (BLAS.tileRows, BLAS.tileColumns)
                    : (max(32, Self.roundUp(rows, 4)), max(64, Self.roundUp(columns, 2)))
            across = (columns + columnStep - 1) / columnStep
            count = (rows + rowStep - 1) / rowStep * across
        }

        func multiply(
            _ tile: Int, _ a: MatrixView, _ b: MatrixView, into c: UnsafeMutablePointer<Float>, beta: Float
        ) {
            let row = tile / across * rowStep
            let column = tile % across * columnStep
            let rows = min(rowStep, a.rows - row)
            let columns = min(columnStep, b.columns - column)
            BLAS.multiply(
                a.rows(from: row, rows), b.columns(from: column, columns), into: c + row * b.columns + column,
                stride: b.columns, beta: beta)
        }

        /// `count / parts` rounded up to whole vectors.
        private static func roundUp(_ count: Int, _ parts: Int) -> Int {
            let share = (count + parts - 1) / parts
            return (share + Vector.width - 1) / Vector.width * Vector.width
        }
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
