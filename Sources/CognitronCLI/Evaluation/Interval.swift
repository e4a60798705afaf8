import Cognitron
import Foundation

/// A 95 % confidence interval of a score.
struct Interval: Encodable, Equatable {
    let low: Float
    let high: Float
    let method: Method

    enum Method: String, Encodable {
        case wilson = "Wilson"
        case bootstrap
    }

    /// The standard normal distribution's 97.5 % quantile.
    private static let z = 1.959964
    private static let resamples = 1_000

    /// Of a share of `count` samples:
    ///
    ///     (p + z²/2n ± z √(p(1 − p)/n + z²/4n²)) / (1 + z²/n)
    ///
    /// - Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference" (1927).
    init(wilson share: Float, count: Int) {
        let (p, n, square) = (Double(share), Double(count), Self.z * Self.z)
        let middle = (p + square / (2 * n)) / (1 + square / n)
        let half = Self.z * (p * (1 - p) / n + square / (4 * n * n)).squareRoot() / (1 + square / n)
        (low, high, method) = (Float(max(0, middle - half)), Float(min(1, middle + half)), .wilson)
    }

    /// Of metrics that have each taken in some of the samples: the scores of as many of them, drawn with
    /// repetition, of which 2.5 % lie below and above. Nil for less than two metrics.
    ///
    /// - Source: Efron, "Bootstrap Methods: Another Look at the Jackknife" (1979).
    init?(bootstrap groups: [any Metric]) {
        guard groups.count > 1 else { return nil }
        var generator = RandomKey(seed: 0).folding("bootstrap").generator()
        let scores = (0..<Self.resamples).map { _ in
            let drawn = groups.map { _ in groups[Int.random(in: groups.indices, using: &generator)] }
            return drawn[0].merged(with: drawn.dropFirst())
        }.filter(\.isFinite).sorted()
        guard let first = scores.first else { return nil }
        let place = { (share: Double) in
            scores.isEmpty ? first : scores[Int(share * Double(scores.count - 1) + 0.5)]
        }
        (low, high, method) = (place(0.025), place(0.975), .bootstrap)
    }
}
