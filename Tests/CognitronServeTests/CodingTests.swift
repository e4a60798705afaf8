import Cognitron
import CognitronTesting
import Foundation
import Testing

@testable import CognitronServe

@Suite("JSON of requests")
struct JSONReaderTests {
    private func read(_ text: String) throws -> RequestJSON { try JSONReader.read(Array(text.utf8)) }

    @Test("Nested lists of numbers are one array with a shape")
    func arrays() throws {
        #expect(try read("[[1, 2, 3], [4, 5, 6]]") == .numbers([1, 2, 3, 4, 5, 6], shape: [2, 3]))
        #expect(try read(" [ [ [ -0.5 ] , [ 1e3 ] ] ] ") == .numbers([-0.5, 1000], shape: [1, 2, 1]))
        #expect(try read("[]") == .list([]))
        #expect(try read("[1, \"a\", null]") == .list([.number(1), .text("a"), .null]))
        #expect(try read("[[1], \"a\"]") == .list([.numbers([1], shape: [1]), .text("a")]))
    }

    @Test("Lists of different lengths, NaN, infinities and numbers beyond Float are errors with their place")
    func badNumbers() {
        for (text, words) in [
            ("[[1, 2], [3]]", "different lengths"), ("[NaN]", "byte 1"), ("[1, NaN]", "byte 4"),
            ("[1, Infinity]", "byte 4"), ("[-Infinity]", "byte 2"), ("[1, 1e39]", "beyond Float"),
            ("[01]", "byte 2"), ("[1.]", "behind the point"), ("[.5]", "byte 1"), ("[1e]", "exponent"),
            ("[+1]", "byte 1"),
        ] {
            let error = #expect(throws: CognitronError.self, "\(text)") { try read(text) }
            #expect(error.map { "\($0)".contains(words) } == true, "\(text): \(String(describing: error))")
        }
    }

    @Test("Numbers are the nearest Floats, as Swift reads them")
    func numbers() throws {
        var random = RandomKey(seed: 7).generator()
        for _ in 0..<20_000 {
            let float = Float(bitPattern: UInt32.random(in: 0...UInt32.max, using: &random))
            guard float.isFinite else { continue }
            // As Float and as Double say it, and halfway to the next one, where rounding is hardest.
            let half = (Double(float) + Double(float.nextUp)) / 2
            for text in ["\(float)", "\(Double(float))", "\(half)"] {
                guard let expected = Double(text).map({ Float($0) }), expected.isFinite else { continue }
                #expect(try read("[\(text)]") == .numbers([expected], shape: [1]), "\(text)")
            }
        }
    }

    @Test("Texts with escapes, objects, and what is no JSON")
    func texts() throws {
        #expect(
            try read(#"{"a\n\u00e9\ud83d\ude00": "x\"\\\/", "b": {"c": true}}"#)
                == .object(["a\né😀": .text("x\"\\/"), "b": .object(["c": .bool(true)])]))
        for text in [
            "", "{", "[", "\"", "{\"a\"}", "{\"a\":1,}", "[1,]", "[1 2]", "nul", "{} {}", "\"\\ud800\"",
            "\"\\x\"",
            "\"a\nb\"", String(repeating: "[", count: 100_000), "{a: 1}",
        ] {
            #expect(throws: CognitronError.self, "\(text.prefix(20))") { try read(text) }
        }
        #expect(throws: CognitronError.self) { try JSONReader.read([0x22, 0xFF, 0x22]) }
    }

    @Test("Damaged JSON is read or refused, never a crash")
    func damaged() {
        let whole = Array(
            #"{"inputs": [[[0.5, -1e-3], [2, 3]]], "t\u00e9xt": ["a", {"b": null}], "n": 1.25}"#.utf8)
        var mutator = FileMutator(seed: 3)
        for _ in 0..<FileMutator.count { _ = try? JSONReader.read(mutator.mutate(whole)) }
    }

    @Test("What is written is read again; numbers that are none are null")
    func written() throws {
        let buffer = JSONWriter.object { json in
            json.member("a \"quoted\"\n\u{1}", "é\\")
            json.member("numbers", [0.1, -3, .nan, .infinity] as [Float]) { $0.number($1) }
            json.member("empty", [Int]()) { $0.integer($1) }
            json.member("yes", true)
        }
        #expect(
            try JSONReader.read(Array(buffer.readableBytesView))
                == .object([
                    "a \"quoted\"\n\u{1}": .text("é\\"),
                    "numbers": .list([.number(0.1), .number(-3), .null, .null]), "empty": .list([]),
                    "yes": .bool(true),
                ]))
    }
}

@Suite("Forms with files")
struct MultipartTests {
    private let type = "multipart/form-data; boundary=\"x y\""

    private func form(_ text: String) throws -> [Multipart.Part] {
        try Multipart(Array(text.utf8), type: type).parts
    }

    @Test("Parts have a name, a file's name, a type and their bytes, whatever these are")
    func parts() throws {
        let parts = try form(
            "preamble\r\n--x y\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a \\\"b\\\".png\"\r\n"
                + "content-type: image/png\r\n\r\n\r\n--x\r\nbytes\r\n--x y\r\n"
                + "Content-Disposition: form-data; name=top\r\n\r\n\r\n--x y--\r\nepilogue")
        #expect(parts.map(\.name) == ["file", "top"])
        #expect(parts[0].fileName == "a \"b\".png" && parts[0].type == "image/png")
        #expect(parts.map { String(decoding: $0.content, as: UTF8.self) } == ["\r\n--x\r\nbytes", ""])
    }

    @Test("Forms without a boundary, without an end, or with parts without a name are errors")
    func damaged() {
        for text in [
            "", "--x y", "--x y\r\n", "--x y\r\n\r\nbody", "--x y\r\nno colon\r\n\r\nbody\r\n--x y--",
            "--x y\r\nContent-Disposition: form-data\r\n\r\nbody\r\n--x y--",
        ] {
            #expect(throws: CognitronError.self, "\(text)") { try form(text) }
        }
        #expect(throws: CognitronError.self) {
            try Multipart(Array("--x--".utf8), type: "multipart/form-data")
        }
        let whole = Array(
            "--x y\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nbody\r\n--x y--\r\n".utf8)
        var mutator = FileMutator(seed: 5)
        for _ in 0..<FileMutator.count { _ = try? Multipart(mutator.mutate(whole), type: type) }
    }
}
