import Foundation

/// How long a step of data-parallel training takes on many ranks: a model of three measured numbers.
///
///     sum(P) = 2 · (P − 1)/P · bytes / bandwidth + 2 · ⌈log₂ P⌉ · latency · buckets
///     step(P) = compute + max(tail, sum(P) − overlap · compute)
///
/// A ring moves each gradient 2 · (P − 1)/P times; messages follow each other along a tree. The sums hide
/// behind the backward pass, two thirds of a step, but for the last bucket, which begins when it has ended.
struct ScalingModel {
    /// Seconds of a step on one rank.
    let compute: Double
    /// Bytes of gradients.
    let bytes: Double
    /// The least bytes of a bucket.
    var bucketBytes = Double(1 << 22)
    /// Seconds between the sending and the receipt of a short message.
    let latency: Double
    /// Bytes a second that a rank sends while it receives as many.
    let bandwidth: Double

    /// The share of a step that sums can hide behind.
    static let overlap = 2.0 / 3

    private var buckets: Double { max(1, (bytes / bucketBytes).rounded(.up)) }

    private func seconds(ofSum bytes: Double, buckets: Double, ranks: Int) -> Double {
        let p = Double(ranks)
        return 2 * (p - 1) / p * bytes / bandwidth + 2 * log2(p).rounded(.up) * latency * buckets
    }

    /// Seconds of a step.
    func step(ranks: Int) -> Double {
        guard ranks > 1 else { return compute }
        let all = seconds(ofSum: bytes, buckets: buckets, ranks: ranks)
        let tail = seconds(ofSum: min(bytes, bucketBytes), buckets: 1, ranks: ranks)
        return compute + max(tail, all - Self.overlap * compute)
    }

    /// The share of a step in which a rank computes.
    func efficiency(ranks: Int) -> Double { compute / step(ranks: ranks) }
}
