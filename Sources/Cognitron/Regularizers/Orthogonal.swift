extension Regularizer {
    /// Penalises the cosines between the rows (or columns) of a matrix.
    ///
    ///     x̂ᵢ = xᵢ / ‖xᵢ‖,  P = X̂ · X̂ᵀ
    ///     penalty = factor · Σ |Pᵢⱼ| / (n · (n − 1)),  i ≠ j of n rows
    ///     gradient: ĝ = 2 · factor / (n · (n − 1)) · sign(P) · X̂,  gᵢ = (ĝᵢ − (ĝᵢ · x̂ᵢ) x̂ᵢ) / ‖xᵢ‖
    ///
    /// A single row has no penalty.
    ///
    /// - Source: Keras `OrthogonalRegularizer`.
    struct Orthogonal: RegularizerRule {
        var factor: Float
        var mode: OrthogonalMode

        init(factor: Float = 0.01, mode: OrthogonalMode = .rows) { (self.factor, self.mode) = (factor, mode) }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(
                factor: try container.decode(.factor, default: 0.01),
                mode: try container.decode(.mode, default: .rows))
        }

        var problem: RuleProblem? {
            factor >= 0 && factor.isFinite ? nil : ("a finite factor of at least 0", factor.text)
        }

        func problem(for shape: Shape) -> RuleProblem? {
            problem ?? (shape.rank == 2 ? nil : ("a parameter with two axes", "\(shape)"))
        }

        func penalty(of value: Tensor) -> Float {
            let rows = Rows(value, mode)
            return factor * rows.products.absolute.sum() / rows.pairs
        }

        func gradient(at value: Tensor) -> Tensor {
            let rows = Rows(value, mode)
            let signs = (rows.products .> 0) - (rows.products .< 0)
            let unit = signs.matmul(rows.unit) * (2 * factor / rows.pairs)
            let along = (unit * rows.unit).sum(axis: 1, keepingDimensions: true)
            let gradient = (unit - along * rows.unit) / rows.norms
            return mode == .rows ? gradient : gradient.transposed
        }
    }

    /// The rows of a matrix, or its columns as rows.
    private struct Rows {
        /// ‖xᵢ‖, shape (n, 1), and xᵢ / ‖xᵢ‖.
        let norms: Tensor
        let unit: Tensor
        /// x̂ᵢ · x̂ⱼ, with zeros for i = j.
        let products: Tensor
        /// The ordered pairs of different rows, at least 1.
        let pairs: Float

        init(_ matrix: Tensor, _ mode: OrthogonalMode) {
            let rows = mode == .rows ? matrix : matrix.transposed
            // Keras's smallest norm, which avoids a division by 0 for a row of zeros.
            norms = rows.squared.sum(axis: 1, keepingDimensions: true).squareRoot.maximum(1e-12)
            unit = rows / norms
            let count = rows.shape[0]
            products = unit.matmul(unit, transposingOther: true) * (1 - Tensor.identity(count))
            pairs = Float(max(1, count * (count - 1)))
        }
    }
}
