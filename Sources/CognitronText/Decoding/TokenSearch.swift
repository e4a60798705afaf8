import Cognitron
import Foundation

/// How the text of the highest probability is looked for.
public enum TokenSearch: Sendable, Hashable {
    /// The most probable token at every step.
    case greedy
    /// The `width` most probable texts so far at every step.
    ///
    /// Finished texts are compared by log p / ((5 + length) / 6)^lengthPenalty: 0 prefers short ones.
    ///
    /// - Source: Wu et al., "Google's Neural Machine Translation System" (2016), equation 14.
    case beam(width: Int, lengthPenalty: Float = 0.6)
}

/// A text that a search found.
public struct Hypothesis: Sendable, Equatable {
    /// The tokens without start and end marks.
    public var tokens: [Int]
    /// The logarithm of its probability.
    public var logProbability: Float
    /// Whether it ended with the end mark, and not at the largest length.
    public var isFinished: Bool

    /// Its first tokens.
    fileprivate func cut(to limit: Int) -> Hypothesis {
        var text = self
        text.tokens = Array(tokens.prefix(limit))
        return text
    }

    /// What finished texts are compared by.
    public func score(lengthPenalty: Float) -> Float {
        // The end mark counts as a token.
        logProbability / pow((6 + Float(tokens.count)) / 6, lengthPenalty)
    }
}

extension TokenSearch {
    /// Looks for a text for each sample.
    ///
    /// - Parameters:
    ///   - decoding: before its first step, for `count` samples.
    ///   - start, end: the tokens before the first and after the last of a text.
    ///   - limit: the most tokens of a text.
    /// - Returns: for each sample its texts, the best first: one, or up to `width`.
    /// - Throws: as `Decoding.next`, and where the width is below 1.
    public func texts(
        _ decoding: consuming Decoding, count: Int, start: Int, end: Int, limit: Int
    ) throws -> [[Hypothesis]] {
        let limit = min(limit, decoding.limit ?? limit)
        switch self {
        case .greedy:
            return try greedy(decoding, count: count, start: start, end: end, limit: limit).map { [$0] }
        case .beam(let width, let lengthPenalty):
            guard width >= 1 else {
                throw CognitronError(
                    .argument, "beam", "invalid width", expected: "at least 1", got: "\(width)")
            }
            var beams = Beams(width: width, lengthPenalty: lengthPenalty, count: count, end: end)
            return try beams.run(decoding, start: start, limit: limit)
        }
    }

    private func greedy(
        _ decoding: consuming Decoding, count: Int, start: Int, end: Int, limit: Int
    ) throws -> [Hypothesis] {
        var decoding = decoding
        var texts = [Hypothesis](
            repeating: Hypothesis(tokens: [], logProbability: 0, isFinished: false), count: count)
        var last = [Int](repeating: start, count: count)
        for _ in 0...limit where texts.contains(where: { !$0.isFinished }) {
            let rows = try decoding.next(Tensor(last.map { Float($0) }, shape: [count, 1])).logProbabilityRows
            for sample in texts.indices where !texts[sample].isFinished {
                let token = rows[sample].largestPlace
                texts[sample].logProbability += rows[sample][token]
                last[sample] = token
                if token == end {
                    texts[sample].isFinished = true
                } else if texts[sample].tokens.count < limit {
                    texts[sample].tokens.append(token)
                }
            }
        }
        return texts
    }
}

/// The best unfinished texts of each sample, side by side in the rows of a decoding.
private struct Beams {
    let width: Int
    let lengthPenalty: Float
    let end: Int
    /// Of each sample; all samples have as many.
    private var open: [[Hypothesis]]
    private var finished: [[Hypothesis]]

    init(width: Int, lengthPenalty: Float, count: Int, end: Int) {
        (self.width, self.lengthPenalty, self.end) = (width, lengthPenalty, end)
        let empty = Hypothesis(tokens: [], logProbability: 0, isFinished: false)
        open = Array(repeating: [empty], count: count)
        finished = Array(repeating: [], count: count)
    }

