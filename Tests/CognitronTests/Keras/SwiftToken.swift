/// A word, a string literal, an operator or a mark of punctuation in Swift code.
struct SwiftToken {
    let text: String
    /// Its place among the code's UTF-8 bytes.
    let range: Range<Int>

    /// How many brackets it opens, or closes where negative. Angle brackets count, those of arrows do not.
    var nesting: Int {
        switch text {
        case "(", "[", "{": 1
        case ")", "]", "}": -1
        default:
            if text.allSatisfy({ $0 == "<" }) {
                text.count
            } else {
                text.allSatisfy { $0 == ">" } ? -text.count : 0
            }
        }
    }

    /// - Parameter code: bytes without comments.
    static func all(in code: [UInt8]) -> [SwiftToken] {
        let operators = Set("=<>-+*/%&|^~!.".utf8)
        let spaces = Set(" \n\t".utf8)
        func isWord(_ byte: UInt8) -> Bool {
            switch byte {
            case UInt8(ascii: "_"), UInt8(ascii: "@"), UInt8(ascii: "$"), 128...: true
            case UInt8(ascii: "0")...UInt8(ascii: "9"): true
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
            default: false
            }
        }
        var (tokens, index) = ([SwiftToken](), 0)
        while index < code.count {
            let (start, first) = (index, code[index])
            index += 1
            if first == UInt8(ascii: "\"") {
                while index < code.count, code[index] != first {
                    index += code[index] == UInt8(ascii: "\\") ? 2 : 1
                }
                index = min(code.count, index + 1)
            } else if isWord(first) || operators.contains(first) {
                let isWord = isWord(first) ? isWord : operators.contains
                while index < code.count, isWord(code[index]) { index += 1 }
            }
            if !spaces.contains(first) {
                let text = String(decoding: code[start..<index], as: UTF8.self)
                tokens.append(SwiftToken(text: text, range: start..<index))
            }
        }
        return tokens
    }
}
