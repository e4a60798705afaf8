import Cognitron
import CognitronData
import CognitronKernels

/// The pictures of a video, one after another: a folder of numbered pictures, or a file.
///
///     let frames = try VideoFrames("street.mp4")
///     while let picture = try frames.next() { … }
///
/// Files are decoded by the command `ffmpeg`, one frame at a time; it ends with the value. Pictures of a
/// folder follow in the order of the numbers in their names: frame2.png before frame10.png.
///
/// - Note: a value is used by one thread at a time.
public final class VideoFrames {
    public let path: String
    private let channels: PictureChannels
    private let stride: Int
    private var reader: Reader
    private var isFirst = true
    private let fileSize: Int

    private enum Reader {
        case pictures(ArraySlice<String>)
        case command(ChildProcess)
    }

    /// The command that decodes a file; nil for a folder.
    var processIdentifier: Int32? {
        if case .command(let child) = reader { child.processIdentifier } else { nil }
    }

    /// - Parameters:
    ///   - stride: every how many frames one is given.
    ///   - channels: of the pictures; as stored, those of a file are red, green and blue.
    /// - Throws: `CognitronError.file` where there is no such folder or file, or `ffmpeg` is needed and not
    ///   installed.
    public convenience init(_ path: String, stride: Int = 1, channels: PictureChannels = .rgb) throws {
        try self.init(VideoClip(path, counted: false), stride: stride, channels: channels)
    }

    /// - Parameter start: the first frame that is given.
    init(
        _ clip: VideoClip, from start: Int = 0, stride: Int = 1, channels: PictureChannels = .rgb
    ) throws {
        require(stride >= 1, "every \(stride)th frame; expected at least 1")
        (path, self.stride, self.channels, fileSize) = (clip.path, stride, channels, clip.fileSize)
        switch clip.content {
        case .pictures(let paths): reader = .pictures(paths.dropFirst(start))
        case .file(let commands, let rate):
            // A quarter of a frame early: times are rounded.
            let seconds = start > 0 && rate > 0 ? (Double(start) - 0.25) / rate : 0
            reader = .command(try commands.decoding(clip.path, fromSeconds: seconds))
        }
    }

    /// The next picture; nil at the end.
    ///
    /// - Throws: `CognitronError.file` where a picture is damaged, or the file has none.
    public func next() throws -> Picture? {
        defer { isFirst = false }
        switch reader {
        case .pictures(let paths):
            let rest = isFirst ? paths : paths.dropFirst(stride - 1)
            guard let path = rest.first else { return nil }
            reader = .pictures(rest.dropFirst())
            return try PictureFile.read(path, channels: channels)
        case .command(let child):
            for _ in 1..<(isFirst ? 1 : stride) {
                guard try frame(child) != nil else { return nil }
            }
            return try frame(child)?.converted(to: channels)
        }
    }

    /// The next picture of a file, in the form of PPM: `P6`, width, height, 255, each followed by a space or
    /// the end of the line, and the pixels.
    private func frame(_ child: ChildProcess) throws -> Picture? {
        guard let header = try header(child) else {
            try child.finish()
            guard !isFirst else { throw CognitronError.noVideo(path, "no frame") }
            return nil
        }
        let (width, height) = (header.width, header.height)
        guard let pixels = try child.read(exactly: height * width * 3) else {
            try child.finish()
            throw CognitronError.noVideo(path, "a frame ends early")
        }
        return Picture(height: height, width: width, channels: 3, pixels: pixels)
    }

    private func header(_ child: ChildProcess) throws -> PictureHeader? {
        var (words, word) = ([String](), "")
        while words.count < 4 {
            guard let byte = try child.read(exactly: 1)?.first else { return nil }
            if byte == 0x20 || byte == 0x0A {
                words.append(word)
                word = ""
            } else {
                word.unicodeScalars.append(Unicode.Scalar(byte))
            }
            guard word.count < 8 else { break }
        }
        guard words.count == 4, words[0] == "P6", let width = Int(words[1]), let height = Int(words[2]),
            words[3] == "255"
        else { throw CognitronError.noVideo(path, "ffmpeg gave no PPM pictures") }
        let header = PictureHeader(.png, rows: height, columns: width, channels: 3)
        try header.check(fileSize: fileSize, limit: PictureFile.pixelLimit, path)
        return header
    }
}
