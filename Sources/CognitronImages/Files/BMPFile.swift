import Cognitron
import CognitronData

/// A Windows bitmap without compression: palettes of 1, 4 or 8 bits, or pixels of 24 or 32 bits, which have
/// opacity where a mask says so.
///
/// - Source: Microsoft, "Bitmap Storage", BITMAPFILEHEADER, BITMAPINFOHEADER and BITMAPV4HEADER.
struct BMPFile: PictureDecoder {
    let header: PictureHeader
    private let bytes: [UInt8]
    private let name: String
    private let bits: Int
    private let firstPixel: Int
    /// Blue, green, red and a byte that is unused, for each colour.
    private let palette: ArraySlice<UInt8>
    private let isTopDown: Bool

    init(_ bytes: [UInt8], _ name: String) throws {
        (self.bytes, self.name) = (bytes, name)
        func number(_ offset: Int, _ count: Int) -> Int {
            bytes[offset..<offset + count].reversed().reduce(0) { $0 << 8 | Int($1) }
        }
        guard bytes.count >= 54, number(14, 4) >= 40 else {
            throw CognitronError.damagedPicture(name, "BMP", "its header is incomplete, or of an old version")
        }
        let rows = Int(Int32(truncatingIfNeeded: number(22, 4)))
        let columns = Int(Int32(truncatingIfNeeded: number(18, 4)))
        (bits, firstPixel, isTopDown) = (number(28, 2), number(10, 4), rows < 0)
        // 3: masks say where red, green, blue and, in the longer headers, opacity are.
        let compression = number(30, 4)
        let hasMasks = compression == 3 && bits == 32 && bytes.count >= 70
        let masks = hasMasks ? (0..<3).map { number(54 + 4 * $0, 4) } : []
        guard [1, 4, 8, 24, 32].contains(bits),
            compression == 0 || hasMasks && masks == [0xFF_0000, 0xFF00, 0xFF]
        else {
            throw CognitronError(
                .file, name, "this form of BMP is not read",
                expected: "1, 4, 8, 24 or 32 bits a pixel without compression",
                got: "\(bits) bits, \(hasMasks ? "other masks" : "compression \(compression)")",
                advice: "convert it to PNG")
        }
        let start = 14 + number(14, 4)
        let colors = bits > 8 ? 0 : number(46, 4) == 0 ? 1 << bits : min(number(46, 4), 1 << bits)
        guard start + 4 * colors <= bytes.count else {
            throw CognitronError.damagedPicture(name, "BMP", "its palette is incomplete")
        }
        palette = bytes[start..<start + 4 * colors]
        let hasOpacity = hasMasks && number(14, 4) >= 56 && number(66, 4) == 0xFF00_0000
        header = PictureHeader(.bmp, rows: abs(rows), columns: columns, channels: hasOpacity ? 4 : 3)
    }

    func decode(_ channels: PictureChannels, divisor: Int) throws -> Picture {
        let (height, width) = (header.height, header.width)
        // Rows are multiples of four bytes.
        let stride = (width * bits + 31) / 32 * 4
        guard firstPixel <= bytes.count, height * stride <= bytes.count - firstPixel else {
            throw CognitronError.damagedPicture(name, "BMP", "it ends before its last row")
        }
        var pixels = [UInt8]()
        pixels.reserveCapacity(height * width * header.channels)
        for row in 0..<height {
            let start = firstPixel + (isTopDown ? row : height - 1 - row) * stride
            for column in 0..<width {
                let color = try color(start, column)
                for c in 0..<3 { pixels.append(color[c]) }
                if header.channels == 4 { pixels.append(bytes[start + 4 * column + 3]) }
            }
        }
        return Picture(height: height, width: width, channels: header.channels, pixels: pixels)
    }

    /// Red, green and blue of a pixel of the row that begins at `start`.
    private func color(_ start: Int, _ column: Int) throws -> SIMD3<UInt8> {
        guard bits <= 8 else {
            let pixel = start + column * bits / 8
            return SIMD3(bytes[pixel + 2], bytes[pixel + 1], bytes[pixel])
        }
        let bit = column * bits
        let index = Int(bytes[start + bit / 8]) >> (8 - bits - bit % 8) & (1 << bits - 1)
        guard 4 * index < palette.count else {
            throw CognitronError.damagedPicture(name, "BMP", "a pixel has colour \(index), past the palette")
        }
        let entry = palette.startIndex + 4 * index
        return SIMD3(palette[entry + 2], palette[entry + 1], palette[entry])
    }
}
