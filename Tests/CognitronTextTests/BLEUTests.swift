import Cognitron
import CognitronText
import Foundation
import Testing

/// What sacrebleu found of small corpora. Scripts/make-bleu-fixtures.py writes the file.
struct BLEUCorpus: Decodable, CustomTestStringConvertible, Sendable {
    struct Scores: Decodable {
        var tokenize, smooth, text: String
        var score, bp: Double
        var precisions: [Double]
        var hypothesisLength, referenceLength: Int
    }
    var name: String
    var hypotheses: [String]
    var references: [[String]]
    var scores: [Scores]

    var testDescription: String { name }

    static func load() throws -> [BLEUCorpus] {
        let url = try #require(
            Bundle.module.url(forResource: "bleu", withExtension: "json", subdirectory: "Fixtures"))
        return try JSONDecoder().decode([BLEUCorpus].self, from: Data(contentsOf: url))
    }
}

@Suite struct BLEUTests {
    @Test("Scores, precisions and penalties are sacrebleu's", arguments: try BLEUCorpus.load())
    func golden(corpus: BLEUCorpus) throws {
        #expect(corpus.scores.count == 4)
        for expected in corpus.scores {
            let bleu = try BLEU(
                corpus.hypotheses, references: corpus.references,
                tokenization: expected.tokenize == "none" ? .none : .mteval13a,
                smoothing: expected.smooth == "none" ? .none : .exponential)
            #expect(abs(bleu.score - expected.score) < 1e-9)
            let errors = zip(bleu.precisions, expected.precisions).map { abs($0 - $1) }
            #expect(errors.count == 4 && errors.allSatisfy { $0 < 1e-9 })
            #expect(abs(bleu.brevityPenalty - expected.bp) < 1e-12)
            #expect(bleu.hypothesisLength == expected.hypothesisLength)
            #expect(bleu.referenceLength == expected.referenceLength)
            #expect(bleu.description == expected.text)
        }
    }

    @Test("By hand: six words, five of them right")
    func byHand() throws {
        let bleu = try BLEU(["the cat sat on the mat"], references: [["a cat sat on the mat"]])
        let precisions: [Double] = [500.0 / 6, 80, 75, 200.0 / 3]
        #expect(bleu.precisions == precisions)
        // (5/6 · 4/5 · 3/4 · 2/3)^¼ = (1/3)^¼
        let score = 100 * pow(1.0 / 3, 0.25)
        #expect(abs(bleu.score - score) < 1e-12)
    }

    @Test("Sentences without references and corpora without sentences are refused")
    func badInput() {
        #expect(throws: CognitronError.self) { try BLEU([], references: []) }
        #expect(throws: CognitronError.self) { try BLEU(["a"], references: [["a"], ["b"]]) }
        #expect(throws: CognitronError.self) { try BLEU(["a", "b"], references: [["a"], []]) }
    }
}
