// Connectionist temporal classification: the probability that a sequence of class distributions spells a
// shorter sequence of labels, summed over all alignments. Graves et al., "Connectionist Temporal
// Classification: Labelling Unsegmented Sequence Data with Recurrent Neural Networks" (2006).

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

package enum CTCKernel {
    /// −ln p(labels | x) of one sample, and the gradient with respect to the logits. ∞ with a gradient of 0
    /// where the steps are too few for the labels.
    ///
    /// - Parameters:
    ///   - x: logits (steps, classes).
    ///   - labels: class numbers, none of them `blank`.
    ///   - dx: (steps, classes).
    package static func evaluate(
        _ x: UnsafePointer<Float>, steps: Int, classes: Int, labels: [Int], blank: Int,
        gradient dx: UnsafeMutablePointer<Float>
    ) -> Float {
        // blank, label, blank, label, …, blank
        let states = 2 * labels.count + 1
        func symbol(_ state: Int) -> Int { state % 2 == 0 ? blank : labels[state / 2] }
        // Whether a path may leave out the blank before a state: between labels that differ.
        let skips = (0..<states).map { $0 >= 3 && $0 % 2 == 1 && symbol($0) != symbol($0 - 2) }
        guard steps > 0 else { return labels.isEmpty ? 0 : .infinity }

        // dx holds the softmax first; y(t, k) = ln softmax(x)[t, k].
        let logSums = (0..<steps).map {
            Double(SoftmaxKernel.forwardRow(x + $0 * classes, into: dx + $0 * classes, classes))
        }
        func y(_ t: Int, _ state: Int) -> Double { Double(x[t * classes + symbol(state)]) - logSums[t] }

        // alpha[t, s]: ln of all ways to be in state s after step t, that step included.
        var alpha = [Double](repeating: -.infinity, count: steps * states)
        alpha[0] = y(0, 0)
        if states > 1 { alpha[1] = y(0, 1) }
        for t in 1..<max(1, steps) {
            let before = (t - 1) * states
            for s in 0..<states {
                let stay = alpha[before + s]
                let step = s >= 1 ? alpha[before + s - 1] : -.infinity
                let skip = skips[s] ? alpha[before + s - 2] : -.infinity
                alpha[t * states + s] = logSumExp(stay, step, skip) + y(t, s)
            }
        }
        let last = (steps - 1) * states
        let total = logSumExp(
            alpha[last + states - 1], states > 1 ? alpha[last + states - 2] : -.infinity, -.infinity)
        guard total > -.infinity else {
            dx.update(repeating: 0, count: steps * classes)
            return total.isNaN ? .nan : .infinity
        }

        // beta[s]: ln of all ways to go on from state s after step t. dx ← softmax − the share of the paths
        // that are at the class in this step.
        var beta = (0..<states).map { $0 >= states - 2 ? 0 : -Double.infinity }
        for t in stride(from: steps - 1, through: 0, by: -1) {
            for s in 0..<states {
                dx[t * classes + symbol(s)] -= Float(exp(alpha[t * states + s] + beta[s] - total))
            }
            let next = (0..<states).map { beta[$0] + y(t, $0) }
            for s in 0..<states {
                beta[s] = logSumExp(
                    next[s], s + 1 < states ? next[s + 1] : -.infinity,
                    s + 2 < states && skips[s + 2] ? next[s + 2] : -.infinity)
            }
        }
        return Float(-total)
    }

    /// ln (eᵃ + eᵇ + eᶜ)
    private static func logSumExp(_ a: Double, _ b: Double, _ c: Double) -> Double {
        let largest = max(a, b, c)
        guard largest > -.infinity else { return a.isNaN || b.isNaN || c.isNaN ? .nan : largest }
        return largest + log(exp(a - largest) + exp(b - largest) + exp(c - largest))
    }

    /// Whether `steps` steps can spell the labels: equal neighbours need a blank between them.
    package static func fits(_ labels: [Int], steps: Int) -> Bool {
        labels.count + zip(labels, labels.dropFirst()).count { $0 == $1 } <= steps
    }
}
