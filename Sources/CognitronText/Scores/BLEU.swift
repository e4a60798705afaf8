import Cognitron
import Foundation

/// How near translations are to what people translated: 0 for nothing in common, 100 for the same.
///
///     BLEU = BP · exp((1 / M) · Σ_n log p_n),   n = 1 … M
///     p_n = 100 · (n-grams that a reference has too) / (n-grams of the hypotheses)
///     BP = exp(1 − r / h) where h < r, else 1
///
///     let bleu = try BLEU(["the cat sat on the mat"], references: [["a cat sat on the mat"]])
///     print(bleu)              // BLEU = 75.98 83.3/80.0/75.0/66.7 (BP = 1.000 …
///
/// An n-gram counts as often as in the reference that has it most often. h is the number of the hypotheses'
/// words, r that of the references nearest in length, the shorter of two. Both are sums over all sentences: a
/// mean of the sentences' scores is another number. Without a common word the score is 0.
///
/// - Source: Papineni, Roukos, Ward and Zhu, "BLEU: a Method for Automatic Evaluation of Machine
///   Translation" (2002); the numbers are sacrebleu's, Post, "A Call for Clarity in Reporting BLEU Scores"
///   (2018).
public struct BLEU: Sendable, Hashable {
    /// What precision stands for an order without common n-grams.
    public enum Smoothing: Sendable, Hashable {
        /// 0, and so is the score.
        case none
        /// 100 / (2ᵏ · n-grams) for the k-th such order, as sacrebleu does by default.
        case exponential
    }

    public let score: Double
    /// p_n in per cent, from words to n-grams of the highest order.
    public let precisions: [Double]
    public let brevityPenalty: Double
    /// h, the number of words of all hypotheses.
    public let hypothesisLength: Int
    /// r, that of the references nearest in length.
    public let referenceLength: Int

    /// - Parameters:
    ///   - hypotheses: the sentences to judge.
    ///   - references: for each of them one or more right ones.
    ///   - tokenization: how sentences become words.
    ///   - smoothing: what stands for orders without common n-grams.
    ///   - maxOrder: M, the words of the longest n-grams; at least 1.
    /// - Throws: `CognitronError.data` where there are no hypotheses or one has no reference.
    public init(
        _ hypotheses: [String], references: [[String]], tokenization: Tokenization = .mteval13a,
        smoothing: Smoothing = .exponential, maxOrder: Int = 4
    ) throws {
        precondition(maxOrder >= 1, "BLEU of n-grams up to \(maxOrder) words; give at least 1")
        guard !hypotheses.isEmpty, hypotheses.count == references.count else {
            throw CognitronError(
                .data, "BLEU", "needs sentences, each with its references",
                expected: hypotheses.isEmpty ? "at least one sentence" : "\(hypotheses.count) of references",
                got: hypotheses.isEmpty ? "none" : "\(references.count)")
        }
        var counts = NGramCounts(maxOrder: maxOrder)
        for (number, (hypothesis, references)) in zip(hypotheses, references).enumerated() {
            guard !references.isEmpty else {
                throw CognitronError(
                    .data, "BLEU", "sentence \(number + 1) has nothing to be compared with",
                    expected: "at least one reference")
            }
            counts.add(tokenization(hypothesis), references.map { tokenization($0) })
        }
        self.init(counts, smoothing)
    }

    private init(_ counts: NGramCounts, _ smoothing: Smoothing) {
        (hypothesisLength, referenceLength) = (counts.hypothesisLength, counts.referenceLength)
        let ratio = Double(referenceLength) / Double(hypothesisLength)
        let penalty = hypothesisLength == 0 ? 0 : exp(min(0, 1 - ratio))
        brevityPenalty = hypothesisLength < referenceLength ? penalty : 1
        var precisions = [Double](repeating: 0, count: counts.common.count)
        guard counts.common.contains(where: { $0 > 0 }) else {
            (self.precisions, score) = (precisions, 0)
            return
        }
        var smallest = 100.0
        for (order, (common, total)) in zip(counts.common, counts.total).enumerated() where total > 0 {
            if common > 0 {
                precisions[order] = 100 * Double(common) / Double(total)
            } else if smoothing == .exponential {
                smallest /= 2
                precisions[order] = smallest / Double(total)
            }
        }
        let mean = precisions.reduce(0) { $0 + log($1) } / Double(precisions.count)
        (self.precisions, score) = (precisions, brevityPenalty * exp(mean))
    }
}

extension BLEU: CustomStringConvertible {
    /// The score and what it consists of, in sacrebleu's form.
    public var description: String {
        let precisions = precisions.map { String(format: "%.1f", $0) }.joined(separator: "/")
        let ratio = referenceLength == 0 ? 0 : Double(hypothesisLength) / Double(referenceLength)
        let lengths = "hyp_len = \(hypothesisLength) ref_len = \(referenceLength)"
        return String(format: "BLEU = %.2f ", score) + precisions
            + String(format: " (BP = %.3f ratio = %.3f ", brevityPenalty, ratio) + lengths + ")"
    }
}

/// Sums over sentences of what BLEU is made from.
private struct NGramCounts {
    /// The n-grams that a reference has too, by order.
    private(set) var common: [Int]
    private(set) var total: [Int]
    private(set) var hypothesisLength = 0
    private(set) var referenceLength = 0

    init(maxOrder: Int) {
        common = [Int](repeating: 0, count: maxOrder)
        total = common
    }

    mutating func add(_ hypothesis: [String], _ references: [[String]]) {
        var numbers: [[UInt8]: Int] = [:]
        // Words are told apart by their code points, not by what they look like.
        func numbered(_ words: [String]) -> [Int] {
            words.map { word in
                let (key, next) = (Array(word.utf8), numbers.count)
                if let number = numbers[key] { return number }
                numbers[key] = next
                return next
            }
        }
        let own = numbered(hypothesis)
        let others = references.map(numbered)
        hypothesisLength += own.count
        referenceLength +=
            others.map(\.count).min { (abs($0 - own.count), $0) < (abs($1 - own.count), $1) } ?? 0
        for order in 1...common.count {
            var most: [ArraySlice<Int>: Int] = [:]
            for other in others { most.merge(Self.nGrams(other, order), uniquingKeysWith: max) }
            for (nGram, count) in Self.nGrams(own, order) {
                common[order - 1] += min(count, most[nGram] ?? 0)
            }
            total[order - 1] += max(0, own.count - order + 1)
        }
    }

    /// How often a sentence has each n-gram.
    private static func nGrams(_ words: [Int], _ order: Int) -> [ArraySlice<Int>: Int] {
        guard words.count >= order else { return [:] }
        return (0...words.count - order).reduce(into: [:]) { $0[words[$1..<$1 + order], default: 0] += 1 }
    }
}
