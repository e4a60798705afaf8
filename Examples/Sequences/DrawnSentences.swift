import Cognitron
import CognitronData

/// Sentences of a small grammar, in which some words have two parts of speech and some occur once.
enum DrawnSentences {
    static func parts(count: Int, seed: UInt64) throws -> [DatasetPart] {
        var random = RandomKey(seed: seed).folding("sentences").generator()
        let sentences = TaggedSentences((0..<count).map { _ in sentence(&random) })
        return try DatasetSplit.allCases.map { try sentences.part($0, "drawn sentences") }
    }

    private static let nouns = ["light", "run", "fish", "dog", "house", "walk"]
    private static let verbs = ["light", "run", "fish", "see", "take", "walk"]

    /// `the light dogs run quickly`: determiner, adjective, noun, verb, adverb.
    private static func sentence(_ random: inout RandomGenerator) -> TaggedSentences.Sentence {
        var words: TaggedSentences.Sentence = []
        if Bool.random(using: &random) { words.append((invented("ly", &random), "RB")) }
        words.append((["the", "a", "this"].randomElement(using: &random) ?? "the", "DT"))
        if Bool.random(using: &random) { words.append((invented("ous", &random), "JJ")) }
        words.append((nouns.randomElement(using: &random) ?? "dog", "NN"))
        words.append((verbs.randomElement(using: &random) ?? "see", "VB"))
        if Bool.random(using: &random) { words.append((invented("ings", &random), "NNS")) }
        return words
    }

    /// A word that hardly occurs twice.
    private static func invented(_ ending: String, _ random: inout RandomGenerator) -> String {
        let letters = "bcdfghklmnprstvw"
        return (0..<4).map { _ in String(letters.randomElement(using: &random) ?? "b") }.joined() + ending
    }
}
