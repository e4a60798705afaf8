/// Divides a text where tokens of a byte-pair encoding end at the latest: words, numbers, marks, spaces.
///
/// Joined, the pieces are the text. The space before a word, number or mark belongs to it, as in GPT-2's
/// rule; a piece has at most 64 characters, so that a text without spaces takes no more time.
enum TextPieces {
    private static let longest = 64
    private static let space = UInt8(ascii: " ")

    private enum Kind {
        case letters, digits, marks, spaces

        init(_ scalar: Unicode.Scalar) {
            switch scalar {
            case "a"..."z", "A"..."Z": self = .letters
            case "0"..."9": self = .digits
            case " ", "\n": self = .spaces
            case _ where scalar.isASCII && !scalar.properties.isWhitespace: self = .marks
            default: self.init(scalar.properties)
            }
        }

        private init(_ properties: Unicode.Scalar.Properties) {
            switch properties.generalCategory {
            case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
                .nonspacingMark, .spacingMark, .enclosingMark:
                self = .letters
            case .decimalNumber, .letterNumber, .otherNumber: self = .digits
            default: self = properties.isWhitespace ? .spaces : .marks
            }
        }
    }

    /// Calls `body` with each piece in UTF-8.
    static func forEach(in text: String, _ body: ([UInt8]) -> Void) {
        var piece: [UInt8] = []
        var (kind, count) = (Kind.spaces, 0)
        for scalar in text.unicodeScalars {
            let next = Kind(scalar)
            if next != kind || count == longest {
                let takesSpace = kind == .spaces && next != .spaces && piece.last == space
                if takesSpace { piece.removeLast() }
                if !piece.isEmpty { body(piece) }
                piece = takesSpace ? [space] : []
                (kind, count) = (next, piece.count)
            }
            piece += String(scalar).utf8
            count += 1
        }
        if !piece.isEmpty { body(piece) }
    }
}
