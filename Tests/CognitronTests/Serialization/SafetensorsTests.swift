import Foundation
import Testing

@testable import Cognitron

@Suite("Safetensors files")
struct SafetensorsTests {
    private let tensors: [String: Tensor] = [
        "a": [[1, 2], [3, 4]], "b/c": Tensor(5), "none": .zeros([0, 3]),
    ]

    private func bytes(_ folder: TemporaryFolder) throws -> Data {
        try Safetensors(tensors: tensors, metadata: ["k": "v\"\n"]).write(to: folder.file("t"))
        return try Data(contentsOf: URL(fileURLWithPath: folder.file("t")))
    }

    private func read(_ data: Data, _ folder: TemporaryFolder) throws -> Safetensors {
        try data.write(to: URL(fileURLWithPath: folder.file("x")))
        return try Safetensors(contentsOf: folder.file("x"))
    }

    @Test("What is written is read again")
    func roundTrip() throws {
        let folder = try TemporaryFolder()
        let file = try read(try bytes(folder), folder)
        #expect(file.tensors == tensors)
        #expect(file.metadata == ["k": "v\"\n"])
    }

    @Test("A file cut off anywhere is an error")
    func truncation() throws {
        let folder = try TemporaryFolder()
        let whole = try bytes(folder)
        for length in 0..<whole.count {
            #expect(throws: CognitronError.self) { _ = try read(whole.prefix(length), folder) }
        }
        #expect(throws: CognitronError.self) { _ = try read(whole + [0], folder) }
    }

    @Test("Damaged bytes never crash the reader", arguments: [1, 2, 3])
    func damage(_ seed: UInt64) throws {
        let folder = try TemporaryFolder()
        let whole = try bytes(folder)
        var generator = RandomKey(seed: seed).generator()
        for _ in 0..<300 {
            var data = whole
            for _ in 0..<Int.random(in: 1...3, using: &generator) {
                data[Int.random(in: 0..<data.count, using: &generator)] = .random(
                    in: 0...255, using: &generator)
            }
            do { _ = try read(data, folder) } catch { #expect(error is CognitronError) }
        }
    }

    static let headers = [
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[4,12]}}"#,
        #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[9223372036854775807,4],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#,
        #"{"a":{"dtype":"F16","shape":[4],"data_offsets":[0,8]}}"#,
        #"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},"b":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#,
        #"{"a":7}"#, #"[]"#, "{", "",
    ]

    @Test("A header that lies is an error", arguments: headers)
    func lyingHeader(_ header: String) throws {
        let folder = try TemporaryFolder()
        var length = UInt64(header.utf8.count).littleEndian
        let data = Data(bytes: &length, count: 8) + Data(header.utf8) + Data(count: 8)
        #expect(throws: CognitronError.self) { _ = try read(data, folder) }
    }

    @Test("A header longer than the file, or than any, is an error", arguments: [1000, UInt64.max])
    func longHeader(_ claimed: UInt64) throws {
        let folder = try TemporaryFolder()
        var length = claimed.littleEndian
        #expect(throws: CognitronError.self) {
            _ = try read(Data(bytes: &length, count: 8) + Data(count: 100), folder)
        }
    }
}
