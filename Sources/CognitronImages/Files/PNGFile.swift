import CPNG
import Cognitron
import CognitronData

/// A PNG file, read by libpng's simplified interface, which reports errors by its results.
struct PNGFile: PictureDecoder {
    let header: PictureHeader
    private let bytes: [UInt8]
    private let name: String

    /// How pixels are stored: palette, grey and so on.
    private let format: UInt32

    // What libpng's macros say, which Swift cannot see.
    static let grey: UInt32 = 0
    static let rgb = PNG_FORMAT_FLAG_COLOR
    static let rgba = PNG_FORMAT_FLAG_COLOR | PNG_FORMAT_FLAG_ALPHA

    var has16Bits: Bool { format & PNG_FORMAT_FLAG_LINEAR > 0 }

    init(_ bytes: [UInt8], _ name: String) throws {
        let bytes = Self.withoutGamma(bytes)
        (self.bytes, self.name) = (bytes, name)
        let image = try Self.withImage(bytes, name) { $0 }
        format = image.format
        let channels = format & PNG_FORMAT_FLAG_ALPHA > 0 ? 4 : format & PNG_FORMAT_FLAG_COLOR > 0 ? 3 : 1
        header = PictureHeader(.png, rows: Int(image.height), columns: Int(image.width), channels: channels)
    }

    func decode(_ channels: PictureChannels, divisor: Int) throws -> Picture {
        let wanted =
            switch header.channels {
            case 1: PNGFile.grey
            case 3: PNGFile.rgb
            default: PNGFile.rgba
            }
        return try decode(format: wanted, channels: header.channels)
    }

    /// The numbers of the pixels as they are stored: indices of a palette, or grey of 8 bits or fewer; nil
    /// where pixels are colours or have 16 bits.
    func indices() throws -> Picture? {
        let isPalette = format & PNG_FORMAT_FLAG_COLORMAP > 0
        guard isPalette || header.channels == 1 && !has16Bits else { return nil }
        return try decode(format: PNGFile.rgba | PNG_FORMAT_FLAG_COLORMAP, channels: 1)
    }

    private func decode(format: UInt32, channels: Int) throws -> Picture {
        let count = header.height * header.width * channels
        let pixels = try Self.withImage(bytes, name) { image in
            image.format = format
            // Without it, 16 bits without a gAMA chunk are taken for linear light.
            image.flags |= UInt32(PNG_IMAGE_FLAG_16BIT_sRGB)
            return try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
                var palette = [UInt8](repeating: 0, count: 4 * 256)
                guard png_image_finish_read(&image, nil, buffer.baseAddress, 0, &palette) != 0 else {
                    throw CognitronError.damagedPicture(name, "PNG", image.text)
                }
                initialized = count
            }
        }
        return Picture(height: header.height, width: header.width, channels: channels, pixels: pixels)
    }

    /// The file without its gAMA chunk: by it libpng would change the pixels, which are read as stored.
    private static func withoutGamma(_ bytes: [UInt8]) -> [UInt8] {
        // Chunks after the signature: length, kind, contents, checksum.
        var place = 8
        while place + 12 <= bytes.count {
            let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
            let kind = bytes[place + 4..<place + 8]
            guard length <= bytes.count - place - 12, !kind.elementsEqual("IDAT".utf8) else { break }
            if kind.elementsEqual("gAMA".utf8) {
                return Array(bytes[..<place] + bytes[(place + 12 + length)...])
            }
            place += 12 + length
        }
        return bytes
    }

    /// Calls `body` with the image of which the header is read.
    private static func withImage<R>(
        _ bytes: [UInt8], _ name: String, _ body: (inout png_image) throws -> R
    ) throws -> R {
        var image = png_image()
        image.version = UInt32(PNG_IMAGE_VERSION)
        defer { png_image_free(&image) }
        return try bytes.withUnsafeBytes { buffer in
            guard png_image_begin_read_from_memory(&image, buffer.baseAddress, buffer.count) != 0 else {
                throw CognitronError.damagedPicture(name, "PNG", image.text)
            }
            return try body(&image)
        }
    }
}

extension png_image {
    /// The error or warning of the last call.
    var text: String {
        withUnsafeBytes(of: message) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
