import Cognitron

/// Conversations of a file in ChatterBot's form, YAML that lists lists of lines:
///
///     conversations:
///     - - What is AI?
///       - A branch of engineering.
///
/// A line may go on on the next ones, indented further, and stand in single or double quotes. Texts of several
/// lines (`|`) are left out.
///
/// - Source: https://github.com/gunthercox/chatterbot-corpus, "data".
enum Conversations {
    /// Reads the bytes of a file. Takes at most 48 times their size.
    ///
    /// - Throws: `CognitronError.file` where it is not UTF-8 or has no conversations.
    static func read(_ bytes: [UInt8], path: String) throws -> [[String]] {
        var conversations: [[String]] = []
        var hasBegun = false
        for line in try TextLines(bytes, path: path) {
            if line.hasPrefix("conversations:") { hasBegun = true }
            guard hasBegun else { continue }
            if line.hasPrefix("- - ") {
                conversations.append([line.dropFirst(4).trimmed])
            } else if line.hasPrefix("  - "), let last = conversations.indices.last {
                conversations[last].append(line.dropFirst(4).trimmed)
            } else if line.hasPrefix("    "), let last = conversations.indices.last {
                let text = conversations[last].count - 1
                conversations[last][text] += " " + line.trimmed
            }
        }
        guard !conversations.isEmpty else {
            throw CognitronError(
                .file, path, "the file has no conversations", expected: "- - TEXT below conversations:")
        }
        return conversations.map { $0.filter { !$0.hasPrefix("|") }.map(unquoted) }
    }

    private static func unquoted(_ text: String) -> String {
        for quote in ["'", "\""] where text.count > 1 && text.hasPrefix(quote) && text.hasSuffix(quote) {
            let inner = String(text.dropFirst().dropLast())
            return quote == "'" ? inner.replacing("''", with: "'") : inner.replacing("\\\"", with: "\"")
        }
        return text
    }
}
