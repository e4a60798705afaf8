import Cognitron
import Foundation

/// Draws SVG as PNG, by the program `rsvg-convert` of librsvg.
enum Rasterizer {
    private static let program = "rsvg-convert"

    /// - Throws: `CognitronError` where the program is missing or fails.
    static func png(_ svg: String, scale: Double) throws -> Data {
        let path = try requireProgram()
        // Files, not pipes: a pipe that both sides fill would block them.
        let folder = FileManager.default.temporaryDirectory.appending(
            path: "cognitron-plot-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let (source, target) = (folder.appending(path: "plot.svg"), folder.appending(path: "plot.png"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = ["--zoom", "\(scale)", "--unlimited", "--output", target.path, source.path]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        do {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(svg.utf8).write(to: source)
            try process.run()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else { throw CocoaError(.fileReadUnknown) }
            return try Data(contentsOf: target)
        } catch {
            throw CognitronError(
                .file, program, "did not draw the picture", got: "status \(Self.status(of: process))",
                advice: "check the space in \(FileManager.default.temporaryDirectory.path), or write .svg")
        }
    }

    /// Where the program is.
    ///
    /// - Throws: `CognitronError` where it is missing.
    @discardableResult
    static func requireProgram(in folders: String? = nil) throws -> String {
        guard let path = folders.map(path(in:)) ?? path else {
            throw CognitronError(
                .file, program, "is not installed; it writes PNG",
                advice: "install librsvg2-bin (Debian) or librsvg (Homebrew), or write .svg")
        }
        return path
    }

    private static func status(of process: Process) -> String {
        process.isRunning || process.processIdentifier == 0 ? "none" : "\(process.terminationStatus)"
    }

    /// Where the program is among the folders of PATH; nil where it is in none.
    static var path: String? { path(in: ProcessInfo.processInfo.environment["PATH"] ?? "") }

    static func path(in folders: String) -> String? {
        folders.split(separator: ":").map { "\($0)/\(program)" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }
}
