import Cognitron
import CognitronData

/// Reads and writes pictures as files: PNG, JPEG, WebP; reads BMP.
///
///     let picture = try PictureFile.read("cat.jpg", channels: .rgb)
///     try PictureFile.write(picture.resized(height: 64, width: 64), to: "small.png")
///
/// The format follows from the first bytes, not from the name. Pixels of 16 bits are rounded to 8, palettes
/// become colours, grey with opacity becomes four channels, and JPEGs are turned as their EXIF orientation
/// says. Colours are otherwise as stored: colour profiles are ignored.
///
/// A file may declare at most `pixelLimit` pixels, and above `freePixels` at most 8192 a byte of the file, so
/// that a few bytes cannot ask for much memory. At most eight bytes a pixel are allocated.
public enum PictureFile {
    /// The number of pixels above which pictures are refused: 134 million.
    public static let pixelLimit = 1 << 27

    /// The number of pixels that any file may declare: 16.8 million.
    public static let freePixels = 1 << 24

    /// Reads a picture.
    ///
    /// - Parameters:
    ///   - channels: where opacity is dropped, the picture is laid over white.
    ///   - leastSize: height and width; a JPEG that has twice, four or eight times as much along both may be
    ///     read at that fraction of its size, in a fraction of the time. nil for the full size.
    ///   - pixelLimit: the number of declared pixels above which the picture is refused.
    /// - Throws: `CognitronError.file` where it cannot be read, is damaged or too large.
    public static func read(
        _ path: String, channels: PictureChannels = .asStored, leastSize: Shape? = nil,
        pixelLimit: Int = pixelLimit
    ) throws -> Picture {
        try read(
            bytes(of: path), name: path, channels: channels, leastSize: leastSize, pixelLimit: pixelLimit)
    }

    /// Reads a picture from a file's bytes.
    ///
    /// - Parameter name: what errors call it.
    public static func read(
        _ bytes: [UInt8], name: String = "picture", channels: PictureChannels = .asStored,
        leastSize: Shape? = nil, pixelLimit: Int = pixelLimit
    ) throws -> Picture {
        try OpenPicture(bytes, name: name, pixelLimit: pixelLimit).read(channels) { header in
            leastSize.map { min(header.height / max(1, $0[0]), header.width / max(1, $0[1])) } ?? 1
        }
    }

    /// Reads a picture from a file's bytes and brings it to the size of a network's, as `PictureSource` does
    /// when it predicts.
    ///
    /// - Parameters:
    ///   - name: what errors call it.
    ///   - shape: height × width × channels (1, 3 or 4).
    package static func read(
        _ bytes: [UInt8], name: String, into shape: Shape, framing: Framing, pixelLimit: Int
    ) throws -> Picture {
        let file = try OpenPicture(bytes, name: name, pixelLimit: pixelLimit)
        let (height, width) = (file.header.height, file.header.width)
        let frame = framing.frame(height: height, width: width, into: shape)
        let picture = try file.read(PictureChannels(count: shape[2]) ?? .asStored) { _ in frame.shrink }
        return frame.scaled(to: picture, fromHeight: height, width: width).applied(to: picture)
    }

    /// What a file says about its picture.
    public static func header(_ path: String) throws -> PictureHeader {
        try OpenPicture(bytes(of: path), name: path).header
    }

    static func bytes(of path: String) throws -> [UInt8] {
        // Opening a pipe would wait for its writer.
        if let obstacle = CognitronError.obstacle(toReading: path) { throw obstacle }
        return try FileBytes.read(path)
    }
}

/// A picture file of which the header is read.
struct OpenPicture {
    private let decoder: any PictureDecoder

    var header: PictureHeader { decoder.header }

    init(_ bytes: [UInt8], name: String, pixelLimit: Int = PictureFile.pixelLimit) throws {
        decoder = try PictureFormat(firstBytes: bytes, name).decoder(bytes, name)
        try decoder.header.check(fileSize: bytes.count, limit: pixelLimit, name)
    }

    /// The picture as it is shown.
    ///
    /// - Parameter shrink: how many times smaller each side may become; what is less than 2 means full size.
    func read(_ channels: PictureChannels, shrink: (PictureHeader) -> Int = { _ in 1 }) throws -> Picture {
        let divisor = [8, 4, 2].first { $0 <= shrink(header) } ?? 1
        return try decoder.decode(channels, divisor: divisor).turned(from: header.orientation)
            .converted(to: channels)
    }
}
