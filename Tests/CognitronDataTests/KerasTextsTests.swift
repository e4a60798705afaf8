import Cognitron
import CognitronTesting
import Foundation
import Testing

@testable import CognitronData

@Suite("Texts of Keras's data sets")
struct KerasTextsTests {
    private let folder: TemporaryFolder

    init() throws {
        folder = try TemporaryFolder()
        try folder.write(Self.imdb, "imdb.npz")
        try folder.write(Self.reuters, "reuters.npz")
    }

    @Test("Order, parts and numbers are those of Keras's load_data")
    func golden() throws {
        let plain = try KerasTexts.imdb.load(from: folder.path)
        #expect(
            plain.train
                == TokenSequences(
                    [
                        [1, 148], [1, 76, 259, 207, 137], [1, 2, 182, 280, 258, 256], [1, 75, 241],
                        [1, 160, 54, 72],
                    ], labels: [1, 0, 0, 1, 1]))
        #expect(
            plain.test
                == TokenSequences(
                    [[1, 245, 90], [1, 11, 26], [1, 220], [1, 5, 213]], labels: [1, 0, 1, 0]))
        let short = try KerasTexts.imdb.load(from: folder.path, numWords: 200, skipTop: 50, maxLen: 6)
        #expect(
            short.train
                == TokenSequences(
                    [[2, 148], [2, 76, 2, 2, 137], [2, 75, 2], [2, 160, 54, 72]], labels: [1, 0, 1, 1]))
        #expect(
            short.test
                == TokenSequences([[2, 2, 90], [2, 2, 2], [2, 2], [2, 2, 2]], labels: [1, 0, 1, 0]))
        let bare = try KerasTexts.imdb.load(
            from: folder.path, numWords: 200, startChar: nil, oovChar: nil, indexFrom: 0)
        #expect(
            bare.train
                == TokenSequences([[145], [73, 134], [179], [72], [157, 51, 69]], labels: [1, 0, 0, 1, 1]))
        #expect(bare.test == TokenSequences([[87], [8, 23], [], [2]], labels: [1, 0, 1, 0]))
        let news = try KerasTexts.reuters.load(from: folder.path, numWords: 100)
        #expect(
            news.train
                == TokenSequences(
                    [[1, 7, 2], [1, 2, 2, 19], [1, 2, 34, 75, 53], [1, 2, 26], [1, 47, 80]],
                    labels: [45, 4, 3, 3, 3]))
        #expect(news.test == TokenSequences([[1, 2], [1, 2, 2]], labels: [0, 20]))
    }

    @Test("By name: 200 numbers a text, filled with zeros at the start")
    func byName() throws {
        let part = try Dataset(named: "imdb").part(.train, from: folder.path)
        let batch = try #require(try part.source.batch([0], nil))
        #expect(part.count == 5 && batch.inputs[0].shape == [1, 200])
        #expect(Array(batch.inputs[0].scalars.suffix(3)) == [0, 1, 148] && batch.targets[0] == [1])
        #expect(try Dataset.reuters.part(.test, from: folder.path).count == 2)
    }

    @Test("A file comes from a server, checked; a changed one is refused")
    func download() throws {
        let server = try HTTPServer { _, request in .part(of: Self.imdb, request) }
        let digest = try SHA256.digest(ofFileAt: folder.path + "/imdb.npz")
        let good = KerasTexts(
            "imdb", RemoteFile(server.address("imdb.npz"), byteCount: Self.imdb.count, sha256: digest),
            classNames: ["negative", "positive"], hasParts: true)
        #expect(try good.load(from: folder.path + "/new").train.count == 5)
        #expect(try read(folder.path + "/new/imdb/imdb.npz") == Self.imdb)
        let bad = KerasTexts(
            "imdb",
            RemoteFile(
                server.address("imdb.npz"), byteCount: Self.imdb.count,
                sha256: String(repeating: "0", count: 64)),
            classNames: [], hasParts: true)
        let error = #expect(throws: CognitronError.self) { try bad.load(from: folder.path + "/other") }
        #expect(error?.kind == .download)
    }

    @Test("California's parts are Keras's: the first 80 % of a shuffled order")
    func california() throws {
        let x = Tensor((0..<80).map { Float($0) }, shape: [10, 8])
        let y = Tensor((0..<10).map { Float($0) })
        try NumPyArchive.write(["x": x, "y": y], to: folder.path + "/california_housing.npz")
        let (train, test) = (
            try Dataset.california.part(.train, from: folder.path),
            try Dataset.california.part(.test, from: folder.path)
        )
        // RandomState(113).shuffle(arange(10))
        #expect(try train.source.batch(Array(0..<8), nil)?.targets[0].scalars == [9, 3, 6, 1, 0, 7, 4, 8])
        #expect(try test.source.batch([0, 1], nil)?.targets[0].scalars == [2, 5])
        let calls = KerasTexts.imdb.files.downloads(.train) + Dataset.california.files!.downloads(.test)
        #expect(calls.map(\.byteCount) == [17_464_789, 743_530])
    }

    @Test("Sequences are filled and cut at either end")
    func padding() {
        let two = TokenSequences([[1, 2, 3], [4]], labels: [0, 1])
        #expect(two.padded(to: 2) == [[2, 3], [0, 4]])
        #expect(two.padded(to: 2, padding: .post, truncating: .post) == [[1, 2], [4, 0]])
        #expect(two.padded() == [[1, 2, 3], [0, 0, 4]])
    }

    @Test("No text shorter than maxLen is an error")
    func tooLong() {
        #expect(throws: CognitronError.self) { try KerasTexts.imdb.load(from: folder.path, maxLen: 1) }
    }

    @Test("A pickle that calls anything else is refused, and named")
    func hostile() throws {
        let header = "{'descr': '|O', 'fortran_order': False, 'shape': (1,), }\n"
        let call = Array("cos\nsystem\n(S'true'\ntR.".utf8)
        let bytes = NumPyHeader.magic + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8) + call
        let error = fileError { try NumPyPickle.lists(npy: bytes, path: "x") }
        #expect(error?.problem == "its pickle calls for os.system")
        // Lists within lists, a million deep.
        let deep =
            [UInt8](repeating: UInt8(ascii: "]"), count: 1_000_000)
            + [UInt8](repeating: UInt8(ascii: "a"), count: 999_999)
        _ = fileError {
            try NumPyPickle.lists(npy: Array(bytes.dropLast(call.count)) + deep + [0x2E], path: "x")
        }
    }

    @Test("Damaged pickles are refused or read, and never crash")
    func fuzz() throws {
        let archive = try NumPyArchive(contentsOf: folder.path + "/imdb.npz")
        expectSurvival(of: [try archive.bytes("x_train"), try archive.bytes("x_test")]) { bytes in
            _ = try NumPyPickle.lists(npy: bytes, path: "x")
        }
        var mutator = FileMutator(seed: 5)
        let header = try archive.bytes("x_train").prefix(128)
        let pickle = try Array(archive.bytes("x_train").dropFirst(128))
        for _ in 0..<FileMutator.count {
            _ = try? NumPyPickle.lists(npy: header + mutator.mutate(pickle), path: "x")
        }
    }

    // What numpy.savez_compressed wrote of a few random lists.

    private static let imdb = bytes(
        "UEsDBC0AAAAIAAAAIQCtEk5r//////////8LABQAeF90cmFpbi5ucHkBABAASQEAAAAAAADxAAAAAAAAAJvsF+ob"
            + "EMnIUMZQrZ6SWpxcpG6loF7jr66joJ6WX1RSlJgXn1+UkgoSdkvMKU4FihdnJBakAvkapjqaOgq1CpQArgaWqfsY"
            + "IKBHLK80t6BSLz45vyhVL7c0pyQzsagosXJKD098UWpyfl5xSVFpcsmUyVN6WMEqp/Sw56VAlEye4s3QOsWZMWlK"
            + "+5SgKRrejN6srVMymHtYU0oqC1JBWpj8LaZ0dkBkmXsYa6b4+fl5/QcCMOFtXzIlqTN2igYQeXv6MjB6n/FuS42d"
            + "4j0xESTi4f0OyNHwlWL03uwryuj93/sviO8919vY2zU1FahXDwBQSwMELQAAAAgAAAAhAHVkq5D//////////wsA"
            + "FAB5X3RyYWluLm5weQEAEACoAAAAAAAAAEsAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgbpNpoa6joJ6WX1RS"
            + "lJgXn1+UkgoSd0vMKU4FihdnJBakAvkapjqaOgq1ChQALgYoYESj0cUBUEsDBC0AAAAIAAAAIQDJ+Iq2////////"
            + "//8KABQAeF90ZXN0Lm5weQEAEAAyAQAAAAAAANgAAAAAAAAAm+wX6hsQychQxlCtnpJanFykbqWgXuOvrqOgnpZf"
            + "VFKUmBefX5SSChJ2S8wpTgWKF2ckFqQC+RomOpo6CrUKlACuBpapyxkgoEcsrzS3oFIvPjm/KFUvtzSnJDOxqCix"
            + "ckoPT3xRanJ+XnFJUWlyyZTJU3pYwSqn9LDnpUCUTJ7izdA6xZkxaUr7lKApGt6M3iytUzKYe1hTSioLUkFamPwt"
            + "pnR2QGSZexhrpvj5+Xn9BwIw4W1fMiWpM3aKBhB5f/IOTwXRHN7iYJrJ+xKQ9r6ZmApUpAcAUEsDBC0AAAAIAAAA"
            + "IQBQgaBk//////////8KABQAeV90ZXN0Lm5weQEAEACgAAAAAAAAAEoAAAAAAAAAm+wX6hsQychQxlCtnpJanFyk"
            + "bqWgbpNpoa6joJ6WX1RSlJgXn1+UkgoSd0vMKU4FihdnJBakAvkaJjqaOgq1ChQALkYG7AAmDgBQSwECLQMtAAAA"
            + "CAAAACEArRJOa/EAAABJAQAACwAAAAAAAAAAAAAAgAEAAAAAeF90cmFpbi5ucHlQSwECLQMtAAAACAAAACEAdWSr"
            + "kEsAAACoAAAACwAAAAAAAAAAAAAAgAEuAQAAeV90cmFpbi5ucHlQSwECLQMtAAAACAAAACEAyfiKttgAAAAyAQAA"
            + "CgAAAAAAAAAAAAAAgAG2AQAAeF90ZXN0Lm5weVBLAQItAy0AAAAIAAAAIQBQgaBkSgAAAKAAAAAKAAAAAAAAAAAA"
            + "AACAAcoCAAB5X3Rlc3QubnB5UEsFBgAAAAAEAAQA4gAAAFADAAAAAA==")

    private static let reuters = bytes(
        "UEsDBC0AAAAIAAAAIQAl/Luf//////////8FABQAeC5ucHkBABAAUwEAAAAAAADwAAAAAAAAAJvsF+obEMnIUMZQ"
            + "rZ6SWpxcpG6loF7jr66joJ6WX1RSlJgXn1+UkgoSdkvMKU4FihdnJBakAvka5jqaOgq1CpQArgaWqScYIKBHLK80"
            + "t6BSLz45vyhVL7c0pyQzsagosXJKD098UWpyfl5xSVFpcsmUyVN6WMEqp/Sw56VAlEye4s3QOsWZMWlK+5SgKRre"
            + "jN7srVMymHtYU0oqC1JBWpj8LaZ0dkBkmXsYa6b4+fl5/QcCMOFtXzIlqTN2igYQeVd5y3t7eBulgtgsvpKMYIaO"
            + "ty+YzvPVYvQWADK9jyaC+I99pSEKMr3FU1OBpugBAFBLAwQtAAAACAAAACEAk34U1f//////////BQAUAHkubnB5"
            + "AQAQALgAAAAAAAAAUwAAAAAAAACb7BfqGxDJyFDGUK2eklqcXKRupaBuk2mhrqOgnpZfVFKUmBefX5SSChJ3S8wp"
            + "TgWKF2ckFqQC+RrmOpo6CrUKFAAuZgYI0IXSMD4LAyoQQZMHAFBLAQItAy0AAAAIAAAAIQAl/Luf8AAAAFMBAAAF"
            + "AAAAAAAAAAAAAACAAQAAAAB4Lm5weVBLAQItAy0AAAAIAAAAIQCTfhTVUwAAALgAAAAFAAAAAAAAAAAAAACAAScB"
            + "AAB5Lm5weVBLBQYAAAAAAgACAGYAAACxAQAAAAA=")

    private static func bytes(_ base64: String) -> [UInt8] { [UInt8](Data(base64Encoded: base64) ?? Data()) }
}
