import Foundation

/// The Swift sources of one target: which types each folder declares, and which files name types of other
/// folders.
struct SourceTree {
    /// A type that a file names and another folder declares.
    struct Mention: CustomStringConvertible {
        let file: String
        let type: String
        let declaredIn: String

        var folder: String { SourceTree.folder(of: file) }
        var description: String { "\(file): \(type) (\(declaredIn))" }
    }

    let folders: Set<String>
    let mentions: [Mention]
    /// The files without comments and string literals, by path within the target.
    let code: [(path: String, text: String)]

    /// The folder of Package.swift.
    static let package = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    /// The Swift files of a target, by their paths within it.
    static func files(of target: String) throws -> [(path: String, source: String)] {
        let root = package.appending(path: "Sources/\(target)")
        return try FileManager.default.subpathsOfDirectory(atPath: root.path)
            .filter { $0.hasSuffix(".swift") }.sorted()
            .map { ($0, try String(contentsOf: root.appending(path: $0), encoding: .utf8)) }
    }

    /// - Parameter target: a folder in the package's Sources.
    init(target: String) throws { self.init(files: try Self.files(of: target)) }

    /// - Parameter files: paths within the target, and what the files hold.
    init(files: [(path: String, source: String)]) {
        let code = files.map { (path: $0.path, text: Self.code(in: $0.source)) }
        self.code = code
        folders = Set(code.map { Self.folder(of: $0.0) })
        var owners: [String: Set<String>] = [:]
        for (path, text) in code {
            for type in Self.declaredTypes(in: text) {
                owners[type, default: []].insert(Self.folder(of: path))
            }
        }
        mentions = code.flatMap { path, text in
            Set(Self.words(of: text).map(String.init)).flatMap { word -> [Mention] in
                // Where two folders declare a name, each means its own.
                guard let declaring = owners[word], !declaring.contains(Self.folder(of: path)) else {
                    return []
                }
                return declaring.map { Mention(file: path, type: word, declaredIn: $0) }
            }
        }
    }

    /// The folders that stay where, again and again, those are taken away that name no other one.
    var circle: Set<String> {
        var left = folders
        while true {
            let naming = Set(
                mentions.filter { left.contains($0.declaredIn) && left.contains($0.folder) }.map(\.folder))
            if naming == left { return left }
            left = naming
        }
    }

    /// The folder that a file's floor is called after; "" for files beside the folders.
    private static func folder(of path: String) -> String {
        path.contains("/") ? String(path.prefix { $0 != "/" }) : ""
    }
}

// MARK: - Reading Swift

extension SourceTree {
    /// The source without comments, and without string literals unless they are kept.
    static func code(in source: String, keepingStrings: Bool = false) -> String {
        let bytes = Array(source.utf8)
        var (code, index) = ([UInt8](), 0)
        func starts(_ text: String) -> Bool { bytes[index...].starts(with: text.utf8) }
        func skip(_ opening: String, to closing: String) {
            let start = index
            defer { if keepingStrings, opening.hasPrefix("\"") { code += bytes[start..<index] } }
            index += opening.utf8.count
            while index < bytes.count, !starts(closing) {
                index += starts("\\") && opening.hasPrefix("\"") ? 2 : 1
            }
            index = min(bytes.count, index + closing.utf8.count)
        }
        while index < bytes.count {
            if starts("//") {
                while index < bytes.count, !starts("\n") { index += 1 }
            } else if starts("/*") {
                skip("/*", to: "*/")
            } else if starts("\"\"\"") {
                skip("\"\"\"", to: "\"\"\"")
            } else if starts("\"") {
                skip("\"", to: "\"")
            } else {
                code.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: code, as: UTF8.self)
    }

    private static func words(of code: String) -> [Substring] {
        code.split { !$0.isLetter && !$0.isNumber && $0 != "_" }
    }

    /// The types that other files may name: declared at the top level, and not private.
    private static func declaredTypes(in code: String) -> [String] {
        let modifiers: Set<Substring> = ["public", "package", "internal", "open", "final", "indirect"]
        let kinds: Set<Substring> = ["class", "struct", "enum", "protocol", "typealias", "actor"]
        return code.split(separator: "\n").compactMap { line in
            guard line.first?.isLetter ?? false else { return nil }
            let rest = words(of: String(line)).drop { modifiers.contains($0) }
            guard let kind = rest.first, kinds.contains(kind) else { return nil }
            return rest.dropFirst().first.map(String.init)
        }
    }
}
