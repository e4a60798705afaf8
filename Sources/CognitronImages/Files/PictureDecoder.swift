import Cognitron
import CognitronData

/// The bytes of a picture file of one format.
protocol PictureDecoder {
    var header: PictureHeader { get }

    /// The pixels as stored, not turned, in any channels.
    ///
    /// - Parameters:
    ///   - channels: those that will be wanted; a hint.
    ///   - divisor: 1, 2, 4 or 8: the picture may be made smaller so many times (each side rounded up).
    func decode(_ channels: PictureChannels, divisor: Int) throws -> Picture
}

extension PictureFormat {
    func decoder(_ bytes: [UInt8], _ name: String) throws -> any PictureDecoder {
        switch self {
        case .png: try PNGFile(bytes, name)
        case .jpeg: try JPEGFile(bytes, name)
        case .webp: try WebPFile(bytes, name)
        case .bmp: try BMPFile(bytes, name)
        }
    }
}

extension CognitronError {
    /// A picture file that cannot be read to its end.
    static func damagedPicture(_ name: String, _ format: String, _ message: String) -> CognitronError {
        CognitronError(
            .file, name, "cannot be read as \(format): \(message)", advice: "delete the file or get it again")
    }
}
