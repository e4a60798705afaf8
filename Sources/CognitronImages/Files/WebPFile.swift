import CWebP
import Cognitron
import CognitronData

/// A WebP file.
struct WebPFile: PictureDecoder {
    let header: PictureHeader
    private let bytes: [UInt8]
    private let name: String

    init(_ bytes: [UInt8], _ name: String) throws {
        (self.bytes, self.name) = (bytes, name)
        var features = WebPBitstreamFeatures()
        let status = WebPGetFeatures(bytes, bytes.count, &features)
        guard status == VP8_STATUS_OK else {
            throw CognitronError.damagedPicture(name, "WebP", "its header is invalid or incomplete")
        }
        guard features.has_animation == 0 else {
            throw CognitronError(
                .file, name, "is an animation", expected: "a WebP file of one picture",
                advice: "convert it to single pictures")
        }
        header = PictureHeader(
            .webp, rows: Int(features.height), columns: Int(features.width),
            channels: features.has_alpha != 0 ? 4 : 3)
    }

    func decode(_ channels: PictureChannels, divisor: Int) throws -> Picture {
        let stride = header.width * header.channels
        let count = header.height * stride
        let decode = header.channels == 4 ? WebPDecodeRGBAInto : WebPDecodeRGBInto
        let pixels = try [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            guard decode(bytes, bytes.count, buffer.baseAddress, count, Int32(stride)) != nil else {
                throw CognitronError.damagedPicture(name, "WebP", "its pixels are invalid or incomplete")
            }
            initialized = count
        }
        return Picture(
            height: header.height, width: header.width, channels: header.channels, pixels: pixels)
    }
}
