import CJPEG
import Cognitron
import CognitronData

/// A JPEG file, read by TurboJPEG, which reports errors by its results.
final class JPEGFile: PictureDecoder {
    let header: PictureHeader
    private let bytes: [UInt8]
    private let name: String
    private let handle: tjhandle
    /// Whether pixels are cyan, magenta, yellow and black, as printers take them.
    private let isCMYK: Bool

    init(_ bytes: [UInt8], _ name: String) throws {
        (self.bytes, self.name) = (bytes, name)
        guard let handle = tjInitDecompress() else {
            throw CognitronError(.file, name, "there is no memory to read it")
        }
        self.handle = handle
        var (width, height, subsampling, colors): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        let isRead = tjDecompressHeader3(
            handle, bytes, UInt(bytes.count), &width, &height, &subsampling, &colors)
        guard isRead == 0 || width > 0 && height > 0 && !Self.failed(handle) else {
            let message = Self.message(handle)
            tjDestroy(handle)
            throw CognitronError.damagedPicture(name, "JPEG", message)
        }
        isCMYK = [TJCS_CMYK, TJCS_YCCK].contains { Int32($0.rawValue) == colors }
        header = PictureHeader(
            .jpeg, rows: Int(height), columns: Int(width),
            channels: Int32(TJCS_GRAY.rawValue) == colors ? 1 : 3,
            orientation: PictureOrientation(exif: bytes))
    }

    deinit { tjDestroy(handle) }

    func decode(_ channels: PictureChannels, divisor: Int) throws -> Picture {
        let isGrey = !isCMYK && channels.count(stored: header.channels) == 1
        let (format, count) = isCMYK ? (TJPF_CMYK, 4) : isGrey ? (TJPF_GRAY, 1) : (TJPF_RGB, 3)
        let isTurned = header.orientation.exchangesAxes
        let (rows, columns) = isTurned ? (header.width, header.height) : (header.height, header.width)
        let (height, width) = ((rows + divisor - 1) / divisor, (columns + divisor - 1) / divisor)
        let pixels = try [UInt8](unsafeUninitializedCapacity: height * width * count) { buffer, initialized in
            let result = tjDecompress2(
                handle, bytes, UInt(bytes.count), buffer.baseAddress, Int32(width), 0, Int32(height),
                Int32(format.rawValue), TJFLAG_LIMITSCANS)
            guard result == 0 || Self.isHarmless(handle) else {
                throw CognitronError.damagedPicture(name, "JPEG", Self.message(handle))
            }
            initialized = height * width * count
        }
        let picture = Picture(height: height, width: width, channels: count, pixels: pixels)
        return isCMYK ? picture.colorsOfInks() : picture
    }

    private static func failed(_ handle: tjhandle) -> Bool {
        tjGetErrorCode(handle) == Int32(TJERR_FATAL.rawValue)
    }

    /// Whether the last call met nothing worse than bytes between segments, which some cameras write. Files
    /// that end early or hold invalid codes give warnings too, and a picture that is grey from there on.
    private static func isHarmless(_ handle: tjhandle) -> Bool {
        !failed(handle) && message(handle).contains("extraneous bytes")
    }

    private static func message(_ handle: tjhandle) -> String {
        tjGetErrorStr2(handle).map { String(cString: $0) } ?? "unknown error"
    }
}

extension Picture {
    /// Red, green and blue of inks as Adobe's programs store them, inverted: `red = cyan · black / 255`.
    fileprivate func colorsOfInks() -> Picture {
        var colors = [UInt8]()
        colors.reserveCapacity(height * width * 3)
        for pixel in stride(from: 0, to: pixels.count, by: 4) {
            for c in 0..<3 {
                colors.append(UInt8((Int(pixels[pixel + c]) * Int(pixels[pixel + 3]) + 127) / 255))
            }
        }
        return Picture(height: height, width: width, channels: 3, pixels: colors)
    }
}
