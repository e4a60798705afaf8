import Cognitron
import Foundation

/// Folders that commands write into.
enum OutputFolder {
    /// Makes the folder, and those above it, where they are missing.
    ///
    /// - Throws: `CognitronError.file` where it cannot be made.
    static func make(_ path: String) throws {
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        } catch {
            throw CognitronError(
                .file, path, "cannot be made a folder", advice: "name a folder that you may write to")
        }
    }
}
