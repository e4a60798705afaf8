// One optimizer step over one parameter: reads and writes every array once.

package enum UpdateKernels {
    /// a ← a + share·(x − a)
    package static func blend(
        _ a: UnsafeMutablePointer<Float>, toward x: UnsafePointer<Float>, share: Float, count: Int
    ) {
        Elementwise.map(a, x, into: a, count: count) { $0 + share * ($1 - $0) }
    }

    /// w ← w − factor·x
    package static func subtract(
        _ x: UnsafePointer<Float>, times factor: Float, from w: UnsafeMutablePointer<Float>, count: Int
    ) {
        Elementwise.map(w, x, into: w, count: count) { $0 - factor * $1 }
    }

    /// Hyperparameters of stochastic gradient descent.
    package struct SGDStep {
        package var learningRate: Float
        package var momentum: Float
        package var nesterov: Bool
        package var weightDecay: Float

        package init(learningRate: Float, momentum: Float, nesterov: Bool, weightDecay: Float) {
            (self.learningRate, self.momentum) = (learningRate, momentum)
            (self.nesterov, self.weightDecay) = (nesterov, weightDecay)
        }
    }

    /// w ← w·(1 − lr·decay), then m ← μ·m − lr·g and w ← w + m (or w + μ·m − lr·g with Nesterov's momentum).
    /// `m` is nil without momentum.
    package static func apply(
        _ rule: SGDStep, to w: UnsafeMutablePointer<Float>, gradient g: UnsafePointer<Float>,
        velocity m: UnsafeMutablePointer<Float>?, count: Int
    ) {
        let keep = 1 - rule.learningRate * rule.weightDecay
        guard let m else {
            Elementwise.map(w, g, into: w, count: count) { keep * $0 - rule.learningRate * $1 }
            return
        }
        forEachTile(count) { range in
            Elementwise.mapSerially(
                m + range.lowerBound, g + range.lowerBound, into: m + range.lowerBound, count: range.count
            ) {
                rule.momentum * $0 - rule.learningRate * $1
            }
            let at = range.lowerBound
            if rule.nesterov {
                Elementwise.mapSerially(w + at, m + at, into: w + at, count: range.count) {
                    keep * $0 + rule.momentum * $1
                }
                Elementwise.mapSerially(w + at, g + at, into: w + at, count: range.count) {
                    $0 - rule.learningRate * $1
                }
            } else {
                Elementwise.mapSerially(w + at, m + at, into: w + at, count: range.count) { keep * $0 + $1 }
            }
        }
    }

    package struct AdamStep {
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

    /// w ← w·(1 − lr·decay); m ← m + (1 − β₁)(g − m); v ← v + (1 − β₂)(g² − v); w ← w − α·m / (√v + ε) with
    /// α = lr·√(1 − β₂ᵗ) / (1 − β₁ᵗ).
    ///
    /// `u`, nil without AMSGrad, is the largest v so far, and divides in its place.
    package static func apply(
        _ rule: AdamStep, to w: UnsafeMutablePointer<Float>, gradient g: UnsafePointer<Float>,
        mean m: UnsafeMutablePointer<Float>, square v: UnsafeMutablePointer<Float>,
        largestSquare u: UnsafeMutablePointer<Float>?, count: Int
    ) {
        // Two loops: a test in the loop costs Adam without AMSGrad 3 %.
        guard let u else { return apply(rule, to: w, g, m, v, count) { _, _, square in square } }
        apply(rule, to: w, g, m, v, count) { i, lanes, square in
            let largest = square.raised(to: Vector(u + i, lanes: lanes))
            largest.store(u + i, lanes: lanes)
            return largest
        }
    }

    @inline(__always)
    private static func apply(
        _ rule: AdamStep, to w: UnsafeMutablePointer<Float>, _ g: UnsafePointer<Float>,
        _ m: UnsafeMutablePointer<Float>, _ v: UnsafeMutablePointer<Float>, _ count: Int,
        divisor: (_ i: Int, _ lanes: Int, _ square: Vector) -> Vector
    ) {
        let alpha = Float(
            Double(rule.learningRate) * (1 - power(Double(rule.beta2), rule.step)).squareRoot()
                / (1 - power(Double(rule.beta1), rule.step)))
        let keep = 1 - rule.learningRate * rule.weightDecay
        forEachTile(count) { range in
            Vector.forEach(in: range) { i, lanes in
                let gradient = Vector(g + i, lanes: lanes)
                let (oldM, oldV) = (Vector(m + i, lanes: lanes), Vector(v + i, lanes: lanes))
                let newM = oldM + (1 - rule.beta1) * (gradient - oldM)
                let newV = oldV + (1 - rule.beta2) * (gradient * gradient - oldV)
                let root = divisor(i, lanes, newV).squareRoot()
                let newW = keep * Vector(w + i, lanes: lanes) - alpha * newM / (root + rule.epsilon)
                newM.store(m + i, lanes: lanes)
                newV.store(v + i, lanes: lanes)
                newW.store(w + i, lanes: lanes)
            }
        }
    }

    package struct RMSpropStep {
        package var learningRate: Float
        package var rho: Float
        package var momentum: Float
        package var epsilon: Float
        package var weightDecay: Float

        package init(learningRate: Float, rho: Float, momentum: Float, epsilon: Float, weightDecay: Float) {
            (self.learningRate, self.rho, self.momentum) = (learningRate, rho, momentum)
            (self.epsilon, self.weightDecay) = (epsilon, weightDecay)
        }
    }

    /// v ← ρ·v + (1 − ρ)·g²; step = lr·g / √(v − mean² + ε), accumulated in m with momentum; w ← w − step.
    /// `mean`, the average gradient, is nil unless the rule is centred; `m` is nil without momentum.
    package static func apply(
        _ rule: RMSpropStep, to w: UnsafeMutablePointer<Float>, gradient g: UnsafePointer<Float>,
        square v: UnsafeMutablePointer<Float>, mean: UnsafeMutablePointer<Float>?,
        velocity m: UnsafeMutablePointer<Float>?, count: Int
    ) {
        let keep = 1 - rule.learningRate * rule.weightDecay
        forEachTile(count) { range in
            Vector.forEach(in: range) { i, lanes in
                let gradient = Vector(g + i, lanes: lanes)
                let newV = rule.rho * Vector(v + i, lanes: lanes) + (1 - rule.rho) * gradient * gradient
                newV.store(v + i, lanes: lanes)
                var spread = newV
                if let mean {
                    let average = rule.rho * Vector(mean + i, lanes: lanes) + (1 - rule.rho) * gradient
                    average.store(mean + i, lanes: lanes)
                    spread -= average * average
                }
                var step = rule.learningRate * gradient / (spread + rule.epsilon).squareRoot()
                if let m {
                    step += rule.momentum * Vector(m + i, lanes: lanes)
                    step.store(m + i, lanes: lanes)
                }
                (keep * Vector(w + i, lanes: lanes) - step).store(w + i, lanes: lanes)
            }
        }
    }

    @inline(__always)
    static func forEachTile(_ count: Int, _ body: (Range<Int>) -> Void) {
        WorkerPool.shared.run(total: count, grain: Elementwise.grain) { range, _ in body(range) }
    }

    static func power(_ x: Double, _ n: Int) -> Double {
        var (result, base, rest) = (1.0, x, n)
        while rest > 0 {
            if rest & 1 == 1 { result *= base }
            base *= base
            rest >>= 1
        }
        return result
    }
}
