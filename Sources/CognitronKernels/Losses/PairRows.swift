// Losses of embeddings, from the similarities or distances of one (the anchor) to all others of the batch.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

package enum PairRows {
    /// s: the anchor's similarities or distances (count), labels: those of all (count), ds: the gradient
    /// (count). Returns the anchor's loss.
    package typealias Row =
        @Sendable (
            _ anchor: Int, _ s: UnsafePointer<Float>, _ labels: UnsafePointer<Float>, _ count: Int,
            _ ds: UnsafeMutablePointer<Float>
        ) -> Float

    /// losses ← the loss of each anchor (count), ds ← its gradient (count, count).
    package static func evaluate(
        _ row: Row, _ s: UnsafePointer<Float>, _ labels: UnsafePointer<Float>, count: Int,
        into losses: UnsafeMutablePointer<Float>, gradient ds: UnsafeMutablePointer<Float>
    ) {
        WorkerPool.shared.run(total: count, grain: max(1, Elementwise.grain / max(1, count))) { range, _ in
            for anchor in range {
                let gradient = ds + anchor * count
                gradient.update(repeating: 0, count: count)
                losses[anchor] = row(anchor, s + anchor * count, labels, count, gradient)
            }
        }
    }

    /// Circle loss of cosine similarities s, with distances d = max(1 − s, 0):
    ///
    ///     softplus(ln Σ e^(−γ·(m + d)·(m − d)) + ln Σ e^(γ·max(1 + m − d, 0)·(1 − m − d)))
    ///
    /// the first sum over embeddings of the same label, the second over all others. Sun et al., "Circle Loss:
    /// A Unified Perspective of Pair Similarity Optimization" (2020), as Keras writes it.
    package static func circle(gamma: Float, margin: Float, removeDiagonal: Bool) -> Row {
        { anchor, s, labels, count, ds in
            /// The exponent of a pair and its slope by d.
            func term(_ i: Int, isPositive: Bool) -> (value: Float, slope: Float) {
                let d = s[i].isNaN ? .nan : max(1 - s[i], 0)
                if isPositive {
                    return (-gamma * (margin + d) * (margin - d), gamma * 2 * d)
                }
                let weight = max(1 + margin - d, 0)
                return (
                    gamma * weight * (1 - margin - d),
                    -gamma * (weight + (weight > 0 ? 1 - margin - d : 0))
                )
            }
            func isPositive(_ i: Int) -> Bool? {
                if labels[i] != labels[anchor] { return false }
                return i == anchor && removeDiagonal ? nil : true
            }
            // ln Σ eˣ of the positive and of the negative pairs.
            var (largest, sums) = ([-Float.infinity, -Float.infinity], [0.0, 0.0])
            for i in 0..<count {
                guard let positive = isPositive(i) else { continue }
                let (kind, value) = (positive ? 0 : 1, term(i, isPositive: positive).value)
                if !(value <= largest[kind]) {
                    sums[kind] *= Double(expf(largest[kind] - value))
                    largest[kind] = value
                }
                sums[kind] += Double(expf(value - largest[kind]))
            }
            let total = zip(largest, sums).reduce(Float(0)) { $0 + $1.0 + logf(Float($1.1)) }
            // Without a pair of either kind there is nothing to pay: total is −∞.
            guard total.isNaN || total > -.infinity else { return 0 }
            let slope = total >= 0 ? 1 / (1 + expf(-total)) : expf(total) / (1 + expf(total))
            for i in 0..<count where s[i] <= 1 {
                guard let positive = isPositive(i) else { continue }
                let (value, termSlope) = term(i, isPositive: positive)
                let kind = positive ? 0 : 1
                ds[i] = -slope * termSlope * expf(value - largest[kind]) / Float(sums[kind])
            }
            return total.isNaN ? .nan : max(total, 0) + log1pf(expf(-abs(total)))
        }
    }

    /// The sum over the anchor's positives of max(margin + d(positive) − d(negative), 0), the negative being
    /// the nearest that is farther than the positive, or the farthest where none is. Schroff et al.,
    /// "FaceNet" (2015).
    package static func tripletSemiHard(margin: Float) -> Row {
        { anchor, d, labels, count, dd in
            var farthest: Int?
            for i in 0..<count where labels[i] != labels[anchor] && !(d[i] <= farthest.map { d[$0] } ?? -1) {
                farthest = i
            }
            guard let farthest else { return 0 }
            var total = 0.0
            for positive in 0..<count where labels[positive] == labels[anchor] && positive != anchor {
                var negative = farthest
                for i in 0..<count
                where labels[i] != labels[anchor] && d[i] > d[positive] && d[i] < d[negative] {
                    negative = i
                }
                let gap = margin + d[positive] - d[negative]
                total += Double(max(gap, 0))
                guard gap > 0 else { continue }
                dd[positive] += 1
                dd[negative] -= 1
            }
            return Float(total)
        }
    }

    /// max(margin + the largest distance of a positive − the smallest of a negative, 0), or
    /// softplus(largest − smallest) where `isSoft`; 0 for an anchor without a positive or a negative. Hermans
    /// et al., "In Defense of the Triplet Loss for Person Re-Identification" (2017).
    package static func tripletHard(margin: Float, isSoft: Bool) -> Row {
        { anchor, d, labels, count, dd in
            var (positive, negative): (Int?, Int?) = (nil, nil)
            for i in 0..<count where i != anchor {
                if labels[i] == labels[anchor] {
                    if !(d[i] <= positive.map { d[$0] } ?? -1) { positive = i }
                } else if !(d[i] >= negative.map { d[$0] } ?? .infinity) {
                    negative = i
                }
            }
            guard let positive, let negative else { return 0 }
            let gap = d[positive] - d[negative] + (isSoft ? 0 : margin)
            let e = expf(-abs(gap))
            let slope: Float = isSoft ? (gap >= 0 ? 1 / (1 + e) : e / (1 + e)) : (gap > 0 ? 1 : 0)
            (dd[positive], dd[negative]) = (slope, -slope)
            return isSoft ? max(gap, 0) + log1pf(e) : max(gap, 0)
        }
    }
}
