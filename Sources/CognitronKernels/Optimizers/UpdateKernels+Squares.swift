// Optimizers that divide the gradient by its past squares.

extension UpdateKernels {
    package struct AdagradStep {
        package var learningRate: Float
        package var epsilon: Float
        package var weightDecay: Float

        package init(learningRate: Float, epsilon: Float, weightDecay: Float) {
            (self.learningRate, self.epsilon, self.weightDecay) = (learningRate, epsilon, weightDecay)
        }
    }

    /// w ← w·(1 − lr·decay); a ← a + g²; w ← w − lr·g / √(a + ε).
    package static func apply(
        _ rule: AdagradStep, to w: UnsafeMutablePointer<Float>, gradient g: UnsafePointer<Float>,
        accumulator a: UnsafeMutablePointer<Float>, count: Int
    ) {
        let keep = 1 - rule.learningRate * rule.weightDecay
        forEachTile(count) { range in
            Vector.forEach(in: range) { i, lanes in
                let gradient = Vector(g + i, lanes: lanes)
                let sum = Vector(a + i, lanes: lanes) + gradient * gradient
                sum.store(a + i, lanes: lanes)
                let step = rule.learningRate * gradient / (sum + rule.epsilon).squareRoot()
                (keep * Vector(w + i, lanes: lanes) - step).store(w + i, lanes: lanes)
            }
        }
    }

    package struct AdadeltaStep {
        package var learningRate: Float
        package var rho: Float
        package var epsilon: Float
        package var weightDecay: Float

        package init(learningRate: Float, rho: Float, epsilon: Float, weightDecay: Float) {
            (self.learningRate, self.rho) = (learningRate, rho)
            (self.epsilon, self.weightDecay) = (epsilon, weightDecay)
        }
    }

    /// w ← w·(1 − lr·decay); v ← ρ·v + (1 − ρ)·g²; s = g·√(d + ε) / √(v + ε); d ← ρ·d + (1 − ρ)·s²;
    /// w ← w − lr·s.
    package static func apply(
        _ rule: AdadeltaStep, to w: UnsafeMutablePointer<Float>, gradient g: UnsafePointer<Float>,
        square v: UnsafeMutablePointer<Float>, stepSquare d: UnsafeMutablePointer<Float>, count: Int
    ) {
        let keep = 1 - rule.learningRate * rule.weightDecay
        forEachTile(count) { range in
            Vector.forEach(in: range) { i, lanes in
                let gradient = Vector(g + i, lanes: lanes)
                let oldD = Vector(d + i, lanes: lanes)
                let newV = rule.rho * Vector(v + i, lanes: lanes) + (1 - rule.rho) * gradient * gradient
                let step =
                    (oldD + rule.epsilon).squareRoot() * gradient / (newV + rule.epsilon).squareRoot()
                newV.store(v + i, lanes: lanes)
                (rule.rho * oldD + (1 - rule.rho) * step * step).store(d + i, lanes: lanes)
                (keep * Vector(w + i, lanes: lanes) - rule.learningRate * step).store(w + i, lanes: lanes)
            }
        }
    }
}
