import Cognitron
import Testing

@testable import CognitronData

@Suite("Texts by line")
struct LineFileTests {
    private func lines(_ text: String, _ label: LineFile.Label = .none) throws -> LineFile {
        try LineFile(Array(text.utf8), path: "t.txt", label: label)
    }

    @Test("One sample a line, with its class first, last or not at all")
    func labels() throws {
        #expect(try lines("\u{FEFF}one\r\n\r\ntwo\n").texts == ["one", "two"])
        let first = try lines("pos\tgood\tday\nneg\tbad\npos\tfine\n", .first)
        #expect(first.texts == ["good\tday", "bad", "fine"])
        #expect(first.labels == [1, 0, 1] && first.classNames == ["neg", "pos"])
        #expect(try lines("good\tday\tpos\n", .last).texts == ["good\tday"])
    }

    @Test("Errors name the line")
    func errors() {
        #expect(fileError { try lines("a\tb\nc\n", .first) }?.place == "t.txt, line 2")
        #expect(fileError { try lines("\n\n") }?.problem == "the file has no text")
        #expect(fileError { try LineFile([97, 10, 0xFF, 10], path: "t.txt") }?.place == "t.txt, line 2")
    }

    @Test("Damaged files are refused or read, and never crash")
    func fuzz() {
        for label in LineFile.Label.allCases {
            expectSurvival(of: [Array("pos\tgööd\nneg\tbad\r\n\n".utf8)]) { bytes in
                _ = try LineFile(bytes, path: "t.txt", label: label)
            }
        }
    }
}

@Suite("CoNLL-U")
struct CoNLLUTests {
    private let sample = """
        # sent_id = 1
        # text = Vámonos al mar
        1-2\tVámonos\t_\t_\t_\t_\t_\t_\t_\t_
        1\tVamos\tir\tVERB\tV\tMood=Imp|Number=Plur\t0\troot\t_\t_
        2\tnos\tnosotros\tPRON\t_\tCase=Acc\t1\tobj\t_\tSpaceAfter=No
        2.1\tx\tx\tX\t_\t_\t_\t_\t_\t_

        1\tmar\tmar\tNOUN\t_\t_\t_\t_\t_\t_
        """

    private func read(_ text: String) throws -> [CoNLLU.Sentence] {
        try CoNLLU.read(Array(text.utf8), path: "t.conllu")
    }

    @Test("Sentences, words and their fields")
    func fields() throws {
        let sentences = try read(sample)
        #expect(sentences.map { $0.words.map(\.form) } == [["Vamos", "nos"], ["mar"]])
        let word = sentences[0].words[0]
        #expect(word.lemma == "ir" && word.upos == "VERB" && word.head == 0 && word.relation == "root")
        #expect(word.features == ["Mood": "Imp", "Number": "Plur"])
        #expect(sentences[0].comment("text") == "Vámonos al mar" && sentences[1].words[0].head == nil)
    }

    @Test("Errors name the line")
    func errors() {
        #expect(fileError { try read("1\ta\tb\n") }?.received == "3")
        let fields = "\ta\tb\tX\t_\t_\t_\t_\t_\t_\n"
        #expect(fileError { try read("1\(fields)3\(fields)") }?.place == "t.conllu, line 2")
        #expect(fileError { try read("1\ta\tb\tX\t_\t_\tx\t_\t_\t_") }?.received == "x")
    }

    @Test("Damaged files are refused or read, and never crash")
    func fuzz() {
        expectSurvival(of: [Array(sample.utf8)]) { _ = try CoNLLU.read($0, path: "t.conllu") }
    }
}
