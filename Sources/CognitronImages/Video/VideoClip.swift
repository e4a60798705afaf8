import Cognitron
import CognitronData
import Foundation

/// A video: a folder of numbered pictures, or a file for FFmpeg.
struct VideoClip: Sendable {
    enum Content: Sendable {
        /// Paths, in order.
        case pictures([String])
        case file(FFmpeg, rate: Double)
    }

    let path: String
    let content: Content
    /// The number of frames; nil where a file was not counted.
    let count: Int?
    /// Bytes.
    let fileSize: Int

    /// - Parameter counted: whether the frames of a file are counted, which reads it once without decoding.
    /// - Throws: `CognitronError.file` where there are no frames.
    init(_ path: String, counted: Bool = true) throws {
        self.path = path
        if let folder = try PictureFolder(at: path) {
            let names = folder.numberedPictures
            guard !names.isEmpty else {
                throw CognitronError(
                    .file, path, "has no frames", expected: "pictures with numbers in their names",
                    got: "\(folder.folders.count) folders, \(folder.files.count) other files")
            }
            content = .pictures(names.map(folder.path(of:)))
            count = names.count
            fileSize = 0
            return
        }
        // Opening a pipe would wait for its writer.
        if let obstacle = CognitronError.obstacle(toReading: path) { throw obstacle }
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        fileSize = attributes?[.size] as? Int ?? 0
        let commands = try FFmpeg()
        guard counted else {
            content = .file(commands, rate: 0)
            count = nil
            return
        }
        let measured = try commands.measure(path)
        content = .file(commands, rate: measured.rate)
        count = measured.count
    }
}

extension PictureFolder {
    /// The names of the pictures here, in the order of the numbers in them.
    var numberedPictures: [String] {
        pictures.sorted { $0.compare($1, options: .numeric) == .orderedAscending }
    }

    /// The paths of the videos here: files, and folders that hold pictures.
    func videos() throws -> [String] {
        let frames = try folders.filter { try !PictureFolder(path(of: $0)).pictures.isEmpty }
        let videos = files.filter {
            $0.contains(".") && FFmpeg.endings.contains($0.split(separator: ".").last?.lowercased() ?? "")
        }
        return (frames + videos).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }.map(path(of:))
    }
}
