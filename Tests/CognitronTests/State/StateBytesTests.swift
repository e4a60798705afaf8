import Foundation
import Testing

@testable import Cognitron

@Suite("States as bytes")
struct StateBytesTests {
    private let tree: StateTree = [
        "whole": .integer(-3), "key": .unsigned(.max), "nan": .number(.nan),
        "list": [.single(0.1), .flag(true)],
        "empty": .tensor(Tensor([], shape: [0, 3])), "b": .tensor([[1, 2], [3, -0.0]]),
        "a/b": .tensor(Tensor(5)),
        "text": .text("naïve \"🙂\""),
    ]

    @Test("A tree is what its bytes give back, bit for bit")
    func roundTrip() throws {
        #expect(try StateTree(bytes: tree.bytes) == tree)
    }

    @Test("Bytes cut off anywhere, or of something else, are refused")
    func damaged() {
        let bytes = tree.bytes
        for length in 0..<bytes.count {
            #expect(throws: CognitronError.self) { try StateTree(bytes: Array(bytes[..<length])) }
        }
        #expect(throws: CognitronError.self) { try StateTree(bytes: Array(repeating: 255, count: 64)) }
    }
}
