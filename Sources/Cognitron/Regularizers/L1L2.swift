import CognitronKernels

extension Regularizer {
    /// Penalises magnitudes and squares.
    ///
    ///     penalty = l1 · Σ |w| + l2 · Σ w²
    ///     gradient = l1 · sign(w) + 2 · l2 · w              // sign(0) = 0
    ///
    /// - Source: Keras `L1`, `L2` and `L1L2`.
    struct L1L2: RegularizerRule {
        var l1: Float
        var l2: Float

        init(l1: Float = 0, l2: Float = 0) { (self.l1, self.l2) = (l1, l2) }

        init(from decoder: any Decoder) throws {
            let container = try decoder.container(keyedBy: CodingKeys.self)
            self.init(l1: try container.decode(.l1, default: 0), l2: try container.decode(.l2, default: 0))
        }

        var problem: RuleProblem? {
            l1 >= 0 && l1.isFinite && l2 >= 0 && l2.isFinite
                ? nil : ("a finite l1 and l2 of at least 0", "\(l1.text) and \(l2.text)")
        }

        func penalty(of value: Tensor) -> Float {
            // A factor of 0 leaves the other term finite where a sum overflows.
            (l1 == 0 ? 0 : l1 * value.absolute.sum()) + (l2 == 0 ? 0 : l2 * value.squared.sum())
        }

        func gradient(at value: Tensor) -> Tensor {
            value.mapped { w in
                let signed = Vector.zero.replacing(with: l1, where: w .> 0).replacing(
                    with: -l1, where: w .< 0)
                return signed + 2 * l2 * w
            }
        }
    }
}
