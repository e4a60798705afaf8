import CognitronData

extension PictureOrientation {
    /// The orientation that the EXIF segment of a JPEG file says: tag 274 of its first directory. `.upright`
    /// where there is none, or none that is valid.
    ///
    /// - Source: CIPA DC-008, "Exchangeable image file format for digital still cameras".
    init(exif jpeg: [UInt8]) {
        self = Self.segment(jpeg).flatMap(Self.orientation) ?? .upright
    }

    /// The TIFF part of the EXIF segment (APP1).
    private static func segment(_ jpeg: [UInt8]) -> ArraySlice<UInt8>? {
        var position = 2
        while position + 4 <= jpeg.count, jpeg[position] == 0xFF {
            let marker = jpeg[position + 1]
            // A further FF pads; the picture begins at SOS.
            if marker == 0xFF {
                position += 1
                continue
            }
            guard marker != 0xDA else { return nil }
            let length = Int(jpeg[position + 2]) << 8 | Int(jpeg[position + 3])
            let end = position + 2 + length
            guard length >= 2, end <= jpeg.count else { return nil }
            let content = jpeg[position + 4..<end]
            if marker == 0xE1, content.starts(with: [0x45, 0x78, 0x69, 0x66, 0, 0]) {
                return content.dropFirst(6)
            }
            position = end
        }
        return nil
    }

    private static func orientation(_ tiff: ArraySlice<UInt8>) -> PictureOrientation? {
        let isLittle = tiff.starts(with: [0x49, 0x49, 0x2A, 0])
        guard isLittle || tiff.starts(with: [0x4D, 0x4D, 0, 0x2A]) else { return nil }
        func number(_ offset: Int, _ count: Int) -> Int? {
            guard offset >= 0, offset <= tiff.count - count else { return nil }
            let first = tiff.startIndex + offset
            let bytes = tiff[first..<first + count]
            return isLittle
                ? bytes.reversed().reduce(0) { $0 << 8 | Int($1) } : bytes.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let directory = number(4, 4), let entries = number(directory, 2) else { return nil }
        for entry in 0..<entries {
            let start = directory + 2 + 12 * entry
            guard let tag = number(start, 2) else { return nil }
            // Tag 274 of type 3: a short number, kept in the entry itself.
            if tag == 274, number(start + 2, 2) == 3 {
                return number(start + 8, 2).flatMap(PictureOrientation.init(rawValue:))
            }
        }
        return nil
    }
}
