import Cognitron
import CognitronData

/// Phrases of a small English, and the same in a small Spanish, in which adjectives follow their nouns and
/// agree with them.
enum DrawnPhrases {
    private static let nouns = [
        ("king", "rey", false), ("queen", "reina", true), ("city", "ciudad", true), ("man", "hombre", false),
        ("house", "casa", true), ("river", "río", false), ("star", "estrella", true), ("son", "hijo", false),
    ]
    private static let adjectives = [("white", "blanc"), ("old", "viej"), ("good", "buen"), ("new", "nuev")]
    private static let verbs = [("saw", "vio"), ("loved", "amó"), ("left", "dejó"), ("found", "halló")]

    /// Training and test parts; the phrases of the test part are not trained on.
    static func parts(_ settings: ExperimentSettings) throws -> [DatasetPart] {
        var draws = RandomKey(seed: settings.seed).folding("phrases").generator()
        var known: Set<String> = []
        let pairs = (0..<1_500).map { _ in sentence(&draws) }.filter { known.insert($0.source).inserted }
        let test = pairs.count / 10
        let form = TextUnits.bytePairs.vectorization(of: pairs.flatMap { [$0.source, $0.target] })
        let training = Array(pairs.dropLast(test))
        let coded = TextPairs(training, inputs: form, targets: form, sharesVocabulary: true)
        return [try coded.part(training, "phrases"), try coded.part(Array(pairs.suffix(test)), "phrases")]
    }

    private static func sentence(_ draws: inout RandomGenerator) -> (source: String, target: String) {
        let (subject, object) = (phrase(&draws), phrase(&draws))
        let verb = verbs.randomElement(using: &draws) ?? verbs[0]
        return (
            "the \(subject.source) \(verb.0) the \(object.source).",
            "\(subject.target) \(verb.1) \(object.target)."
        )
    }

    private static func phrase(_ draws: inout RandomGenerator) -> (source: String, target: String) {
        let noun = nouns.randomElement(using: &draws) ?? nouns[0]
        let (article, ending) = noun.2 ? ("la", "a") : ("el", "o")
        guard Bool.random(using: &draws), let word = adjectives.randomElement(using: &draws) else {
            return (noun.0, "\(article) \(noun.1)")
        }
        return ("\(word.0) \(noun.0)", "\(article) \(noun.1) \(word.1)\(ending)")
    }
}
