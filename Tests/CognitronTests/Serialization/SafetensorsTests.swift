import Foundation
import Testing

@testable import Cognitron

/// Makes and reads safetensors files of given headers and numbers.
final class SafetensorsFile {
    private let folder: TemporaryFolder
    var path: String { folder.file("x") }

    init() throws { folder = try TemporaryFolder() }

    func read(_ data: Data) throws -> Safetensors {
        try data.write(to: URL(fileURLWithPath: path))
        return try Safetensors(contentsOf: path)
    }

    func read(_ header: String, _ numbers: [UInt8]) throws -> Safetensors {
        try read(Self.bytes(Data(header.utf8), numbers))
    }

    /// The message of the error that reading ends with; empty if there is none.
    func message(_ header: Data, _ numbers: [UInt8]) -> String {
        do {
            _ = try read(Self.bytes(header, numbers))
            return ""
        } catch {
            #expect(error is CognitronError)
            return "\(error)"
        }
    }

    static func bytes(_ header: Data, _ numbers: [UInt8]) -> Data {
        var length = UInt64(header.count).littleEndian
        return Data(bytes: &length, count: 8) + header + numbers
    }
}

@Suite("Safetensors files")
struct SafetensorsTests {
    private let tensors: [String: Tensor] = [
        "a": [[1, 2], [3, 4]], "b/c": Tensor(5), "none": .zeros([0, 3]), "": [6], "é \"😀\"\n\u{0}\\/": [7],
    ]

    private func bytes() throws -> Data {
        let folder = try TemporaryFolder()
        try Safetensors(tensors: tensors, metadata: ["k": "v\"\n"]).write(to: folder.file("t"))
        return try Data(contentsOf: URL(fileURLWithPath: folder.file("t")))
    }

    @Test("What is written is read again")
    func roundTrip() throws {
        let file = try SafetensorsFile().read(try bytes())
        #expect(file.tensors == tensors)
        #expect(file.metadata == ["k": "v\"\n"])
        #expect(file.conversions.isEmpty)
    }

    @Test("A tensor with the metadata's name is not written, and what was there stays")
    func reservedName() throws {
        let file = try SafetensorsFile()
        try Safetensors(tensors: ["a": [1]]).write(to: file.path)
        let error = #expect(throws: CognitronError.self) {
            try Safetensors(tensors: ["a": [2], "__metadata__": [1]]).write(to: file.path)
        }
        #expect(error?.kind == .argument && "\(error as Any)".contains("a tensor is called __metadata__"))
        #expect(try Safetensors(contentsOf: file.path).tensors == ["a": [1]])
    }

    @Test("A file cut off anywhere is an error")
    func truncation() throws {
        let file = try SafetensorsFile()
        let whole = try bytes()
        for length in 0..<whole.count {
            #expect(throws: CognitronError.self) { _ = try file.read(whole.prefix(length)) }
        }
        #expect(throws: CognitronError.self) { _ = try file.read(whole + [0]) }
    }

    @Test("A header longer than the file, or than any, is an error", arguments: [1000, UInt64.max])
    func longHeader(_ claimed: UInt64) throws {
        var length = claimed.littleEndian
        let file = try SafetensorsFile()
        #expect(throws: CognitronError.self) {
            _ = try file.read(Data(bytes: &length, count: 8) + Data(count: 100))
        }
    }

    @Test("Damaged bytes are an error or other numbers, never a crash", .timeLimit(.minutes(5)))
    func damage() throws {
        let file = try SafetensorsFile()
        let header = """
            {"__metadata__":{"k":"v\\u00e9"},"a":{"dtype":"F16","shape":[2,1],"data_offsets":[0,4]},\
            "b":{"dtype":"I64","shape":[],"data_offsets":[4,12]},"n":{"dtype":"F64","shape":[0],\
            "data_offsets":[12,12]},"c":{"dtype":"BOOL","shape":[2],"data_offsets":[12,14]}}
            """
        let numbers: [UInt8] = [0, 60, 0, 61, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0]
        let whole = SafetensorsFile.bytes(Data(header.utf8), numbers)
        #expect(try file.read(whole).tensors.count == 4)
        var generator = RandomKey(seed: 1).generator()
        var readCount = 0
        let count = ProcessInfo.processInfo.environment["COGNITRON_FUZZ"].flatMap(Int.init) ?? 2000
        for number in 0..<count {
            // Every second time the header's length is right, so that the text itself is looked at.
            var (text, rest) = (Data(header.utf8), numbers)
            var data = whole
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                if number.isMultiple(of: 2) {
                    Self.mutate(&data, &generator)
                } else if Bool.random(using: &generator) {
                    Self.mutate(&text, &generator)
                } else {
                    Self.mutate(&rest, &generator)
                }
            }
            if !number.isMultiple(of: 2) { data = SafetensorsFile.bytes(text, rest) }
            do {
                _ = try file.read(data)
                readCount += 1
            } catch { #expect(error is CognitronError) }
        }
        #expect((1..<count / 2).contains(readCount))
    }

    /// Changes, adds, removes or repeats bytes.
    private static func mutate<Bytes: RangeReplaceableCollection & MutableCollection>(
        _ bytes: inout Bytes, _ generator: inout some RandomNumberGenerator
    ) where Bytes.Element == UInt8, Bytes.Index == Int {
        guard !bytes.isEmpty else { return }
        let place = Int.random(in: 0..<bytes.count, using: &generator)
        let signs = Array(#"{}[]":,\0123456789-.eu"#.utf8) + [0, 0x80, 0xff]
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: bytes[place] = .random(in: 0...255, using: &generator)
        case 1: bytes[place] = signs.randomElement(using: &generator) ?? 0
        case 2: bytes.insert(signs.randomElement(using: &generator) ?? 0, at: place)
        case 3: bytes.remove(at: place)
        default:
            let end = Int.random(in: place..<bytes.count, using: &generator)
            bytes.insert(contentsOf: Array(bytes[place..<end]), at: place)
        }
    }
}
