import Cognitron
import CognitronData
import Foundation

/// The names of classes in files: classes.txt, obj.names, data.yaml.
enum ClassNames {
    /// More than any list of names.
    static let byteLimit = 1 << 20

    /// The lines of classes.txt in a folder; nil where there is no such file.
    static func read(in folder: String, _ names: [String] = ["classes.txt"]) throws -> [String]? {
        for name in names {
            let path = CognitronData.path(folder, name)
            guard FileManager.default.fileExists(atPath: path) else { continue }
            return try lines(FileBytes.read(path, limit: byteLimit), path)
        }
        return nil
    }

    /// One name a line; the lines after the last name may be empty.
    static func lines(_ bytes: [UInt8], _ path: String) throws -> [String] {
        var names = try text(bytes, path).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { $0.trimmingCharacters(in: .whitespaces) }
        while names.last?.isEmpty == true { names.removeLast() }
        try check(names, path)
        return names
    }

    /// Throws where there are no names, an empty one, or one twice.
    static func check(_ names: [String], _ path: String) throws {
        var seen: Set<String> = []
        let wrong = names.firstIndex { $0.isEmpty || !seen.insert($0).inserted }
        guard wrong != nil || names.isEmpty else { return }
        throw CognitronError(
            .file, path, "does not name classes", expected: "one name for each class, each once",
            got: wrong.map { names[$0].isEmpty ? "no name for class \($0)" : "\"\(names[$0])\" twice" }
                ?? "an empty file")
    }

    /// A file's bytes as text, without a byte order mark.
    static func text(_ bytes: [UInt8], _ path: String) throws -> String {
        let bytes = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CognitronError(
                .file, path, "is no text", expected: "UTF-8", advice: "save it as UTF-8")
        }
        return text
    }

    /// The value of `names` in a YAML file as YOLO's programs write it: `[cat, dog]`, or lines `- cat` or
    /// `0: cat`.
    static func yaml(_ bytes: [UInt8], _ path: String) throws -> [String] {
        let lines = try text(bytes, path).split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        guard let first = lines.firstIndex(where: { $0.hasPrefix("names:") }) else {
            throw CognitronError(
                .file, path, "does not name classes", expected: "a line that begins with names:")
        }
        let value = lines[first].dropFirst(6).trimmingCharacters(in: .whitespaces)
        var names: [String] = []
        if value.hasPrefix("[") {
            // A list may span lines.
            let list = lines[first...].joined(separator: " ").drop { $0 != "[" }.dropFirst().prefix {
                $0 != "]"
            }
            names = list.split(separator: ",").map { unquoted($0) }
        } else {
            for line in lines[(first + 1)...] {
                let item = line.trimmingCharacters(in: .whitespaces)
                if item.hasPrefix("- ") {
                    names.append(unquoted(item.dropFirst(2)))
                } else if let colon = item.firstIndex(of: ":"), Int(item[..<colon]) == names.count {
                    names.append(unquoted(item[item.index(after: colon)...]))
                } else if !item.isEmpty, !item.hasPrefix("#") {
                    break
                }
            }
        }
        try check(names, path)
        return names
    }

    private static func unquoted(_ text: some StringProtocol) -> String {
        text.trimmingCharacters(in: .whitespaces).trimmingCharacters(in: ["'", "\""])
    }
}
