import ArgumentParser
import Cognitron
import CognitronData
import CognitronImages
import Foundation

/// A data set as commands and files name it: `mnist`, or a form of files and a path, `csv:prices.csv`.
///
/// Unlike a `Dataset`, it is not opened: the files of a form are read with options that only the whole
/// command line gives.
struct DatasetName: Hashable, Codable, CustomStringConvertible {
    let name: String

    init(_ dataset: Dataset) { name = dataset.name }

    /// - Throws: `CognitronError.argument` where no data set and no form of files has this name.
    init(_ name: String) throws {
        if DatasetScheme.split(name) != nil {
            self.name = name
        } else {
            do {
                self.name = try Dataset(named: name).name
            } catch let error as CognitronError {
                throw Self.explained(error, name)
            }
        }
    }

    /// The error for an unknown name, with the forms of files, and the name that was probably meant.
    private static func explained(_ error: CognitronError, _ name: String) -> CognitronError {
        let forms = DatasetScheme.registered.map { "\($0.name):\($0.argument)" }
        var isFolder: ObjCBool = false
        let exists = FileManager.default.fileExists(atPath: name, isDirectory: &isFolder)
        var advice = error.advice
        if exists {
            let ending = URL(fileURLWithPath: name).pathExtension.lowercased()
            let form = isFolder.boolValue ? "folder" : (ending == "json" ? "coco" : "csv")
            advice = "did you mean \(form):\(name)?"
        }
        return CognitronError(
            .argument, error.place, error.problem,
            expected: [error.expected].compactMap { $0 }.joined() + ", or " + forms.joined(separator: ", "),
            got: error.received, advice: advice)
    }

    /// Whether the data set is a table in a file, whose columns have names.
    var isTable: Bool { DatasetScheme.split(name)?.scheme == .csv }

    /// Whether the data set is made of files at a path.
    var isPath: Bool { DatasetScheme.split(name) != nil }

    /// Opens the data set.
    ///
    /// - Parameters:
    ///   - options: how files are read, and which classes are used.
    ///   - folder: what a relative path is relative to; nil for the current folder.
    func open(_ options: DatasetOptions = DatasetOptions(), in folder: String? = nil) throws -> Dataset {
        try opened(options, in: folder).selecting(
            classes: options.classes, samplesPerClass: options.samplesPerClass, seed: options.seed
        ).limiting(samples: options.samples, seed: options.seed)
    }

    private func opened(_ options: DatasetOptions, in folder: String?) throws -> Dataset {
        guard let (scheme, path) = DatasetScheme.split(Self.absolute(name, in: folder)) else {
            return try Dataset(named: name)
        }
        return try scheme.open(path, options)
    }

    /// The name with an absolute path, where it has one.
    ///
    /// - Parameter folder: what a relative path is relative to; nil for the current folder.
    private static func absolute(_ name: String, in folder: String?) -> String {
        guard let (scheme, rest) = DatasetScheme.split(name) else { return name }
        if scheme == .grey { return "\(scheme):\(absolute(rest, in: folder))" }
        // Shells leave a tilde behind a colon as it is.
        let path = rest.hasPrefix("~/") ? NSHomeDirectory() + rest.dropFirst() : rest
        guard let folder, !path.isEmpty, !path.hasPrefix("/") else { return "\(scheme):\(path)" }
        return "\(scheme):\(folder)/\(path)"
    }

    /// All rows of a table, with the categories of another; nil of what is no table.
    func table(as coding: TableCoding, _ options: DatasetOptions?) throws -> DatasetPart? {
        guard let (scheme, path) = DatasetScheme.split(Self.absolute(name, in: nil)), scheme == .csv else {
            return nil
        }
        let options = options ?? DatasetOptions()
        let table = try Table(contentsOf: path, options.table, skipsDamaged: options.skipsDamaged)
        return try coding.part(table, name: name)
    }

    /// A word for names of files: `prices` for `csv:data/prices.csv`.
    var stem: String { Self.stem(name) }

    private static func stem(_ name: String) -> String {
        guard let (scheme, path) = DatasetScheme.split(name) else { return name }
        if scheme == .grey { return "grey-\(stem(path))" }
        let last = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
        return last.isEmpty || last == "/" || last == "." ? scheme.name : last
    }

    var description: String { name }

    init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(name)
    }

    // MARK: - On the command line

    /// Finds the data set for a word of the command line.
    @Sendable static func parse(_ word: String) throws -> DatasetName {
        do {
            return try DatasetName(word)
        } catch let error as CognitronError {
            let advice = error.advice.map { "; \($0)" } ?? ""
            throw ValidationError("expected \(error.expected ?? "")\(advice)")
        }
    }

    static func help(_ text: String, default standard: DatasetName? = nil) -> ArgumentHelp {
        let names = (Dataset.table.names + DatasetScheme.registered.map { "\($0.name):\($0.argument)" })
            .joined(separator: ", ")
        return ArgumentHelp("\(text) (values: \(names)\(standard.map { "; default: \($0)" } ?? ""))")
    }

    static var completion: CompletionKind {
        .list(Dataset.table.names + DatasetScheme.registered.map { "\($0.name):" })
    }
}
