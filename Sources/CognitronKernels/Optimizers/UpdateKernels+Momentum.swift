// Optimizers of Adam's family: running means of the gradient and of its size.

extension UpdateKernels {
    /// p ← p + share·(x − p) for the lanes at `i`; returns the new p.
    @inline(__always)
    private static func blend(
        _ p: UnsafeMutablePointer<Float>, _ i: Int, _ lanes: Int, toward x: Vector, share: Float
    ) -> Vector {
        let old = Vector(p + i, lanes: lanes)
        let new = old + share * (x - old)
        new.store(p + i, lanes: lanes)
        return new
    }

    package struct AdamaxStep {
        package var learningRate: Float
        package var beta1: Float
        package var beta2: Float
        package var epsilon: Float
        package var weightDecay: Float
        /// Number of this step, from 1 on.
        package var step: Int

        package init(
            learningRate: Float, beta1: Float, beta2: Float, epsilon: Float, weightDecay: Float, step: Int
        ) {
            (self.learningRate, self.beta1, self.beta2) = (learningRate, beta1, beta2)
            (self.epsilon, self.weightDecay, self.step) = (epsilon, weightDecay, step)
        }
    }

    /// w ← w·(1 − lr·decay); m ← m + (1 − β₁)(g − m); u ← max(β₂·u, |g|); w ← w − α·m / (u + ε) with
    /// α = lr / (1 − β₁ᵗ).
    package static func apply(
        _ rule: AdamaxStep, to w: UnsafeMutablePointer<Float>, gradient g: UnsafePointer<Float>,
        mean m: UnsafeMutablePointer<Float>, largest u: UnsafeMutablePointer<Float>, count: Int
    ) {
        let alpha = Float(Double(rule.learningRate) / (1 - power(Double(rule.beta1), rule.step)))
        let keep = 1 - rule.learningRate * rule.weightDecay
        forEachTile(count) { range in
            Vector.forEach(in: range) { i, lanes in
                let gradient = Vector(g + i, lanes: lanes)
                let mean = blend(m, i, lanes, toward: gradient, share: 1 - rule.beta1)
                let largest = (rule.beta2 * Vector(u + i, lanes: lanes)).larger(gradient.magnitude)
                largest.store(u + i, lanes: lanes)
                let step = alpha * mean / (largest + rule.epsilon)
                (keep * Vector(w + i, lanes: lanes) - step).store(w + i, lanes: lanes)
            }
        }
    }

    package struct NadamStep {
        package var learningRate: Float
        package var beta1: Float
        package var beta2: Float
        package var epsilon: Float
        package var weightDecay: Float
        /// Factors of the mean and of the gradient in the step.
        package var meanShare: Float
        package var gradientShare: Float
        /// Number of this step, from 1 on.
        package var step: Int

        package init(
            learningRate: Float, beta1: Float, beta2: Float, epsilon: Float, weightDecay: Float,
            meanShare: Float, gradientShare: Float, step: Int
        ) {
            (self.learningRate, self.beta1, self.beta2) = (learningRate, beta1, beta2)
            (self.epsilon, self.weightDecay, self.step) = (epsilon, weightDecay, step)
            (self.meanShare, self.gradientShare) = (meanShare, gradientShare)
        }
    }

    /// w ← w·(1 − lr·decay); m ← m + (1 − β₁)(g − m); v ← v + (1 − β₂)(g² − v);
    /// w ← w − lr·(a·m + b·g) / (√(v / (1 − β₂ᵗ)) + ε) with the shares a and b.
    package static func apply(
        _ rule: NadamStep, to w: UnsafeMutablePointer<Float>, gradient g: UnsafePointer<Float>,
        mean m: UnsafeMutablePointer<Float>, square v: UnsafeMutablePointer<Float>, count: Int
    ) {
        let correction = Float(1 / (1 - power(Double(rule.beta2), rule.step)))
        let keep = 1 - rule.learningRate * rule.weightDecay
        forEachTile(count) { range in
            Vector.forEach(in: range) { i, lanes in
                let gradient = Vector(g + i, lanes: lanes)
                let mean = blend(m, i, lanes, toward: gradient, share: 1 - rule.beta1)
                let square = blend(v, i, lanes, toward: gradient * gradient, share: 1 - rule.beta2)
                let direction = rule.meanShare * mean + rule.gradientShare * gradient
                let step =
                    rule.learningRate * direction / ((correction * square).squareRoot() + rule.epsilon)
                (keep * Vector(w + i, lanes: lanes) - step).store(w + i, lanes: lanes)
            }
        }
    }

    package struct LionStep {
        package var learningRate: Float
        package var beta1: Float
        package var beta2: Float
        package var weightDecay: Float

        package init(learningRate: Float, beta1: Float, beta2: Float, weightDecay: Float) {
            (self.learningRate, self.weightDecay) = (learningRate, weightDecay)
            (self.beta1, self.beta2) = (beta1, beta2)
        }
    }

