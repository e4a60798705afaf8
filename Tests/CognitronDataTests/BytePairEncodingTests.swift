import Cognitron
import Foundation
import Testing

@testable import CognitronData

@Suite struct BytePairEncodingTests {
    @Test("The pairs of Sennrich's example are joined in its order")
    func paper() {
        let words = [("low", 5), ("lower", 2), ("newest", 6), ("widest", 3)]
        let texts = words.flatMap { Array(repeating: $0, count: $1) }
        let encoding = BytePairEncoding(trainedOn: texts, merges: 4)
        // "es" and "st" occur nine times each; e has the lower number. "lo" and "ow" occur seven times.
        #expect(encoding.vocabulary.suffix(4) == ["es", "est", "lo", "low"])
        #expect(encoding.tokens(of: "lowest") == ["low", "est"])
        #expect(encoding.tokens(of: "newer") == ["n", "e", "w", "e", "r"])
    }

    @Test("The space before a word belongs to it, and no token crosses words")
    func words() {
        let text = String(repeating: "in the end\n", count: 20)
        let encoding = BytePairEncoding(trainedOn: [text], merges: 1_000)
        #expect(encoding.tokens(of: "in the end\nin the") == ["in", " the", " end", "\n", "in", " the"])
        #expect(encoding.tokens(of: "  the") == [" ", " the"])
    }

    static let texts = [
        "", " ", "\r\n\r\n\t x", "plain words, and 1,234.5 numbers!", "Ärger über Öl",
        "e\u{301}te\u{301} \u{E9}t\u{E9}",
        "日本語の文章です。", "👩‍👩‍👧 and 🇫🇷", "\u{212A} K \u{2126} Ω \u{37E};", "\u{0}\u{1F}\u{FFFF}\u{10FFFF}",
        "<0xE2><0x00> <0xZZ>", String(repeating: "a", count: 1_000),
    ]

    @Test(
        "Joined, the tokens of any text are the text, and the tokens are in the vocabulary", arguments: texts)
    func roundTrip(text: String) {
        let trained = BytePairEncoding(trainedOn: Array(repeating: text, count: 3), merges: 50)
        let other = BytePairEncoding(trainedOn: ["some other text, 12 words; Ω"], merges: 50)
        for encoding in [trained, other, BytePairEncoding(trainedOn: [], merges: 10)] {
            let tokens = encoding.tokens(of: text)
            #expect(Array(encoding.text(of: tokens).utf8) == Array(text.utf8))
            #expect(encoding.numbers(of: text).allSatisfy(encoding.vocabulary.indices.contains))
            #expect(Set(encoding.vocabulary).count == encoding.vocabulary.count)
        }
    }

    @Test("A frequent text needs far fewer tokens than characters, the same each time")
    func compresses() {
        let text = (0..<2_000).map { ["this", "that", "those", "there"][$0 * $0 % 4] + " is \($0 % 7)" }
            .joined(separator: ", ")
        let encoding = BytePairEncoding(trainedOn: [text], merges: 60)
        let count = encoding.tokens(of: text).count
        #expect(count * 2 < text.count)
        #expect(encoding == BytePairEncoding(trainedOn: [text], merges: 60))
        #expect(encoding.vocabulary == BytePairEncoding(trainedOn: [text], merges: 60).vocabulary)
    }

    @Test("A saved encoding is the same; a damaged one is refused")
    func codable() throws {
        let encoding = BytePairEncoding(trainedOn: ["abc abc e\u{301} ab \"\\"], merges: 5)
        let data = try JSONEncoder().encode(encoding)
        let read = try JSONDecoder().decode(BytePairEncoding.self, from: data)
        #expect(read == encoding && read.vocabulary == encoding.vocabulary)
        for merges in ["[1]", "[300, 256]", "[256, 258]", "[-1, 256]", "[255, 256]"] {
            let text = #"{"alphabet": "ab", "merges": \#(merges)}"#
            #expect(throws: DecodingError.self) {
                try JSONDecoder().decode(BytePairEncoding.self, from: Data(text.utf8))
            }
        }
    }
}
