import Cognitron
import CognitronData
import Foundation

/// FFmpeg's commands `ffmpeg` and `ffprobe`, which read video files.
///
/// Paths are passed as arguments of their own with the protocol `file:`, so that neither a shell nor FFmpeg
/// takes a name for anything else. Only files that hold their pictures themselves are read: no play lists,
/// which name other files and addresses.
struct FFmpeg {
    private let ffmpeg: String
    private let ffprobe: String

    /// The endings of the names of video files.
    static let endings: Set<String> = [
        "mp4", "m4v", "mov", "mkv", "webm", "avi", "mpg", "mpeg", "ts", "ogv", "wmv", "flv",
    ]

    /// FFmpeg's names of the formats of such files.
    private static let formats = "mov,matroska,avi,mpeg,mpegvideo,mpegts,ogg,asf,flv,gif"

    /// - Parameter folders: where the commands are searched for, separated by colons; nil for PATH.
    /// - Throws: `CognitronError.file` where one of them is missing.
    init(in folders: String? = nil) throws {
        let folders = folders ?? ProcessInfo.processInfo.environment["PATH"] ?? ""
        func path(_ command: String) throws -> String {
            let places = folders.split(separator: ":").map { "\($0)/\(command)" }
            guard let found = places.first(where: FileManager.default.isExecutableFile) else {
                throw CognitronError(
                    .file, command, "is not installed; it reads video files",
                    advice: "install ffmpeg (Debian, Homebrew), or give a folder of frames")
            }
            return found
        }
        (ffmpeg, ffprobe) = (try path("ffmpeg"), try path("ffprobe"))
    }

    /// The arguments that open a file.
    private static func input(_ path: String) -> [String] {
        [
            "-v", "error", "-protocol_whitelist", "file,pipe", "-format_whitelist", formats, "-max_pixels",
            "\(PictureFile.pixelLimit)", "-i", "file:\(path)",
        ]
    }

    /// Starts to decode a file. The output holds one PPM picture for each frame.
    ///
    /// - Parameter seconds: where to begin.
    func decoding(_ path: String, fromSeconds seconds: Double = 0) throws -> ChildProcess {
        let seek = seconds > 0 ? ["-ss", "\(seconds)"] : []
        // Frames are numbered anew: at a constant rate none is dropped or repeated.
        let output = [
            "-map", "0:v:0", "-vf", "settb=1/25,setpts=N", "-r", "25", "-c:v", "ppm", "-f", "image2pipe",
            "pipe:1",
        ]
        return try ChildProcess(
            ffmpeg, ["-nostdin", "-threads", "1"] + seek + Self.input(path) + output, reading: path)
    }

    /// The number of frames of a file, and of frames a second.
    ///
    /// - Throws: `CognitronError.file` where the file has no video.
    func measure(_ path: String) throws -> (count: Int, rate: Double) {
        let child = try ChildProcess(
            ffprobe,
            [
                "-select_streams", "v:0", "-count_packets", "-show_entries",
                "stream=nb_read_packets,avg_frame_rate", "-of", "json",
            ] + Self.input(path), reading: path, patience: Self.secondsToCount)
        var json = Data()
        while json.count < Self.mostJSON {
            let part = try child.read(upTo: 1 << 12)
            if part.isEmpty { break }
            json += part
        }
        try child.finish()
        guard let stream = (try? JSONDecoder().decode(Probe.self, from: json))?.streams.first,
            let count = stream.packets.flatMap({ Int($0) }), count > 0
        else { throw CognitronError.noVideo(path, "no stream of pictures") }
        let parts = stream.rate?.split(separator: "/").compactMap { Double($0) } ?? []
        let rate = parts.count == 2 ? parts[0] / parts[1] : 0
        return (count, rate.isFinite ? rate : 0)
    }

    private static let mostJSON = 1 << 16

    /// The whole file is read before the number is known.
    private static let secondsToCount = 300

    private struct Probe: Decodable {
        struct Stream: Decodable {
            var packets: String?
            var rate: String?

            private enum CodingKeys: String, CodingKey {
                case packets = "nb_read_packets"
                case rate = "avg_frame_rate"
            }
        }
        var streams: [Stream]
    }
}

extension CognitronError {
    /// A video file that FFmpeg does not read.
    static func noVideo(_ path: String, _ message: String) -> CognitronError {
        CognitronError(
            .file, path, "cannot be read as a video: \(message)",
            expected: "one of \(FFmpeg.endings.sorted().joined(separator: ", ")) that FFmpeg decodes",
            advice: "delete the file or get it again")
    }
}