    /// w ← w·(1 − lr·decay); w ← w − lr·sign(β₁·m + (1 − β₁)·g), where sign(0) = 0; m ← β₂·m + (1 − β₂)·g.
    package static func apply(
        _ rule: LionStep, to w: UnsafeMutablePointer<Float>, gradient g: UnsafePointer<Float>,
        mean m: UnsafeMutablePointer<Float>, count: Int
    ) {
        let keep = 1 - rule.learningRate * rule.weightDecay
        let step = Vector(repeating: rule.learningRate)
        forEachTile(count) { range in
            Vector.forEach(in: range) { i, lanes in
                let gradient = Vector(g + i, lanes: lanes)
                let mean = Vector(m + i, lanes: lanes)
                let direction = rule.beta1 * mean + (1 - rule.beta1) * gradient
                let signed = step.withSign(of: direction).replacing(with: 0, where: direction .== 0)
                (rule.beta2 * mean + (1 - rule.beta2) * gradient).store(m + i, lanes: lanes)
                (keep * Vector(w + i, lanes: lanes) - signed).store(w + i, lanes: lanes)
            }
        }
    }

    package struct LambStep {
        package var beta1: Float
        package var beta2: Float
        package var epsilon: Float
        /// Factor of the weights: 1 less the weight decay.
        package var keep: Float
        /// Number of this step, from 1 on.
        package var step: Int

        package init(beta1: Float, beta2: Float, epsilon: Float, keep: Float, step: Int) {
            (self.beta1, self.beta2, self.epsilon) = (beta1, beta2, epsilon)
            (self.keep, self.step) = (keep, step)
        }
    }

    /// The direction of Lamb's step, before it is scaled: w ← keep·w; m ← m + (1 − β₁)(g − m);
    /// v ← v + (1 − β₂)(g² − v); d ← m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε).
    package static func apply(
        _ rule: LambStep, to w: UnsafeMutablePointer<Float>, gradient g: UnsafePointer<Float>,
        mean m: UnsafeMutablePointer<Float>, square v: UnsafeMutablePointer<Float>,
        direction d: UnsafeMutablePointer<Float>, count: Int
    ) {
        let meanCorrection = Float(1 / (1 - power(Double(rule.beta1), rule.step)))
        let squareCorrection = Float(1 / (1 - power(Double(rule.beta2), rule.step)))
        forEachTile(count) { range in
            Vector.forEach(in: range) { i, lanes in
                let gradient = Vector(g + i, lanes: lanes)
                let mean = blend(m, i, lanes, toward: gradient, share: 1 - rule.beta1)
                let square = blend(v, i, lanes, toward: gradient * gradient, share: 1 - rule.beta2)
                let divisor = (squareCorrection * square).squareRoot() + rule.epsilon
                (meanCorrection * mean / divisor).store(d + i, lanes: lanes)
                (rule.keep * Vector(w + i, lanes: lanes)).store(w + i, lanes: lanes)
            }
        }
    }

    package struct ScheduleFreeAdamWStep {
        package var learningRate: Float
        package var beta1: Float
        package var beta2: Float
        package var epsilon: Float
        /// Factor of the weights before the update: 1 less the weight decay.
        package var keep: Float
        /// Number of this step, from 1 on.
        package var step: Int

        package init(
            learningRate: Float, beta1: Float, beta2: Float, epsilon: Float, keep: Float, step: Int
        ) {
            (self.learningRate, self.beta1, self.beta2) = (learningRate, beta1, beta2)
            (self.epsilon, self.keep, self.step) = (epsilon, keep, step)
        }
    }

    /// v ← v + (1 − β₂)(g² − v); x = (keep·w − (1 − β₁)·z) / β₁; z ← z − lr·g / (√(v / (1 − β₂ᵗ)) + ε);
    /// x ← x + (z − x) / t; w ← β₁·x + (1 − β₁)·z.
    package static func apply(
        _ rule: ScheduleFreeAdamWStep, to w: UnsafeMutablePointer<Float>, gradient g: UnsafePointer<Float>,
        iterate z: UnsafeMutablePointer<Float>, square v: UnsafeMutablePointer<Float>, count: Int
    ) {
        let correction = Float(1 / (1 - power(Double(rule.beta2), rule.step)))
        let (share, inverse) = (1 / Float(rule.step), 1 / rule.beta1)
        forEachTile(count) { range in
            Vector.forEach(in: range) { i, lanes in
                let gradient = Vector(g + i, lanes: lanes)
                let square = blend(v, i, lanes, toward: gradient * gradient, share: 1 - rule.beta2)
                let oldZ = Vector(z + i, lanes: lanes)
                let oldX = (rule.keep * Vector(w + i, lanes: lanes) - (1 - rule.beta1) * oldZ) * inverse
                let step =
                    rule.learningRate * gradient / ((correction * square).squareRoot() + rule.epsilon)
                let newZ = oldZ - step
                let newX = oldX + share * (newZ - oldX)
                newZ.store(z + i, lanes: lanes)
                (rule.beta1 * newX + (1 - rule.beta1) * newZ).store(w + i, lanes: lanes)
            }
        }
    }
}
