// Texts of the Sword project, compressed by block ("zText"). All integers are little-endian:
//
//     .bzs   blocks, 12 bytes each: offset and length in .bzz, length unpacked
//     .bzv   texts, 10 bytes each: block (4), offset in the unpacked block (4), length (2)
//     .bzz   the blocks, zlib streams of OSIS (XML)
//
// Source: the Sword project's zverse.cpp.

import Cognitron

struct SwordText {
    /// The texts in their order, without marks; empty where a place has none, such as a heading.
    let texts: [String]

    /// - Parameter files: those of one module whose names begin with `part`: `ot`, `nt`.
    init(_ files: [DatasetFile], _ part: String) throws {
        func bytes(_ ending: String) throws -> DatasetFile {
            guard let file = files.first(where: { $0.path.hasSuffix("/\(part).\(ending)") }) else {
                throw CognitronError(
                    .file, files.first?.path ?? part, "the module is incomplete",
                    expected: "\(part).\(ending)")
            }
            return file
        }
        let (blocks, places, packed) = (try bytes("bzs"), try bytes("bzv"), try bytes("bzz"))
        let unpacked = try stride(from: 0, to: blocks.bytes.count - 11, by: 12).map { at in
            let (start, length) = (blocks.bytes.little(4, at), blocks.bytes.little(4, at + 4))
            guard length > 6 else { return [UInt8]() }
            guard start + length <= packed.bytes.count else {
                throw CognitronError(
                    .file, packed.path, "a block lies beyond its end", expected: "\(start + length) bytes",
                    got: "\(packed.bytes.count)", advice: Archive.damagedAdvice)
            }
            return try Self.inflate(packed.bytes[start..<start + length], packed.path)
        }
        texts = try stride(from: 0, to: places.bytes.count - 9, by: 10).map { at in
            let (block, start) = (places.bytes.little(4, at), places.bytes.little(4, at + 4))
            let length = places.bytes.little(2, at + 8)
            guard length > 0 else { return "" }
            guard block < unpacked.count, start + length <= unpacked[block].count else {
                throw CognitronError(
                    .file, places.path, "text \(at / 10) lies beyond its block", advice: Archive.damagedAdvice
                )
            }
            return Self.plain(unpacked[block][start..<start + length])
        }
    }

    /// Unpacks a zlib stream as the gzip file with the same contents, whose checksum libarchive ignores.
    private static func inflate(_ stream: ArraySlice<UInt8>, _ path: String) throws -> [UInt8] {
        let header: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]
        let contents = stream.dropFirst(2).dropLast(4)
        return try PackageArchive.gunzip(
            header + contents + [UInt8](repeating: 0, count: 8), path: path, limit: 1 << 26)
    }

    /// The text without notes, titles and tags, its runs of spaces as one.
    static func plain(_ osis: some Collection<UInt8>) -> String {
        var text: [UInt8] = []
        var rest = osis[...]
        /// The element that is being left out.
        var skipped: [UInt8]?
        while let byte = rest.first {
            guard byte == UInt8(ascii: "<"), let end = rest.firstIndex(of: UInt8(ascii: ">")) else {
                if skipped == nil { text.append(byte) }
                rest = rest.dropFirst()
                continue
            }
            let tag = Array(rest[rest.index(after: rest.startIndex)..<end])
            rest = rest[rest.index(after: end)...]
            if let name = skipped {
                if tag.starts(with: [UInt8(ascii: "/")] + name) { skipped = nil }
            } else if tag.last != UInt8(ascii: "/") {
                skipped = leftOut.first { tag.starts(with: $0) }
            }
        }
        let words = String(decoding: text, as: UTF8.self).split(whereSeparator: \.isWhitespace)
        return words.joined(separator: " ")
    }

    private static let leftOut = ["note", "title"].map { Array($0.utf8) }
}

extension [UInt8] {
    /// A little-endian number.
    fileprivate func little(_ count: Int, _ at: Int) -> Int {
        self[at..<at + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}
