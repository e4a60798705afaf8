import Cognitron
import Foundation

/// A file that the package carries in `Resources`.
struct ShippedFile: Sendable {
    let name: String
    /// 64 hexadecimal digits.
    let sha256: String

    /// The bundle of this target's resources, which SwiftPM puts beside the program.
    static let bundleName = "Cognitron_CognitronData.resources"

    /// The file's path: beside the program, else in the package's sources, where they are on this machine.
    ///
    /// `Bundle.module` would end the program where the bundle is missing.
    ///
    /// - Throws: `CognitronError.file` where it is in neither place.
    func path() throws -> String {
        let sources = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent()
        let folders = [Bundle.main.bundleURL.appendingPathComponent(Self.bundleName), sources]
        let paths = folders.map { $0.appendingPathComponent("Resources/\(name)").path }
        if let path = paths.first(where: FileManager.default.fileExists) { return path }
        throw CognitronError(
            .file, paths[0], "the data that come with the package are not beside the program",
            expected: Self.bundleName, advice: "copy that folder from the build's beside the program")
    }

    /// The unpacked bytes.
    ///
    /// - Throws: `CognitronError.file` also where the file has changed.
    func read() throws -> DatasetFile {
        let path = try path()
        let digest = try SHA256.digest(ofFileAt: path)
        guard digest == sha256 else {
            throw CognitronError(
                .file, path, "the file is not the one that the package came with",
                expected: "the SHA-256 \(sha256)", got: digest, advice: "get the package again")
        }
        return (path, try FileBytes.readUnpacking(path))
    }
}