    mutating func run(_ decoding: consuming Decoding, start: Int, limit: Int) throws -> [[Hypothesis]] {
        var decoding = decoding
        var last = open.map { _ in start }
        for length in 0...limit {
            let rows = try decoding.next(Tensor(last.map { Float($0) }, shape: [last.count, 1]))
                .logProbabilityRows
            let isLast = length == limit
            var (kept, tokens) = ([Int](), [Int]())
            let beams = open[0].count
            for sample in open.indices {
                let own = sample * beams..<(sample + 1) * beams
                let next = extended(sample, Array(rows[own]))
                open[sample] = next.map(\.text)
                kept += next.map { own.lowerBound + $0.beam }
                tokens += next.map(\.text.tokens).map { $0[$0.count - 1] }
            }
            guard !isLast, !isDone else { break }
            decoding.select(kept)
            last = tokens
        }
        return results(limit)
    }

    /// The best texts that are a token longer than a sample's, and the beam that each comes from. Those that
    /// end go to the finished ones.
    private mutating func extended(
        _ sample: Int, _ rows: [[Float]]
    ) -> [(beam: Int, text: Hypothesis)] {
        var candidates: [(beam: Int, token: Int, logProbability: Float)] = []
        for (beam, row) in rows.enumerated() {
            let text = open[sample][beam]
            candidates += row.largestPlaces(width + 1).map { (beam, $0, text.logProbability + row[$0]) }
        }
        candidates.sort { ($0.logProbability, $1.beam, $1.token) > ($1.logProbability, $0.beam, $0.token) }
        for candidate in candidates.prefix(width) where candidate.token == end {
            var text = open[sample][candidate.beam]
            (text.logProbability, text.isFinished) = (candidate.logProbability, true)
            finished[sample].append(text)
        }
        let before = open[sample]
        return candidates.filter { $0.token != end }.prefix(width).map { candidate in
            var text = before[candidate.beam]
            text.tokens.append(candidate.token)
            text.logProbability = candidate.logProbability
            return (candidate.beam, text)
        }
    }

    /// Whether every sample has as many finished texts as wanted.
    private var isDone: Bool { finished.allSatisfy { $0.count >= width } }

    private func results(_ limit: Int) -> [[Hypothesis]] {
        zip(finished, open).map { finished, open in
            // Where too few texts ended, those cut off at the limit count too.
            let cut = finished.count >= width ? [] : open.map { $0.cut(to: limit) }
            let sorted = (finished + cut).sorted {
                $0.score(lengthPenalty: lengthPenalty) > $1.score(lengthPenalty: lengthPenalty)
            }
            return Array(sorted.prefix(width))
        }
    }
}

extension Tensor {
    /// The logarithms of the probabilities of scores (N, P, V), for the last step of each sample.
    var logProbabilityRows: [[Float]] {
        let (samples, steps, tokens) = (shape[0], shape[1], shape[2])
        let numbers = scalars
        return (0..<samples).map { sample in
            let start = (sample * steps + steps - 1) * tokens
            let row = numbers[start..<start + tokens]
            let largest = row.max() ?? 0
            let sum = row.reduce(Float(0)) { $0 + exp($1 - largest) }
            let shift = largest + log(sum)
            return row.map { $0 - shift }
        }
    }
}

extension [Float] {
    /// The place of the largest number; of equal ones, the first.
    var largestPlace: Int {
        var best = 0
        for place in indices where self[place] > self[best] { best = place }
        return best
    }

    /// The places of the `limit` largest numbers, from the largest down; of equal ones, the first comes first.
    func largestPlaces(_ limit: Int) -> [Int] {
        var best: [Int] = []
        for place in indices {
            if best.count == limit, self[place] <= self[best[limit - 1]] { continue }
            let spot = best.firstIndex { self[place] > self[$0] } ?? best.count
            best.insert(place, at: spot)
            if best.count > limit { best.removeLast() }
        }
        return best
    }
}
