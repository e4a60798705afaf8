import Foundation
import Testing

@testable import Cognitron

@Suite("State trees")
struct StateTreeTests {
    private static let numbers: [StateTree] =
        ([0, -0.0, 0.1, .pi, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
        as [Double]).map { .number($0) }
        + ([0, -0.0, 0.1, .pi, .infinity, -.infinity, .nan, .leastNonzeroMagnitude, .greatestFiniteMagnitude]
        as [Float]).map { .single($0) }

    static let trees: [StateTree] =
        numbers + [
            .integer(.min), .integer(.max), .unsigned(.max), .unsigned(0), .flag(true), .flag(false),
            .integer(1),
            .text(""), .text("a \"quoted\" ü\n"), [], [:],
            .number(Double(bitPattern: 0x7FF0_0000_0000_0001)), .single(Float(bitPattern: 0xFFC0_1234)),
            .tensor(Tensor([Float.nan, -0.0, .leastNonzeroMagnitude], shape: [3, 1])),
            .tensor(Tensor.zeros([0])),
            [
                "$float": .text("1"), "$": .integer(1), "$$x": [.flag(true), [:]], "a/b": .tensor([1]),
                "a": ["b": .tensor([2])],
            ],
            [
                "steps": [.integer(1), .integer(2)],
                "inner": ["mean": .tensor([[1, 2]]), "name": .text("x")],
            ],
        ]

    @Test("JSON and tensors hold every bit", arguments: trees.indices)
    func roundTrip(_ number: Int) throws {
        let tree = Self.trees[number]
        let (json, tensors) = tree.flattened(prefix: "state")
        #expect(tensors.keys.allSatisfy { $0.hasPrefix("state") })
        #expect(try StateTree(json: json, tensors: tensors) == tree, "\(json)")
        for other in Self.trees.indices { #expect((Self.trees[other] == tree) == (other == number)) }
    }

    @Test("The same tree gives the same text, with the keys in order")
    func deterministic() {
        let tree: StateTree = [
            "b": .tensor([1]), "a": .single(0.1), "c": ["e": .tensor([2]), "d": .integer(1)],
        ]
        let (json, tensors) = tree.flattened(prefix: "p")
        #expect(
            json == #"{"a":{"$float":"0.1"},"b":{"$tensor":"p/b"},"c":{"d":1,"e":{"$tensor":"p/c/e"}}}"#)
        #expect(tensors == ["p/b": [1], "p/c/e": [2]])
    }

    @Test("Values come back by key and type")
    func reading() throws {
        let tree: StateTree = [
            "steps": StateTree([3, 4]), "rate": StateTree(Float(0.5)),
            "slots": StateTree(["mean": Tensor([1, 2])]),
        ]
        let rate: Float = try tree.get("rate")
        #expect(rate == 0.5)
        #expect(try tree.get("steps") == [3, 4])
        #expect(try tree.get("slots", as: [String: Tensor].self) == ["mean": [1, 2]])
        #expect(try tree.getIfPresent("seed", as: UInt64.self) == nil)
        #expect(try tree.keys == ["rate", "slots", "steps"])
    }

    @Test("A missing key and a value of another type are named")
    func errors() {
        let tree: StateTree = ["rate": .single(1), "steps": [.integer(1), .flag(true)]]
        func message(_ body: () throws -> Void) -> String {
            #expect(throws: CognitronError.self, performing: body)?.description ?? ""
        }
        #expect(
            message { _ = try tree.get("best", as: Float.self) }
                == "state: best is missing; expected a record with best, got rate, steps")
        #expect(
            message { _ = try tree.get("rate", as: Int.self) }.hasPrefix(
                "state: rate is of another type; expected Int, got Float"))
        #expect(message { _ = try tree.get("steps", as: [Int].self) }.contains("steps is of another type"))
        #expect(
            message { _ = try StateTree.integer(1).get("x", as: Int.self) }.contains(
                "expected a record, got Int"))
    }

    @Test(
        "Text that is no state is refused",
        arguments: [
            "", "{", "1.5", "null", "[null]", #"{"$float":1}"#, #"{"$float":"x"}"#, #"{"$float":"nan"}"#,
            #"{"$float":"nan:3f800000"}"#, #"{"$double":"nan:fffffffffffffffff"}"#, #"{"$float":"1","a":1}"#,
            #"{"$uint64":"-1"}"#, #"{"$int":"1"}"#, #"{"$tensor":"x"}"#, "99999999999999999999",
            String(repeating: "[", count: 70) + String(repeating: "]", count: 70),
            String(repeating: "[", count: 100_000),
            String(repeating: #"{"a":"#, count: 300) + "1" + String(repeating: "}", count: 300),
        ])
    func hostile(_ json: String) {
        let error = #expect(throws: CognitronError.self) { try StateTree(json: json, tensors: ["y": [1]]) }
        #expect(error?.kind == .file)
    }
}
