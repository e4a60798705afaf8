import CJPEG
import CPNG
import CWebP
import Cognitron
import CognitronData
import Foundation

extension PictureFile {
    /// Writes a picture; the file is complete or not there.
    ///
    /// - Parameters:
    ///   - path: its ending says the format: .png, .jpg, .jpeg or .webp.
    ///   - quality: 1 to 100, for JPEG and WebP. WebP files of quality 100 are lossless.
    /// - Throws: `CognitronError` for other endings, and where the file cannot be written.
    public static func write(_ picture: Picture, to path: String, quality: Int = 90) throws {
        guard let format = PictureFormat(ending: path) else { throw unknownFormat(path) }
        try AtomicFile.write(Data(encode(picture, as: format, quality: quality)), to: path)
    }

    /// Throws where no picture can be written under that name, before long work. An existing file is kept.
    public static func requireWritable(_ path: String) throws {
        guard let format = PictureFormat(ending: path), format != .bmp else { throw unknownFormat(path) }
        struct Tried: Error {}
        do {
            try AtomicFile.write(to: path) { _ in throw Tried() }
        } catch is Tried {}
    }

    private static func unknownFormat(_ path: String) -> CognitronError {
        CognitronError(
            .argument, path, "does not say which format to write",
            expected: "a name ending in .png, .jpg or .webp")
    }

    /// The bytes of a picture's file. JPEG has no opacity: such pictures are laid over white.
    ///
    /// - Throws: `CognitronError.argument` for BMP, which is only read, an invalid quality, and pictures
    ///   larger than the format allows (JPEG: 65,500 pixels a side, WebP: 16,383).
    public static func encode(_ picture: Picture, as format: PictureFormat, quality: Int = 90) throws
        -> [UInt8]
    {
        guard (1...100).contains(quality) else {
            throw CognitronError(
                .argument, "quality", "is out of range", expected: "1 to 100", got: "\(quality)")
        }
        switch format {
        case .png: return try encodePNG(picture)
        case .jpeg: return try encodeJPEG(picture, quality)
        case .webp: return try encodeWebP(picture, quality)
        case .bmp:
            throw CognitronError(.argument, "format", "BMP is not written", expected: "PNG, JPEG or WebP")
        }
    }

    private static func encodeJPEG(_ picture: Picture, _ quality: Int) throws -> [UInt8] {
        let picture = picture.channels == 4 ? picture.converted(to: .rgb) : picture
        guard let handle = tjInitCompress() else { throw failure("JPEG", "there is no memory") }
        defer { tjDestroy(handle) }
        var (buffer, size): (UnsafeMutablePointer<UInt8>?, UInt) = (nil, 0)
        defer { tjFree(buffer) }
        let isGrey = picture.channels == 1
        let result = tjCompress2(
            handle, picture.pixels, Int32(picture.width), 0, Int32(picture.height),
            Int32(isGrey ? TJPF_GRAY.rawValue : TJPF_RGB.rawValue), &buffer, &size,
            Int32(isGrey ? TJSAMP_GRAY.rawValue : TJSAMP_420.rawValue), Int32(quality), 0)
        guard result == 0, let buffer else {
            throw failure("JPEG", tjGetErrorStr2(handle).map { String(cString: $0) } ?? "unknown error")
        }
        return Array(UnsafeBufferPointer(start: buffer, count: Int(size)))
    }

    private static func encodeWebP(_ picture: Picture, _ quality: Int) throws -> [UInt8] {
        let picture = picture.channels == 1 ? picture.converted(to: .rgb) : picture
        let (width, height) = (Int32(picture.width), Int32(picture.height))
        let stride = Int32(picture.width * picture.channels)
        var buffer: UnsafeMutablePointer<UInt8>?
        defer { WebPFree(buffer) }
        let size =
            switch (picture.channels, quality) {
            case (4, 100): WebPEncodeLosslessRGBA(picture.pixels, width, height, stride, &buffer)
            case (4, _): WebPEncodeRGBA(picture.pixels, width, height, stride, Float(quality), &buffer)
            case (_, 100): WebPEncodeLosslessRGB(picture.pixels, width, height, stride, &buffer)
            default: WebPEncodeRGB(picture.pixels, width, height, stride, Float(quality), &buffer)
            }
        guard size > 0, let buffer else { throw failure("WebP", "at most 16,383 pixels a side") }
        return Array(UnsafeBufferPointer(start: buffer, count: size))
    }

    static func failure(_ format: String, _ message: String) -> CognitronError {
        CognitronError(.argument, "picture", "cannot be written as \(format): \(message)")
    }
}
