import Cognitron
import CognitronTesting
import Foundation
import Testing

@testable import CognitronData

@Suite("Texts as tokens")
struct TextTests {
    @Test("Words, marks and characters; back to the text")
    func splits() {
        var words = TextUnits.words.vectorization(of: [])
        let text = "Don't stop, (please) — it's 5 o'clock!"
        #expect(
            words.pieces(of: text)
                == ["don't", "stop", ",", "(", "please", ")", "—", "it's", "5", "o'clock", "!"])
        words.adapt([text])
        #expect(words.text(of: words.tokens(of: text)) == "don't stop, (please) — it's 5 o'clock!")
        var characters = TextUnits.characters.vectorization(of: [])
        characters.adapt(["Grüße 👩‍👩‍👧!"])
        #expect(characters.text(of: characters.tokens(of: "Grüße 👩‍👩‍👧!")) == "Grüße 👩‍👩‍👧!")
        #expect(characters.vocabularySize == 2 + 8)
    }

    @Test("Pairs of neighbours as tokens of their own")
    func ngrams() {
        let words = TextVectorization(ngrams: 2)
        #expect(words.pieces(of: "not very good") == ["not", "very", "good", "not very", "very good"])
        #expect(words.pieces(of: "good") == ["good"])
    }

    @Test("Rows are cut and filled at the end")
    func rows() {
        let words = TextVectorization(outputSequenceLength: 3, vocabulary: ["a", "b"])
        #expect(words(["a b a b", "b", "", "x"]).scalars == [2, 3, 2, 3, 0, 0, 0, 0, 0, 1, 0, 0])
    }

    @Test("A vocabulary is the same after JSON, limited, with marks and unknown words")
    func coding() throws {
        var words = TextVectorization(maxTokens: 5, marks: [TextVectorization.start])
        words.adapt(["b b a a a c", "d"])
        #expect(words.getVocabulary() == ["", "[UNK]", "[START]", "a", "b"])
        let again = try JSONDecoder().decode(TextVectorization.self, from: JSONEncoder().encode(words))
        #expect(again == words && again.tokens(of: "b d") == [4, 1])
        #expect(words.mark("[START]") == 2 && words.mark("a") == nil)
    }

    @Test("A text without a known word is refused")
    func unknown() throws {
        let coding = TextCoding(inputs: TextVectorization(vocabulary: ["a"]))
        #expect(try coding.tokens(of: "x a") == [1, 2])
        for text in ["", "   ", "x y"] {
            #expect(throws: CognitronError.self) { try coding.tokens(of: text) }
        }
        #expect(throws: CognitronError.self) { try TextCoding().tokens(of: "a") }
    }

    @Test("StringLookup numbers as Keras's does")
    func lookup() {
        let plain = StringLookup(vocabulary: ["a", "b"])
        #expect(plain(["a", "b", "x"]) == [1, 2, 0] && plain.vocabularySize == 3)
        let masked = StringLookup(maskToken: "", vocabulary: ["a"])
        #expect(masked(["", "x", "a"]) == [0, 1, 2] && masked.texts(of: [2, 9]) == ["a", "[UNK]"])
    }
}

@Suite("Batches of token sequences")
struct TokenSourceTests {
    private let source = TokenSource(
        sources: [[5, 6, 7], [8], [9, 9]], targets: [[4], [5, 6], [7]], start: 2, end: 3)

    @Test("A decoder reads behind the start mark and learns up to the end mark; padding has weight 0")
    func teacherForcing() throws {
        let batch = try #require(try source.batch([0, 1], nil))
        #expect(batch.inputs[0].scalars == [5, 6, 7, 8, 0, 0])
        #expect(batch.inputs[1].scalars == [2, 4, 0, 2, 5, 6])
        #expect(batch.targets[0].scalars == [4, 3, 0, 5, 6, 3])
        #expect(batch.weights[0]?.scalars == [1, 1, 0, 1, 1, 1])
    }

    @Test("Sequences of similar length share a batch, and each sample comes once")
    func bucketing() throws {
        let lengths = (0..<200).map { $0 * 37 % 40 + 1 }
        let source = TokenSource(
            inputs: [.sequences(lengths.map { [Int](repeating: 1, count: $0) })],
            targets: [.numbers(lengths)])
        let order = source.ordered(Array(0..<200), batchSize: 8)
        #expect(order.sorted() == Array(0..<200) && order != Array(0..<200))
        let spread = stride(from: 0, to: 200, by: 8).map { start in
            let own = order[start..<min(start + 8, 200)].map { lengths[$0] }
            return (own.max() ?? 0) - (own.min() ?? 0)
        }
        #expect(spread.allSatisfy { $0 <= 4 })
        // The combinators keep it.
        #expect(source.map { $0 }.ordered(Array(0..<200), batchSize: 8) == order)
        let half = source.subset(Array(0..<100))
        #expect(half.ordered(Array(0..<100), batchSize: 8).sorted() == Array(0..<100))
    }
}

@Suite("Dates as people write them")
struct DateTests {
    @Test("Pairs depend on seed and number; parts share no day")
    func parts() {
        let (train, test) = (Dates().pairs(count: 3_000), Dates(split: .test).pairs(count: 300))
        #expect(train.map(\.source) == Dates().pairs(count: 3_000).map(\.source))
        #expect(Set(train.map(\.target)).isDisjoint(with: test.map(\.target)))
        #expect(Set(train.map { $0.target.prefix(4) }).count > 190)
    }

    @Test("Both say the same day")
    func meaning() throws {
        let months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
        for pair in Dates(seed: 2).pairs(count: 500) {
            let parts = pair.target.split(separator: "-").compactMap { Int($0) }
            let text = pair.source.lowercased()
            let numbers = text.split { !$0.isNumber }.compactMap { Int($0) }
            #expect(numbers.contains(parts[0]) && numbers.contains(parts[2]), "\(pair)")
            let hasName = months.contains { text.contains($0) }
            #expect(hasName ? text.contains(months[parts[1] - 1]) : numbers[1] == parts[1], "\(pair)")
        }
    }

    @Test("Weekdays are right")
    func weekdays() {
        let pair = Dates().pairs(count: 4_000).first { $0.source.lowercased().hasPrefix("saturday") }
        // 2000-01-01 was a Saturday; days since then are a multiple of 7.
        let form = DateFormatter()
        form.locale = Locale(identifier: "en_US_POSIX")
        form.timeZone = TimeZone(identifier: "UTC")
        form.dateFormat = "yyyy-MM-dd"
        let day = pair.flatMap { form.date(from: $0.target) }
        let days = day.map { ($0.timeIntervalSince1970 / 86_400).rounded() - 10_957 }
        #expect(days.map { $0.truncatingRemainder(dividingBy: 7) } == 0)
    }
}
