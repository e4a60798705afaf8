extension BLEU {
    /// How sentences become words.
    public enum Tokenization: Sendable, Hashable {
        /// What white space separates.
        case none
        /// As the workshops on machine translation count: marks are words of their own, full stops and commas
        /// within numbers and hyphens within words are not. What sacrebleu calls `13a`.
        case mteval13a

        func callAsFunction(_ sentence: String) -> [String] {
            let trimmed = sentence.unicodeScalars.trimmingEnd
            switch self {
            case .none: return Self.words(trimmed[...])
            case .mteval13a: return Self.words(Self.separated(Self.plain(trimmed))[...])
            }
        }

        private static func words(_ scalars: ArraySlice<Unicode.Scalar>) -> [String] {
            scalars.split(whereSeparator: \.isPythonSpace).map { String(String.UnicodeScalarView($0)) }
        }

        /// Without marks of SGML, hyphens at the ends of lines, and breaks.
        private static func plain(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
            let replacements = [
                ("<skipped>", ""), ("-\n", ""), ("\n", " "), ("&quot;", "\""), ("&amp;", "&"), ("&lt;", "<"),
                ("&gt;", ">"),
            ]
            return replacements.reduce(scalars) { text, pair in
                replacing(Array(pair.0.unicodeScalars), with: Array(pair.1.unicodeScalars), in: text)
            }
        }

        private static func replacing(
            _ old: [Unicode.Scalar], with new: [Unicode.Scalar], in text: [Unicode.Scalar]
        ) -> [Unicode.Scalar] {
            var (result, place): ([Unicode.Scalar], Int) = ([], 0)
            while place < text.count {
                let found = text[place...].starts(with: old)
                result += found ? new : [text[place]]
                place += found ? old.count : 1
            }
            return result
        }

        /// The script's four rules, one after the other.
        private static func separated(_ scalars: [Unicode.Scalar]) -> [Unicode.Scalar] {
            let marks = ([" "] + scalars + [" "]).flatMap { scalar -> [Unicode.Scalar] in
                scalar.isMark ? [" ", scalar, " "] : [scalar]
            }
            let after = pairs(marks) { !$0.isDigit && $1.isPoint ? [$0, " ", $1, " "] : nil }
            let before = pairs(after) { $0.isPoint && !$1.isDigit ? [" ", $0, " ", $1] : nil }
            return pairs(before) { $0.isDigit && $1 == "-" ? [$0, " ", $1, " "] : nil }
        }

        /// Replaces pairs of neighbours from left to right; what is replaced is in no further pair.
        private static func pairs(
            _ text: [Unicode.Scalar],
            _ replacement: (Unicode.Scalar, Unicode.Scalar) -> [Unicode.Scalar]?
        ) -> [Unicode.Scalar] {
            var (result, place): ([Unicode.Scalar], Int) = ([], 0)
            while place < text.count {
                if place + 1 < text.count, let new = replacement(text[place], text[place + 1]) {
                    result += new
                    place += 2
                } else {
                    result.append(text[place])
                    place += 1
                }
            }
            return result
        }
    }
}

extension String.UnicodeScalarView {
    fileprivate var trimmingEnd: [Unicode.Scalar] {
        var scalars = Array(self)
        while scalars.last?.isPythonSpace == true { scalars.removeLast() }
        return scalars
    }
}

extension Unicode.Scalar {
    /// Python's `isspace`: white space, and the four separators of ASCII.
    fileprivate var isPythonSpace: Bool { properties.isWhitespace || (0x1C...0x1F).contains(value) }
    fileprivate var isDigit: Bool { ("0"..."9").contains(self) }
    fileprivate var isPoint: Bool { self == "." || self == "," }
    /// ASCII's marks but for full stops, commas, hyphens and apostrophes, and the space.
    fileprivate var isMark: Bool {
        switch self {
        case "{"..."~", "["..."`", " "..."&", "("..."+", ":"..."@", "/": true
        default: false
        }
    }
}
