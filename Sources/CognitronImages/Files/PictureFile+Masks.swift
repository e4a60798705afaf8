import Cognitron
import CognitronData

extension PictureFile {
    /// Reads a mask: a PNG file whose pixels are the numbers of classes.
    ///
    /// Palette indices and grey of up to 8 bits are kept as they are, whatever their colours. Of colours with
    /// equal red, green and blue that number is taken.
    ///
    /// - Returns: one channel.
    /// - Throws: `CognitronError.file` for other colours, 16 bits and other formats.
    public static func readMask(_ path: String, pixelLimit: Int = pixelLimit) throws -> Picture {
        try readMask(bytes(of: path), name: path, pixelLimit: pixelLimit)
    }

    /// Reads a mask from a file's bytes.
    public static func readMask(
        _ bytes: [UInt8], name: String = "mask", pixelLimit: Int = pixelLimit
    ) throws -> Picture {
        guard try PictureFormat(firstBytes: bytes, name) == .png else {
            throw CognitronError(
                .file, name, "is no mask", expected: "PNG, which keeps numbers as they are",
                advice: "export masks as PNG with a palette or in grey")
        }
        let file = try PNGFile(bytes, name)
        try file.header.check(fileSize: bytes.count, limit: pixelLimit, name)
        if let indices = try file.indices() { return indices }
        guard !file.has16Bits else {
            throw CognitronError(
                .file, name, "has 16 bits a pixel", expected: "a mask of numbers up to 255",
                advice: "export masks as PNG with a palette or 8-bit grey")
        }
        let picture = try file.decode(.asStored, divisor: 1)
        let (count, pixels) = (picture.channels, picture.pixels)
        var numbers = [UInt8]()
        numbers.reserveCapacity(pixels.count / count)
        for pixel in stride(from: 0, to: pixels.count, by: count) {
            guard pixels[pixel] == pixels[pixel + 1], pixels[pixel] == pixels[pixel + 2] else {
                let place = pixel / count
                throw CognitronError(
                    .file, name, "is in colours, not the numbers of classes",
                    expected: "PNG with a palette or in grey",
                    got: "(\(pixels[pixel]), \(pixels[pixel + 1]), \(pixels[pixel + 2])) at row "
                        + "\(place / picture.width), column \(place % picture.width)",
                    advice: "export masks with a palette")
            }
            numbers.append(pixels[pixel])
        }
        return Picture(height: picture.height, width: picture.width, channels: 1, pixels: numbers)
    }
}
