import Cognitron
import Foundation
import Yams

/// A file with the options of a command by their long names, in YAML or JSON.
///
///     model: lenet
///     epochs: 3
///     report: true
///     augment: [flip, shift]
///
/// An option without a value, or with `null`, has its default.
struct ConfigurationFile {
    /// A line of the file.
    struct Entry {
        let key: String
        let value: Setting.Value
        /// From 1; 0 where it is not known.
        let line: Int
    }

    let path: String
    let entries: [Entry]

    /// Files with more bytes are refused unread.
    static let maximumBytes = 1 << 18
    /// A list may name another one (an alias) several times: with more aliases, small files can stand for
    /// lists of any size.
    private static let maximumAliases = 16

    /// - Throws: `CognitronError` where the file cannot be read, is too large, or is no mapping of names to
    ///   values and lists.
    init(_ path: String) throws {
        self.path = path
        let text = try Self.text(path)
        guard text.matches(of: /\*[A-Za-z0-9_-]/).count <= Self.maximumAliases else {
            throw CognitronError(
                .file, path, "has too many aliases", expected: "at most \(Self.maximumAliases)",
                advice: "write the values out")
        }
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw CognitronError(
                .file, path, "is no YAML (\(Self.problem(error)))",
                expected: "a line such as epochs: 3 for each option")
        }
        guard let root, root.null == nil || root.mapping != nil else {
            entries = []
            return
        }
        guard let mapping = root.mapping else {
            throw CognitronError(
                .file, path, "is no list of options", expected: "a line such as epochs: 3 for each",
                got: Self.kind(root))
        }
        entries = try mapping.map { try Self.entry($0.key, $0.value, path) }
    }

    private static func entry(_ key: Node, _ value: Node, _ path: String) throws -> Entry {
        let line = key.mark?.line ?? 0
        guard case .scalar(let name) = key else {
            throw CognitronError(
                .file, "\(path), line \(line)", "the name of an option is \(kind(key))", expected: "a word")
        }
        switch value {
        case .scalar(let scalar):
            return Entry(key: name.string, value: .text(text(scalar)), line: line)
        case .sequence(let sequence):
            let texts = sequence.map { element -> String? in
                if case .scalar(let scalar) = element { text(scalar) } else { nil }
            }
            if !texts.contains(nil) {
                return Entry(key: name.string, value: .list(texts.compactMap { $0 }), line: line)
            }
        default: break
        }
        throw CognitronError(
            .file, "\(path), line \(line): \(name.string)", "holds other values",
            expected: "a value, or a list of values", got: kind(value))
    }

    /// The value as it is written; nil for none and for `null` without quotes.
    private static func text(_ scalar: Node.Scalar) -> String? {
        let isPlain = scalar.style == .plain || scalar.style == .any
        return isPlain && ["", "~", "null", "Null", "NULL"].contains(scalar.string) ? nil : scalar.string
    }

    private static func kind(_ node: Node) -> String {
        switch node {
        case .scalar: "a value"
        case .sequence: "a list"
        case .mapping: "a mapping"
        case .alias: "an alias"
        }
    }

    /// The first line of a parser's message, which has the line and column.
    private static func problem(_ error: any Error) -> String {
        let lines = "\(error)".split(separator: "\n").map { $0.trimmingCharacters(in: .whitespaces) }
        return lines.first.map { String($0.prefix(200)) } ?? "unknown"
    }

    private static func text(_ path: String) throws -> String {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
            let handle = FileHandle(forReadingAtPath: path)
        else {
            throw CognitronError(
                .file, path,
                isFolder.boolValue ? "is a folder" : "there is no such file, or it cannot be read",
                expected: "a file with options", advice: "check --config")
        }
        defer { try? handle.close() }
        var bytes = Data()
        // A pipe gives its bytes in several parts.
        while bytes.count <= maximumBytes,
            let part = try? handle.read(upToCount: maximumBytes + 1 - bytes.count), !part.isEmpty
        {
            bytes += part
        }
        guard bytes.count <= maximumBytes else {
            throw CognitronError(
                .file, path, "is too large for a file of options", expected: "at most \(maximumBytes) bytes")
        }
        guard let text = String(bytes: bytes, encoding: .utf8) else {
            throw CognitronError(.file, path, "is no text", expected: "UTF-8")
        }
        return text
    }
}
