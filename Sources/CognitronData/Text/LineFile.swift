import Cognitron

/// A text file with one sample a line, with or without its class in the first or last column.
///
///     let reviews = try LineFile(contentsOf: "reviews.tsv", label: .first)
///     reviews.texts[0], reviews.classNames
public struct LineFile: Sendable, Equatable {
    /// Where a line has its class, separated by a tab.
    public enum Label: String, Sendable, CaseIterable {
        case none, first, last
    }

    public let texts: [String]

    /// The class of each text; none of a file without classes.
    public let labels: [Int]

    /// The classes, in the order of their code points.
    public let classNames: [String]

    /// Reads a file in UTF-8, plain or as .gz; blank lines are skipped.
    public init(contentsOf path: String, label: Label = .none) throws {
        try self.init(FileBytes.readUnpacking(path), path: path, label: label)
    }

    /// Reads the bytes of such a file. Takes at most 48 times their size.
    public init(_ bytes: [UInt8], path: String, label: Label = .none) throws {
        var texts: [String] = []
        var names: [String] = []
        for (number, line) in try TextLines(bytes, path: path).enumerated() where !line.isEmpty {
            guard label != .none else {
                texts.append(line)
                continue
            }
            let tab = label == .first ? line.firstIndex(of: "\t") : line.lastIndex(of: "\t")
            guard let tab else {
                throw CognitronError(
                    .file, "\(path), line \(number + 1)", "the line has no class",
                    expected: label == .first ? "CLASS, a tab, TEXT" : "TEXT, a tab, CLASS",
                    got: "\"\(line.prefix(40))\"")
            }
            let (before, after) = (String(line[..<tab]), String(line[line.index(after: tab)...]))
            texts.append(label == .first ? after : before)
            names.append(label == .first ? before : after)
        }
        guard !texts.isEmpty else {
            throw CognitronError(.file, path, "the file has no text", expected: "a sample on each line")
        }
        let places = Dictionary(uniqueKeysWithValues: zip(Set(names).sorted(), 0...))
        (self.texts, labels) = (texts, names.map { places[$0] ?? 0 })
        classNames = places.keys.sorted()
    }
}

/// The lines of a text file, without their breaks.
struct TextLines: Sequence {
    let text: String

    /// - Throws: `CognitronError.file` with the line that is not UTF-8.
    init(_ bytes: [UInt8], path: String) throws {
        let plain = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        guard let text = String(validating: plain, as: UTF8.self) else {
            let line = plain.split(separator: CSVScanner.newline, omittingEmptySubsequences: false)
                .firstIndex { String(validating: $0, as: UTF8.self) == nil }
            throw CognitronError(
                .file, line.map { "\(path), line \($0 + 1)" } ?? path, "this is not UTF-8 text",
                advice: "save the text in UTF-8")
        }
        self.text = text
    }

    func makeIterator() -> AnyIterator<String> {
        var lines = text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).makeIterator()
        return AnyIterator { lines.next().map(String.init) }
    }
}
