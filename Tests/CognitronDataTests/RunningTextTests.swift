import Cognitron
import Foundation
import Testing

@testable import CognitronData

@Suite("Running texts and columns of texts")
struct RunningTextTests {
    private let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    @Test("Samples follow each other, targets are the next tokens, and the last tenth is for testing")
    func windows() throws {
        let source = TokenWindows(Array(0..<11), length: 5)
        let batch = try #require(try source.batch([1, 0], nil))
        #expect(source.sampleCount == 2)
        #expect(batch.inputs[0] == [[5, 6, 7, 8, 9], [0, 1, 2, 3, 4]])
        #expect(batch.targets[0] == [[6, 7, 8, 9, 10], [1, 2, 3, 4, 5]])
    }

    @Test("A text by characters, words and byte pairs", arguments: TextUnits.allCases)
    func units(_ units: TextUnits) throws {
        let text = String(repeating: "the cat, the dog.\r\n", count: 40) + "the zoo é"
        let path = try folder.write(Array(text.utf8), "t.txt")
        let dataset = try DatasetScheme(named: "text")
            .open(path, DatasetOptions(tokens: units, length: 8))
        let (train, test) = (try dataset.part(.train), try dataset.part(.test))
        let form = try #require(test.text?.inputs)
        #expect(dataset.task == .language && train.inputShape == [8] && train.count > 7 * test.count)
        let first = try #require(try train.source.batch([0], nil)).inputs[0].scalars.map { Int($0) }
        let read = form.text(of: first)
        #expect(units == .words ? read == "the cat, the dog. the cat" : text.hasPrefix(read) && !read.isEmpty)
        // Unknown to the first nine tenths.
        let unknown = form.tokens(of: "é").contains(1)
        #expect(unknown == (units != .bytePairs))
        #expect(units != .bytePairs || form.text(of: form.tokens(of: "日本 é")) == "日本 é")
    }

    @Test("A model's own coding is used, with what it does not know as unknown")
    func coding() throws {
        let path = try folder.write(Array(String(repeating: "abc", count: 50).utf8), "t.txt")
        let own = TextCoding(
            inputs: TextVectorization(standardize: .none, split: .character, vocabulary: ["b"]))
        let part = try DatasetScheme(named: "text").open(path, DatasetOptions(coding: own, length: 3)).part(
            .train)
        #expect(try part.source.batch([0], nil)?.inputs[0] == [[1, 2, 1]])
    }

    @Test("Empty and short texts and bytes that are no text are refused")
    func errors() throws {
        func open(_ bytes: [UInt8], length: Int? = nil) throws {
            let path = try folder.write(bytes, "bad.txt")
            _ = try DatasetScheme(named: "text").open(path, DatasetOptions(length: length))
        }
        #expect(fileError { try open([]) }?.problem == "the text is too short")
        #expect(fileError { try open(Array("short".utf8)) }?.problem == "the text is too short")
        #expect(fileError { try open(Array("0123456789 0123456789".utf8), length: 5) } != nil)
        #expect(fileError { try open([97, 10, 0xFF]) }?.place.hasSuffix("bad.txt, line 2") == true)
    }

    @Test("A column of texts with the classes of another")
    func column() throws {
        let rows = (0..<20).map { "\($0),\"good day, \($0)\",\($0 % 2 == 0 ? "yes" : "no")" }
        let path = try folder.write(
            Array("id,words,answer\n\(rows.joined(separator: "\n"))".utf8), "t.csv")
        let scheme = try DatasetScheme(named: "csv")
        let dataset = try scheme.open(path, DatasetOptions(targets: ["answer"], text: "words"))
        let part = try dataset.part(.train)
        #expect(dataset.task == .classification(classNames: ["no", "yes"]) && part.count == 16)
        let batch = try #require(try part.source.batch([0, 1], nil))
        #expect(batch.inputs[0].shape == [2, 3] && batch.targets[0].shape == [2])
        #expect(part.text?.inputs?.tokens(of: "GOOD day!").allSatisfy { $0 > 1 } == true)
        #expect(throws: CognitronError.self) { try scheme.open(path, DatasetOptions(text: "none")) }
        #expect(throws: CognitronError.self) { try scheme.open(path, DatasetOptions(text: "id")) }
        let missing = try folder.write(Array("words,answer\na,x\n,y\nb,y\nc,x\nd,y\n".utf8), "m.csv")
        #expect(throws: CognitronError.self) { try scheme.open(missing, DatasetOptions(text: "words")) }
        let kept = DatasetOptions(table: TableOptions(missing: .drop), text: "words")
        let parts = try DatasetSplit.allCases.map { try scheme.open(missing, kept).part($0).count }
        #expect(parts.reduce(0, +) == 4)
    }
}

@Suite("Texts larger than memory")
struct TextFileSourceTests {
    private let folder: TemporaryFolder
    init() throws { folder = try TemporaryFolder() }

    @Test(
        "A file read in parts gives the samples of the whole text, epoch after epoch",
        arguments: [4, 7, 1 << 20])
    func parts(_ chunkSize: Int) throws {
        let text = (0..<40).map { "Zeile \($0): größer als 日本 🙂" }.joined(separator: "\n") + "\n\n"
        let path = try folder.write(Array(text.utf8), "t.txt")
        let form = TextUnits.characters.vectorization(of: [text])
        let whole = TokenWindows(form.tokens(of: text), length: 9)
        let source = try TextFileSource(path, form, length: 9, chunkSize: chunkSize)
        let count = try #require(whole.sampleCount)
        for _ in 0..<2 {
            for start in stride(from: 0, to: count, by: 8) {
                let own = try #require(try source.batch(Array(start..<start + 8), nil))
                let expected = try #require(try whole.batch(Array(start..<min(start + 8, count)), nil))
                #expect(own.inputs == expected.inputs && own.targets == expected.targets)
            }
            #expect(try source.batch([count], nil) == nil)
        }
        #expect(try source.batch([5], nil)?.inputs == whole.batch([5], nil)?.inputs)
    }

    @Test("Missing files and bytes that are no text are errors, an empty file has no sample")
    func errors() throws {
        let form = TextUnits.characters.vectorization()
        #expect(fileError { try TextFileSource(folder.path + "/none", form, length: 1) } != nil)
        let bad = try folder.write(Array("fine\n".utf8) + [0xC3, 10] + Array("text\n".utf8), "bad.txt")
        let source = try TextFileSource(bad, form, length: 2, chunkSize: 5)
        #expect(fileError { try source.batch([0, 1, 2], nil) }?.received == "other bytes between 5 and 7")
        let empty = try TextFileSource(folder.write([], "empty.txt"), form, length: 2)
        #expect(try empty.batch([0], nil) == nil)
    }
}
