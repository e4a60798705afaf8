import Foundation

/// A language model that counts: how often each token followed the last few.
///
///     p(c | h) = (n(h, c) + d(h) · p(c | h′)) / (n(h) + d(h))
///
/// n counts occurrences, d(h) the different tokens after h, and h′ is h without its oldest token; without any
/// context all tokens are equally likely.
///
/// - Source: Witten and Bell, "The Zero-Frequency Problem" (1991).
struct NGramModel {
    /// The number of tokens that it looks at, the next one included; at most 7.
    let order: Int
    let tokenCount: Int
    private var followers: [UInt64: (total: Int, distinct: Int)] = [:]
    private var counts: [UInt64: Int] = [:]

    /// - Parameters:
    ///   - tokens: numbers below 256.
    ///   - tokenCount: how many there are.
    init(order: Int, tokenCount: Int, trainedOn tokens: [Int]) {
        precondition((1...7).contains(order) && tokenCount <= 256, "n-grams of 1 to 7 of 256 tokens")
        (self.order, self.tokenCount) = (order, tokenCount)
        for place in tokens.indices {
            for length in 0..<min(order, place + 1) {
                let (context, whole) = (
                    Self.key(tokens[place - length..<place]), Self.key(tokens[place - length...place])
                )
                counts[whole, default: 0] += 1
                followers[context, default: (0, 0)].total += 1
                if counts[whole] == 1 { followers[context]?.distinct += 1 }
            }
        }
    }

    /// The bits of a token, the mean over a text.
    func bits(of tokens: [Int]) -> Double {
        let sum = tokens.indices.reduce(0.0) { sum, place in
            let context = tokens[max(0, place - order + 1)..<place]
            return sum - log2(probability(of: tokens[place], after: context))
        }
        return sum / Double(max(1, tokens.count))
    }

    private func probability(of token: Int, after context: ArraySlice<Int>) -> Double {
        (0...context.count).reduce(1 / Double(tokenCount)) { shorter, length in
            let history = context.suffix(length)
            guard let (total, distinct) = followers[Self.key(history)] else { return shorter }
            let count = counts[Self.key(history + [token])] ?? 0
            return (Double(count) + Double(distinct) * shorter) / Double(total + distinct)
        }
    }

    /// The tokens in a byte each, below a byte for their number.
    private static func key(_ tokens: ArraySlice<Int>) -> UInt64 {
        tokens.reduce(UInt64(tokens.count) << 56) { key, token in
            key & 0xFF00_0000_0000_0000 | (key << 8 | UInt64(token)) & 0x00FF_FFFF_FFFF_FFFF
        }
    }
}
