// Normalisation of every row of a matrix x (rows, columns) by its own mean and deviation.
//
// Ba, Kiros and Hinton, "Layer Normalization" (2016); without the mean, Zhang and Sennrich, "Root Mean Square
// Layer Normalization" (2019). A row stays in the first-level cache, so each pass reads memory once.

package struct RowNormalization: Sendable {
    let rows: Int, columns: Int
    let epsilon: Float
    /// Whether the mean is subtracted; without it the deviation is the root of the mean square.
    let isCentered: Bool

    package init(rows: Int, columns: Int, epsilon: Float, isCentered: Bool) {
        (self.rows, self.columns, self.epsilon, self.isCentered) = (rows, columns, epsilon, isCentered)
    }

    /// Rows per tile, of about half the elements of a tile of elementwise work.
    private var grain: Int { max(1, Elementwise.grain / 2 / max(1, columns)) }

    /// y ← (x − mean) · inverse · gamma + beta; mean, inverse (rows) ← each row's mean and 1 / √(variance +
    /// epsilon).
    ///
    /// - Parameters:
    ///   - gamma: (columns); nil for 1. `beta` likewise, nil for 0.
    ///   - mean: nil where it is not subtracted.
    package func forward(
        _ x: UnsafePointer<Float>, gamma: UnsafePointer<Float>?, beta: UnsafePointer<Float>?,
        into y: UnsafeMutablePointer<Float>, mean: UnsafeMutablePointer<Float>?,
        inverse: UnsafeMutablePointer<Float>
    ) {
        let streams = Streaming.suits(y, count: rows * columns, columns: columns)
        WorkerPool.shared.run(total: rows, grain: grain) { range, _ in
            Streaming.choose(streams) { streamed in
                for row in range {
                    let (source, target) = (x + row * columns, y + row * columns)
                    let center = isCentered ? self.mean(source) : 0
                    let scale = 1 / (meanSquare(source, about: center) + epsilon).squareRoot()
                    mean?[row] = center
                    inverse[row] = scale
                    write(source, center, scale, gamma, beta, into: target, streamed: streamed)
                }
            }
        }
    }

    /// dx ← inverse · (g − mean(g) − x̂ · mean(g · x̂)) with g = dy · gamma and x̂ = (x − mean) · inverse,
    /// each mean over a row; the first only where the mean is subtracted. dx may be dy.
    ///
    /// - Parameters:
    ///   - dGamma: (columns) ← Σ dy · x̂ over the rows. `dBeta` likewise ← Σ dy.
    package func backward(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, gamma: UnsafePointer<Float>?,
        mean: UnsafePointer<Float>?, inverse: UnsafePointer<Float>, into dx: UnsafeMutablePointer<Float>,
        dGamma: UnsafeMutablePointer<Float>, dBeta: UnsafeMutablePointer<Float>
    ) {
        let tiles = (rows + grain - 1) / grain
        let partial = Buffer(scratch: tiles * 2 * columns)
        WorkerPool.shared.run(total: rows, grain: grain) { range, _ in
            let sums = partial.pointer + range.lowerBound / grain * 2 * columns
            sums.update(repeating: 0, count: 2 * columns)
            for row in range {
                let at = row * columns
                backward(
                    x + at, dy + at, gamma, mean?[row] ?? 0, inverse[row], into: dx + at,
                    dBeta: sums, dGamma: sums + columns)
            }
        }
        let total = Buffer(scratch: 2 * columns)
        Reduction.sumRows(partial.pointer, rows: tiles, columns: 2 * columns, into: total.pointer)
        dBeta.update(from: total.pointer, count: columns)
        dGamma.update(from: total.pointer + columns, count: columns)
        withExtendedLifetime((partial, total)) {}
    }

    private func mean(_ x: UnsafePointer<Float>) -> Float {
        // About the first value: equal values have an exact mean.
        let first = x[0]
        return first + sum { Vector(x + $0, lanes: $1) - first } / Float(columns)
    }

    private func meanSquare(_ x: UnsafePointer<Float>, about center: Float) -> Float {
        sum {
            let difference = Vector(x + $0, lanes: $1) - center
            return difference * difference
        } / Float(columns)
    }

    /// The sum of `term` over the columns, in four accumulators: a single one is limited by the addition's
    /// latency.
    @inline(__always)
    private func sum(_ term: (_ column: Int, _ lanes: Int) -> Vector) -> Float {
        var (a, b, c, d) = (Vector(), Vector(), Vector(), Vector())
        var column = 0
        while column &+ 4 &* Vector.width <= columns {
            a += term(column, Vector.width)
            b += term(column &+ Vector.width, Vector.width)
            c += term(column &+ 2 &* Vector.width, Vector.width)
            d += term(column &+ 3 &* Vector.width, Vector.width)
            column &+= 4 &* Vector.width
        }
        while column &+ Vector.width <= columns {
            a += term(column, Vector.width)
            column &+= Vector.width
        }
        var total = ((a + b) + (c + d)).sum()
        if column < columns {
            let lanes = columns &- column
            let rest = term(column, lanes)
            for lane in 0..<lanes { total += rest[lane] }
        }
        return total
    }

    @inline(__always)
    private func write(
        _ x: UnsafePointer<Float>, _ center: Float, _ scale: Float, _ gamma: UnsafePointer<Float>?,
        _ beta: UnsafePointer<Float>?, into y: UnsafeMutablePointer<Float>, streamed: Bool
    ) {
        switch (gamma, beta) {
        case (let gamma?, let beta?):
            map(x, into: y, streamed) { x, c, lanes in
                (x - center) * scale * Vector(gamma + c, lanes: lanes) + Vector(beta + c, lanes: lanes)
            }
        case (let gamma?, nil):
            map(x, into: y, streamed) { x, c, lanes in (x - center) * scale * Vector(gamma + c, lanes: lanes)
            }
        case (nil, let beta?):
            map(x, into: y, streamed) { x, c, lanes in (x - center) * scale + Vector(beta + c, lanes: lanes) }
        case (nil, nil): map(x, into: y, streamed) { x, _, _ in (x - center) * scale }
        }
    }

    @inline(__always)
    private func map(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ streamed: Bool,
        _ f: (_ x: Vector, _ column: Int, _ lanes: Int) -> Vector
    ) {
        @inline(__always) func pass(_ c: Int, lanes: Int) {
            f(Vector(x + c, lanes: lanes), c, lanes).store(y + c, lanes: lanes, streamed: streamed)
        }
        Vector.forEach(in: 0..<columns, pass)
    }

    /// One row; adds to dBeta and dGamma.
    private func backward(
        _ x: UnsafePointer<Float>, _ dy: UnsafePointer<Float>, _ gamma: UnsafePointer<Float>?,
        _ center: Float, _ scale: Float, into dx: UnsafeMutablePointer<Float>,
        dBeta: UnsafeMutablePointer<Float>, dGamma: UnsafeMutablePointer<Float>
    ) {
        var (sums, products) = (Vector(), Vector())
        @inline(__always) func add(_ c: Int, lanes: Int) {
            let gradient = Vector(dy + c, lanes: lanes)
            let normalized = (Vector(x + c, lanes: lanes) - center) * scale
            (Vector(dBeta + c, lanes: lanes) + gradient).store(dBeta + c, lanes: lanes)
            (Vector(dGamma + c, lanes: lanes) + gradient * normalized).store(dGamma + c, lanes: lanes)
            let g = gamma.map { gradient * Vector($0 + c, lanes: lanes) } ?? gradient
            sums += g
            products += g * normalized
        }
        Vector.forEach(in: 0..<columns, add)
        let share = isCentered ? sums.sum() / Float(columns) : 0
        let slope = products.sum() / Float(columns)
        @inline(__always) func write(_ c: Int, lanes: Int) {
            let gradient = Vector(dy + c, lanes: lanes)
            let g = gamma.map { gradient * Vector($0 + c, lanes: lanes) } ?? gradient
            let normalized = (Vector(x + c, lanes: lanes) - center) * scale
            (scale * (g - share - normalized * slope)).store(dx + c, lanes: lanes)
        }
        Vector.forEach(in: 0..<columns, write)
    }
}
