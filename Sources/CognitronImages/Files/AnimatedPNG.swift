import Cognitron
import CognitronData
import Foundation

/// Pictures of one size as an animated PNG, which browsers play; other programs show the first picture.
///
///     var animation = AnimatedPNG(framesPerSecond: 10)
///     for picture in pictures { try animation.add(picture) }
///     try animation.write(to: "video.png")
///
/// - Source: W3C, "Portable Network Graphics (PNG) Specification (Third Edition)" (2025).
public struct AnimatedPNG: Sendable {
    private let framesPerSecond: Int
    private var header: [UInt8] = []
    /// The compressed pixels of each picture.
    private var frames: [[UInt8]] = []

    /// - Parameter framesPerSecond: from 1 to 1,000.
    public init(framesPerSecond: Int = 10) {
        precondition((1...1000).contains(framesPerSecond), "\(framesPerSecond) frames a second")
        self.framesPerSecond = framesPerSecond
    }

    public var frameCount: Int { frames.count }

    /// Adds a picture, in colour and without opacity.
    ///
    /// - Throws: `CognitronError.argument` where it has another size than the first.
    public mutating func add(_ picture: Picture) throws {
        let chunks = Self.chunks(try PictureFile.encode(picture.converted(to: .rgb), as: .png))
        let own = chunks.first { $0.kind == "IHDR" }?.bytes ?? []
        guard header.isEmpty || own == header else {
            throw CognitronError(
                .argument, "animation", "a picture has another size than the first",
                expected: Self.size(header), got: Self.size(own))
        }
        header = own
        frames.append(chunks.filter { $0.kind == "IDAT" }.flatMap(\.bytes))
    }

    /// The file's bytes; without pictures it is no file that any program shows.
    public var bytes: [UInt8] {
        var (bytes, sequence) = (Self.signature + Self.chunk("IHDR", header), 0)
        bytes += Self.chunk("acTL", Self.number(frames.count) + Self.number(0))
        for (place, frame) in frames.enumerated() {
            let delay = [0, 1, UInt8(framesPerSecond >> 8), UInt8(framesPerSecond & 255)]
            bytes += Self.chunk(
                "fcTL",
                Self.number(sequence) + header.prefix(8) + Self.number(0) + Self.number(0) + delay + [0, 0])
            sequence += 1
            if place == 0 {
                bytes += Self.chunk("IDAT", frame)
            } else {
                bytes += Self.chunk("fdAT", Self.number(sequence) + frame)
                sequence += 1
            }
        }
        return bytes + Self.chunk("IEND", [])
    }

    public func write(to path: String) throws { try AtomicFile.write(Data(bytes), to: path) }

    // MARK: - Chunks

    private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

    private static func number(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(value >> $0 & 255) }
    }

    private static func value(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }

    private static func size(_ header: [UInt8]) -> String {
        "\(value(header[4..<8])) × \(value(header[0..<4]))"
    }

    /// The chunks of a file that libpng has written.
    private static func chunks(_ bytes: [UInt8]) -> [(kind: String, bytes: [UInt8])] {
        var (chunks, place) = ([(kind: String, bytes: [UInt8])](), signature.count)
        while place + 12 <= bytes.count {
            let length = value(bytes[place..<place + 4])
            let kind = String(decoding: bytes[place + 4..<place + 8], as: UTF8.self)
            chunks.append((kind, Array(bytes[place + 8..<place + 8 + length])))
            place += 12 + length
        }
        return chunks
    }

    /// Length, kind, contents, checksum.
    private static func chunk(_ kind: String, _ contents: [UInt8]) -> [UInt8] {
        let checked = Array(kind.utf8) + contents
        let checksum = ~checked.reduce(UInt32.max) { sum, byte in
            remainders[Int((sum ^ UInt32(byte)) & 255)] ^ sum >> 8
        }
        return number(contents.count) + checked + number(Int(checksum))
    }

    /// Of the cyclic redundancy check (CRC-32) of each byte.
    private static let remainders: [UInt32] = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { sum, _ in sum & 1 == 1 ? 0xEDB8_8320 ^ sum >> 1 : sum >> 1 }
    }
}
