import Foundation
import Testing

@testable import Cognitron

/// What Python's safetensors 0.8 reads is read, and what it refuses is refused, but for keys that occur twice
/// and headers that begin with white space: the format forbids both.
@Suite("Safetensors headers")
struct SafetensorsHeaderTests {
    static let a = #""a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}"#
    static let twoFloats: [UInt8] = [0, 0, 128, 63, 0, 0, 0, 64]

    static let readable = [
        #"{"__metadata__":null,\#(a)}"#, #"{"__metadata__":{},\#(a)}"#, "{\(a)} \n\r\t", "{ \(a)\n}",
        #"{"\u0061":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
        #"{"a":{"data_offsets":[0,8],"shape":[2],"dtype":"F32","note":[1.5e-3,{"x":null,"y":[true,"\n"]}]}}"#,
        #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8],"x":\#(nested(100))}}"#,
    ]

    private static func nested(_ depth: Int) -> String {
        String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }

    @Test("Unusual headers are read", arguments: readable)
    func unusual(_ header: String) throws {
        let file = try SafetensorsFile().read(header, Self.twoFloats)
        #expect(file.tensors == ["a": [1, 2]])
        #expect(file.metadata.isEmpty)
    }

    /// Headers, and what the message says of them.
    static let refused: [(header: String, text: String)] = [
        ("", "does not begin with a brace"), ("[]", "does not begin with a brace"),
        (" {\(a)}", "does not begin with a brace"), ("{", "a text, got the end"),
        ("{\(a)", "“}”, got the end"), ("{\(a)}x", "the end, got x"), ("{\(a)}{}", "the end, got an object"),
        ("{\(a),}", "a text, got \"}\""), (#"{"a" 7}"#, "“:”, got 7"),
        (#"{"a":7}"#, #"at "a"; expected an object"#),
        (#"{"a":null}"#, "an object, got null"), (#"{"a":["F32",[2],[0,8]]}"#, "an object, got a list"),
        ("{\(a),\(a)}", #"at "a"; expected every key once"#),
        (#"{\#(a),"\u0061":{"dtype":"F32","shape":[0],"data_offsets":[8,8]}}"#, "every key once"),
        (#"{"__metadata__":{"k":"1","k":"2"},\#(a)}"#, #"at "__metadata__", "k"; expected every key once"#),
        (#"{"__metadata__":{},"__metadata__":{},\#(a)}"#, "every key once"),
        (#"{"a":{"dtype":"F32","dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, #"at "a", "dtype""#),
        (#"{"__metadata__":{"epochs":12},\#(a)}"#, #"at "__metadata__", "epochs"; expected a text, got 12"#),
        (#"{"__metadata__":{"k":null},\#(a)}"#, "a text, got null"),
        (#"{"__metadata__":{"k":{}},\#(a)}"#, "a text, got an object"),
        (#"{"__metadata__":"k",\#(a)}"#, "an object, got a text"),
        (#"{"__metadata__":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#, "a text, got a list"),
        (
            #"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0.0,8]}}"#,
            #""data_offsets"; expected a whole number"#
        ),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8.0]}}"#, "got 8.0"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4.5]}}"#, "got 4.5"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8e0]}}"#, "got 8e0"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[-0,8]}}"#, "got -0"),
        (#"{"a":{"dtype":"F32","shape":[02],"data_offsets":[0,8]}}"#, "got 02"),
        (
            #"{"a":{"dtype":"F32","shape":[-2],"data_offsets":[0,8]}}"#,
            #"at "a", "shape"; expected a whole number"#
        ),
        (
            #"{"a":{"dtype":"F32","shape":[18446744073709551616],"data_offsets":[0,8]}}"#,
            "got 1844674407370955161"
        ),
        (
            #"{"a":{"dtype":"F32","shape":[9223372036854775807,4],"data_offsets":[0,8]}}"#,
            "does not fit its shape"
        ),
        (
            #"{"a":{"dtype":"F32","shape":[9223372036854775807],"data_offsets":[0,8]}}"#,
            "does not fit its shape"
        ),
        (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,8]}}"#, #"tensor "a" does not fit its shape"#),
        (#"{"a":{"dtype":"F16","shape":[3],"data_offsets":[0,8]}}"#, "does not fit its shape"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0]}}"#, "2 numbers, got 1"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8,8]}}"#, "2 numbers, got 3"),
        (#"{"a":{"dtype":"F32","shape":[2],"data_offsets":[8,0]}}"#, #"tensor "a" overlaps another"#),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}}"#, "do not fill it"),
        (#"{"a":{"dtype":"F32","shape":[3],"data_offsets":[0,12]}}"#, "do not fill it"),
        (#"{"a":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}}"#, "there is a gap"),
        (
            #"{\#(a),"b":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#,
            "overlaps another"
        ),
        (#"{"a":{"dtype":"F32","shape":[2]}}"#, "got no data_offsets"),
        (#"{"a":{}}"#, "got no dtype, no shape"),
        (#"{"a":{"dtype":"F8_E4M3","shape":[8],"data_offsets":[0,8]}}"#, #"tensor "a" is of type "F8_E4M3""#),
        (#"{"a":{"dtype":"f32","shape":[2],"data_offsets":[0,8]}}"#, "got f32"),
        ("{\"a\tb\":{}}", "a control character"), (#"{"a\x":{}}"#, "an invalid escape"),
        (#"{"\ud83d":{}}"#, "an invalid escape"), (#"{"\ud83d\u0061":{}}"#, "an invalid escape"),
        (#"{"\udc00":{}}"#, "an invalid escape"), (#"{"\u12"#, "an invalid escape"),
        (#"{"a"#, "no closing quote"),
        (#"{"a":{"x":nul}}"#, "a value, got nul"), (#"{"a":{"x":01}}"#, "a value"),
        (#"{"a":{"x":1.}}"#, "a value"),
        (#"{"a":{"x":1e}}"#, "a value"), (#"{"a":{"x":+1}}"#, "a value"), (#"{"a":{"x":inf}}"#, "a value"),
        (#"{"a":{"x":\#(nested(100_000))}}"#, "at most 128 levels"),
    ]

    @Test("Headers that the format forbids are an error that says what is wrong", arguments: refused.indices)
    func forbidden(_ number: Int) throws {
        let (header, text) = Self.refused[number]
        let message = try SafetensorsFile().message(Data(header.utf8), Self.twoFloats)
        #expect(message.contains(text), "\(header.prefix(200)): \(message)")
    }

    @Test(
        "A header in another encoding than UTF-8 is an error",
        arguments: [
            .utf16, .utf16LittleEndian, .utf16BigEndian, .utf32, .utf32LittleEndian, .isoLatin1,
        ] as [String.Encoding])
    func encodings(_ encoding: String.Encoding) throws {
        let header = #"{"é":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}"#
        #expect(try SafetensorsFile().read(header, Self.twoFloats).tensors == ["é": [1, 2]])
        let text = try #require(header.data(using: encoding))
        #expect(try SafetensorsFile().message(text, Self.twoFloats).contains("its header "))
        let message = try SafetensorsFile().message(Data("{".utf8) + text, Self.twoFloats)
        #expect(message.contains("is not a text in UTF-8"))
    }

    @Test("Names may hold any character; scalars have no axes, and empty tensors no numbers")
    func names() throws {
        let header = #"""
            {"é\ud83d\ude00\n\u0000\/\b\f\r\t":{"dtype":"F32","shape":[],"data_offsets":[0,4]},
            "":{"dtype":"F32","shape":[1,1],"data_offsets":[4,8]},
            "none":{"dtype":"F32","shape":[0,3],"data_offsets":[8,8]}}
            """#
        let file = try SafetensorsFile().read(header, Self.twoFloats)
        let name = "é😀\n\u{0}/\u{8}\u{c}\r\t"
        #expect(file.tensors == [name: Tensor(1), "": [[2]], "none": .zeros([0, 3])])
    }
}
