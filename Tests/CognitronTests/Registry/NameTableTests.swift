import Foundation
import Testing

@testable import Cognitron

private struct Colour: NamedValue {
    static let table = NameTable("colour", ["red", "green", "dark-green", "blue"].map { Colour(name: $0) })

    let name: String
    var shade = 0
}

@Suite("Open sets of named values")
struct NameTableTests {
    @Test("A member is found by its name, whatever its case")
    func finds() throws {
        for name in Colour.table.names {
            #expect(try Colour(named: name).name == name)
            #expect(try Colour(named: name.uppercased()).name == name)
        }
        #expect("\(try Colour(named: "blue"))" == "blue")
    }

    @Test("An unknown name is answered with the known ones")
    func unknown() throws {
        let error = try #require(
            #expect(throws: CognitronError.self) { try Colour(named: "purple") })
        #expect(error.kind == .argument && error.place == "colour")
        #expect(error.expected?.hasPrefix("one of red, green, dark-green, blue") ?? false)
        #expect(error.advice == nil)
    }

    @Test(
        "The nearest name is suggested",
        arguments: [
            ("gren", "green"), ("REDD", "red"), ("darkgreen", "dark-green"), ("dark", "dark-green"),
            ("bleu", nil), ("bluee", "blue"), ("", nil), ("x", nil),
        ])
    func nearest(name: String, expected: String?) {
        #expect(name.nearest(of: ["red", "green", "dark-green", "blue"]) == expected)
    }

    @Test("A registered member is found; another of its name replaces it in its place")
    func registers() throws {
        let table = NameTable("colour", [Colour(name: "white"), Colour(name: "black")])
        table.register(Colour(name: "grey"))
        #expect(table.names == ["white", "black", "grey"])
        table.register(Colour(name: "white", shade: 3))
        #expect(table.names == ["white", "black", "grey"])
        #expect(try table.value(named: "white").shade == 3)
    }

    @Test("In files a member is its name")
    func inFiles() throws {
        let data = try JSONEncoder().encode([Colour(name: "red")])
        #expect(String(decoding: data, as: UTF8.self) == #"["red"]"#)
        #expect(try JSONDecoder().decode([Colour].self, from: data) == [Colour(named: "red")])
        let error = #expect(throws: CognitronError.self) {
            try JSONDecoder().decode([Colour].self, from: Data(#"["rod"]"#.utf8))
        }
        #expect(error?.advice == "did you mean red?")
    }
}
