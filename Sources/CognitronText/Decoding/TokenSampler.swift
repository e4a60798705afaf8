import Cognitron
import Foundation

/// Draws the next token of a text from a model's scores.
public struct TokenSampler: Sendable {
    /// What scores are divided by: below 1 likely tokens get likelier, above 1 unlikely ones; 0 takes the
    /// likeliest.
    public let temperature: Float
    /// How many of the likeliest tokens are drawn from; nil for all.
    public let topK: Int?
    /// The likeliest tokens are drawn from that have this probability together; nil for all.
    public let topP: Float?
    private var generator: RandomGenerator

    /// - Throws: `CognitronError` where a number is out of range.
    /// - Source: Holtzman et al., "The Curious Case of Neural Text Degeneration" (2020), for `topP`.
    public init(temperature: Float = 1, topK: Int? = nil, topP: Float? = nil, seed: UInt64 = 1) throws {
        func require(_ isRight: Bool, _ name: String, _ expected: String, _ got: String) throws {
            guard !isRight else { return }
            throw CognitronError(
                .argument, "sampling", "invalid \(name)", expected: expected, got: got)
        }
        try require(
            temperature >= 0 && temperature.isFinite, "temperature", "0 or more", "\(temperature)")
        try require(topK.map { $0 >= 1 } ?? true, "topK", "at least 1", "\(topK ?? 0)")
        try require(topP.map { $0 > 0 && $0 <= 1 } ?? true, "topP", "above 0, at most 1", "\(topP ?? 0)")
        (self.temperature, self.topK, self.topP) = (temperature, topK, topP)
        generator = RandomKey(seed: seed).folding("tokens").generator()
    }

    /// The token that is drawn for scores.
    ///
    /// - Parameter excluded: tokens that are never drawn, such as padding.
    public mutating func token(_ scores: [Float], excluding excluded: Set<Int> = []) -> Int {
        var scores = scores
        for token in excluded where scores.indices.contains(token) { scores[token] = -.infinity }
        guard temperature > 0 else { return scores.largestPlace }
        var places =
            topK == nil && topP == nil
            ? Array(scores.indices) : scores.largestPlaces(min(topK ?? scores.count, scores.count))
        let largest = scores.max() ?? 0
        var weights = places.map { exp((scores[$0] - largest) / temperature) }
        if let topP {
            let total = weights.reduce(0, +)
            var (sum, count) = (Float(0), 0)
            while count < weights.count, sum < topP * total {
                sum += weights[count]
                count += 1
            }
            (places, weights) = (Array(places.prefix(count)), Array(weights.prefix(count)))
        }
        var rest = Float.random(in: 0..<1, using: &generator) * weights.reduce(0, +)
        for (place, weight) in zip(places, weights) {
            rest -= weight
            if rest < 0, weight > 0 { return place }
        }
        return weights.lastIndex { $0 > 0 }.map { places[$0] } ?? scores.largestPlace
    }
}
