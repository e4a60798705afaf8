import Cognitron
import CognitronData

/// A format of picture files. Files are told apart by their first bytes, not by their names.
public enum PictureFormat: String, Hashable, Sendable, CaseIterable {
    case png, jpeg, webp
    /// Windows bitmaps, which are read but not written.
    case bmp

    /// The endings of the names of its files, in lower case.
    public var endings: [String] {
        switch self {
        case .png: ["png"]
        case .jpeg: ["jpg", "jpeg"]
        case .webp: ["webp"]
        case .bmp: ["bmp"]
        }
    }

    /// The format that the ending of a name says, in upper or lower case; nil for others.
    public init?(ending name: String) {
        guard let dot = name.lastIndex(of: ".") else { return nil }
        let ending = name[name.index(after: dot)...].lowercased()
        guard let format = Self.allCases.first(where: { $0.endings.contains(ending) }) else { return nil }
        self = format
    }

    /// The format that a file's first bytes say.
    ///
    /// - Throws: `CognitronError.file` for others, which are named where they are known.
    init(firstBytes bytes: some Collection<UInt8>, _ name: String) throws {
        let bytes = Array(bytes.prefix(16))
        let (start, at4, at8) = (Latin(bytes), Latin(bytes.dropFirst(4)), Latin(bytes.dropFirst(8)))
        switch true {
        case start.begins("\u{89}PNG\r\n\u{1A}\n"): self = .png
        case start.begins("\u{FF}\u{D8}\u{FF}"): self = .jpeg
        case start.begins("RIFF") && at8.begins("WEBP"): self = .webp
        case start.begins("BM"): self = .bmp
        default:
            let other =
                start.begins("GIF8")
                ? "GIF"
                : start.begins("II*\0") || start.begins("MM\0*")
                    ? "TIFF"
                    : at4.begins("ftyp")
                        ? at8.begins("avif") ? "AVIF" : "HEIC (HEIF), as phones write it," : nil
            throw CognitronError(
                .file, name, other.map { "\($0) is not read" } ?? "is no picture",
                expected: "PNG, JPEG, WebP or BMP",
                got: bytes.isEmpty
                    ? "an empty file" : "the first bytes \(FileBytes.inWords(bytes.prefix(8)))",
                advice: other == nil ? "delete the file or get it again" : "convert it to PNG or JPEG")
        }
    }
}

/// Bytes compared with text of one byte a character.
private struct Latin {
    let bytes: ArraySlice<UInt8>

    init(_ bytes: some Sequence<UInt8>) { self.bytes = ArraySlice(bytes) }

    func begins(_ text: String) -> Bool {
        bytes.starts(with: text.unicodeScalars.lazy.map { UInt8(truncatingIfNeeded: $0.value) })
    }
}
