import Cognitron
import Testing

@testable import CognitronData

@Suite struct TaggedSentencesTests {
    private func read(_ text: String) throws -> TaggedSentences {
        try TaggedSentences(lines: Array(text.utf8), path: "t")
    }

    @Test("Words with tags, several a line or one a line, are the same sentences")
    func forms() throws {
        let lines = try read("The/DT cat/NN\n\na/b/NN ?/.\n")
        let words = try read("The\tDT\ncat\tNN\n\n\na/b\tNN\n?\t.\n")
        for tagged in [lines, words] {
            #expect(tagged.sentences.map { $0.map(\.word) } == [["The", "cat"], ["a/b", "?"]])
            #expect(tagged.sentences.map { $0.map(\.tag) } == [["DT", "NN"], ["NN", "."]])
            #expect(tagged.classNames == [".", "DT", "NN"])
        }
    }

    @Test("A word that training did not meet has the number of an unknown word, and that of its ending")
    func part() throws {
        let sentence = "She/PRP sings/VBZ songs/NNS"
        let tagged = try read(
            Array(repeating: sentence, count: 9).joined(separator: "\n") + "\nhe/PRP Rings/VBZ")
        let train = try tagged.part(.train, "t")
        let part = try tagged.part(.test, "t")
        let batch = try #require(try part.source.batch([0], nil))
        let lookup = try #require(part.text?.inputs).lookup
        #expect(
            train.count == 9 && part.count == 1 && part.task == .tagging(classNames: ["NNS", "PRP", "VBZ"]))
        #expect(batch.inputs.map(\.shape) == [[1, 2], [1, 2]] && batch.targets[0].scalars == [1, 2])
        #expect(batch.inputs[0].scalars == [1, 1])
        #expect(batch.inputs[1].scalars == [1, 1])
        #expect(lookup(["she", "[Ashe]", "[ngs]"]).allSatisfy { $0 > 1 })
        #expect(
            TaggedSentences.tokens(of: ["wings"], try #require(part.text)).endings == [
                lookup.number(of: "[ngs]")
            ])
    }

    @Test("Shorter sentences are filled with zeros, and their tags too")
    func padding() throws {
        let tagged = try read("a/X b/Y c/Y\na/X\na/Y b/Y\nc/X")
        let batch = try #require(try tagged.part(.train, "t").source.batch([0, 1], nil))
        #expect(batch.targets[0] == [[0, 1, 1], [0, 0, 0]])
        #expect(batch.inputs[0][1].scalars.dropFirst() == [0, 0] && batch.inputs[0][1].scalars[0] > 0)
    }

    @Test("Endings show capitals, digits and hyphens")
    func endings() {
        let words = ["Running", "4th", "well-kept", "I", "B-52"]
        #expect(words.map(TaggedSentences.ending) == ["[Aing]", "[04th]", "[-ept]", "[Ai]", "[A0--52]"])
    }

    @Test("Words without tags name their line; too few sentences are refused")
    func errors() {
        #expect(fileError { try read("a/X\nb") }?.place == "t, line 2")
        #expect(fileError { try read("a\tX\nb") }?.place == "t, line 2")
        #expect(fileError { try read("a/X /Y") }?.received == "\"/Y\"")
        #expect(fileError { try read("a/") }?.problem == "a word has no tag")
        #expect(throws: CognitronError.self) { try read("a/X b/Y").part(.train, "t") }
        #expect(throws: CognitronError.self) { try read("").part(.train, "t") }
        #expect(throws: CognitronError.self) { try read("a/X\nb/X").part(.train, "t") }
    }

    @Test("Damaged files are refused or read, and never crash")
    func fuzz() {
        expectSurvival(of: [Array("a/X b/Y\nc/Z d/Y".utf8), Array("a\tX\nb\tY\n\nc\tX\n".utf8)]) { bytes in
            let tagged = try TaggedSentences(lines: bytes, path: "t")
            _ = try tagged.part(.train, "t").source.batch([0], nil)
        }
    }
}
