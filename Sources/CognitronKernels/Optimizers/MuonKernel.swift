// The update of Muon.

extension UpdateKernels {
    package struct MuonStep {
        /// Approximate singular values of the update.
        package var rate: Float
        package var momentum: Float
        package var nesterov: Bool
        /// Factor of the weights before the update: 1 less the weight decay.
        package var keep: Float
        package var orthogonalization: Orthogonalization

        package init(
            rate: Float, momentum: Float, nesterov: Bool, keep: Float, orthogonalization: Orthogonalization
        ) {
            (self.rate, self.momentum, self.nesterov) = (rate, momentum, nesterov)
            (self.keep, self.orthogonalization) = (keep, orthogonalization)
        }
    }

    /// m ← μ·m + g; u ← g + μ·m with Nesterov's momentum, else m, orthogonalised; w ← keep·w − rate·u. w, g
    /// and m are matrices of `rows × columns`.
    package static func apply(
        _ rule: MuonStep, to w: UnsafeMutablePointer<Float>, gradient g: UnsafePointer<Float>,
        velocity m: UnsafeMutablePointer<Float>, rows: Int, columns: Int
    ) {
        let count = rows * columns
        let direction = Buffer(scratch: count)
        let update = Buffer(scratch: count)
        Elementwise.map(m, g, into: m, count: count) { rule.momentum * $0 + $1 }
        if rule.nesterov {
            Elementwise.map(m, g, into: direction.pointer, count: count) { rule.momentum * $0 + $1 }
        }
        rule.orthogonalization(
            rule.nesterov ? direction.pointer : m, into: update.pointer, rows: rows, columns: columns)
        Elementwise.map(w, update.pointer, into: w, count: count) { rule.keep * $0 - rule.rate * $1 }
        withExtendedLifetime((direction, update)) {}
    }
}

/// Approximates the nearest orthogonal matrix by Newton-Schulz steps, each of which maps every singular value
/// x to a·x + b·x³ + c·x⁵.
package struct Orthogonalization: Sendable {
    package var a: Float
    package var b: Float
    package var c: Float
    package var steps: Int

    package init(a: Float, b: Float, c: Float, steps: Int) {
        (self.a, self.b, self.c, self.steps) = (a, b, c, steps)
    }

    /// y ≈ U·Vᵀ, where x = U·S·Vᵀ is `rows × columns`.
    ///
    /// A step is X ← (a·I + b·A + c·A²)·X with A = X·Xᵀ. The factors of all steps are polynomials of the
    /// first A, so they commute: they are multiplied with each other, on the shorter side of X, and with X
    /// only once. For 4096×512 these are 9 instead of 23 billion operations.
    package func callAsFunction(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, rows: Int, columns: Int
    ) {
        let matrix = MatrixView(x, rows, columns)
        let isWide = rows <= columns
        let gram = Square(min(rows, columns))
        BLAS.multiplyInParallel(
            isWide ? matrix : matrix.transposed, isWide ? matrix.transposed : matrix, into: gram.pointer)
        // Scales the singular values to at most 1: the trace is the sum of their squares.
        let norm = gram.trace.squareRoot() + 1e-7
        gram.scale(by: 1 / (norm * norm))
        let factor = product(ofStepsOn: gram)
        factor.scale(by: 1 / norm)
        BLAS.multiplyInParallel(isWide ? factor.view : matrix, isWide ? matrix : factor.view, into: y)
        withExtendedLifetime(factor) {}
    }

    /// The product of the factors of all steps. `gram` is the first step's A, and is overwritten.
    private func product(ofStepsOn gram: Square) -> Square {
        let spare = Square(gram.size)
        var last = factor(of: gram)
        var total = last
        for _ in 1..<max(1, steps) {
            // X ← F·X changes A to F·A·F.
            spare.become(gram, times: last)
            gram.become(spare, times: last)
            last = factor(of: gram)
            let product = Square(gram.size)
            product.become(last, times: total)
            total = product
        }
        return total
    }

    /// a·I + b·A + c·A²
    private func factor(of gram: Square) -> Square {
        let result = Square(gram.size)
        result.become(gram, times: gram)
        Elementwise.map(gram.pointer, result.pointer, into: result.pointer, count: gram.size * gram.size) {
            b * $0 + c * $1
        }
        for i in 0..<gram.size { result.pointer[i * gram.size + i] += a }
        return result
    }

    /// A square matrix with its own buffer.
    private struct Square {
        let size: Int
        private let buffer: Buffer

        init(_ size: Int) {
            self.size = size
            buffer = Buffer(scratch: size * size)
        }

        var pointer: UnsafeMutablePointer<Float> { buffer.pointer }
        var view: MatrixView { MatrixView(buffer.pointer, size, size) }
        var trace: Float { (0..<size).reduce(0) { $0 + pointer[$1 * size + $1] } }

        func become(_ a: Square, times b: Square) {
            BLAS.multiplyInParallel(a.view, b.view, into: pointer)
        }

        func scale(by factor: Float) { Elementwise.scale(pointer, by: factor, count: size * size) }
    }
}
