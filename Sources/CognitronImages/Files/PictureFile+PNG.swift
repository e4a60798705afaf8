import CPNG
import Cognitron
import CognitronData
import CognitronKernels
import Foundation

extension PictureFile {
    static func encodePNG(_ picture: Picture) throws -> [UInt8] {
        let format =
            switch picture.channels {
            case 1: PNGFile.grey
            case 3: PNGFile.rgb
            default: PNGFile.rgba
            }
        return try encode(picture, format: format, palette: [])
    }

    /// Writes a mask as a PNG file with a palette: each pixel's number is kept, and shown in a colour.
    ///
    /// - Parameters:
    ///   - mask: one channel, each pixel the number of a colour.
    ///   - palette: at most 256 colours; by default the 256 of Pascal VOC.
    /// - Throws: `CognitronError` where the file cannot be written.
    public static func writeMask(
        _ mask: Picture, to path: String, palette: [SIMD3<UInt8>] = PictureFile.classColors
    ) throws {
        try AtomicFile.write(Data(encodeMask(mask, palette: palette)), to: path)
    }

    /// The bytes of a mask's file.
    public static func encodeMask(
        _ mask: Picture, palette: [SIMD3<UInt8>] = PictureFile.classColors
    ) throws -> [UInt8] {
        require(mask.channels == 1, "a mask of shape \(mask.shape)")
        guard palette.count <= 256, let largest = mask.pixels.max(), Int(largest) < palette.count else {
            throw CognitronError(
                .argument, "palette", "does not fit the mask",
                expected: "\(Int(mask.pixels.max() ?? 0) + 1) to 256 colours", got: "\(palette.count)")
        }
        return try encode(mask, format: PNGFile.rgb | PNG_FORMAT_FLAG_COLORMAP, palette: palette)
    }

    /// Colours for 256 classes, the first black: those of the masks of Pascal VOC.
    ///
    /// - Source: VOC development kit, `VOClabelcolormap.m`: the bits of a number, three at a time, are the
    ///   highest bits of red, green and blue.
    public static let classColors: [SIMD3<UInt8>] = (0..<256).map { number in
        var color = SIMD3<UInt8>()
        for bit in 0..<8 {
            for c in 0..<3 { color[c] |= UInt8(number >> (3 * bit + c) & 1) << UInt8(7 - bit) }
        }
        return color
    }

    private static func encode(_ picture: Picture, format: UInt32, palette: [SIMD3<UInt8>]) throws -> [UInt8]
    {
        var image = png_image()
        image.version = UInt32(PNG_IMAGE_VERSION)
        (image.width, image.height, image.format) = (UInt32(picture.width), UInt32(picture.height), format)
        image.colormap_entries = UInt32(palette.count)
        defer { png_image_free(&image) }
        let colors = palette.flatMap { [$0.x, $0.y, $0.z] }
        // A bound: rows with their filter, deflate's blocks, the palette and the other chunks.
        let rows = picture.pixels.count + picture.height
        var size = rows + rows / 1000 + colors.count + 4096
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, initialized in
            let isWritten = png_image_write_to_memory(
                &image, buffer.baseAddress, &size, 0, picture.pixels, 0, palette.isEmpty ? nil : colors)
            initialized = isWritten != 0 ? size : 0
        }
        guard !bytes.isEmpty else { throw failure("PNG", image.text) }
        return bytes
    }
}
