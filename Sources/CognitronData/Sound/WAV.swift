// The WAV format: "RIFF", size, "WAVE", then chunks: four letters, a size and so many bytes, padded to even.
//
//     "fmt "   format (1 whole numbers, 3 floats), channels, rate, bytes a second, bytes a frame, bits
//     "data"   the frames: one number for each channel, little-endian
//
// Source: Microsoft and IBM, "Multimedia Programming Interface and Data Specifications 1.0" (1991); for
// format 65534, "Multiple Channel Audio Data and WAVE Files" (2007).

import Cognitron
import Foundation

/// A sound: numbers in −1…1, one for each moment, all channels mixed to one.
///
///     let word = try Sound(contentsOf: "seven.wav").resampled(to: 8_000)
///     word.tensor                                         // (samples)
public struct Sound: Sendable, Equatable {
    public let samples: [Float]

    /// Samples a second.
    public let rate: Int

    public init(_ samples: [Float], rate: Int) { (self.samples, self.rate) = (samples, rate) }

    public var tensor: Tensor { Tensor(samples) }

    public var seconds: Double { Double(samples.count) / Double(rate) }

    /// Reads a WAV file of 8, 16, 24 or 32 bits, or 32 or 64 bits floating point. Channels are averaged.
    ///
    /// - Throws: `CognitronError.file` where the file is none, is cut off, or is compressed.
    public init(contentsOf path: String) throws {
        try self.init(wav: FileBytes.read(path), path: path)
    }

    /// Reads the bytes of a WAV file. Takes at most five times their size.
    public init(wav bytes: [UInt8], path: String) throws {
        let (format, data) = try WAVChunks(bytes, path: path).parts()
        let frames = data.count / format.frameSize
        let scale = 1 / Float(format.channels)
        rate = format.rate
        samples = (0..<frames).map { frame in
            let start = data.lowerBound + frame * format.frameSize
            var sum: Float = 0
            for channel in 0..<format.channels {
                sum += format.sample(bytes, start + channel * format.sampleSize)
            }
            return sum * scale
        }
    }
}

/// How the numbers of a WAV file are written.
private struct WAVFormat {
    let isFloat: Bool
    let channels: Int
    let rate: Int
    let bits: Int

    /// Bytes of one number, and of one for each channel.
    var sampleSize: Int { bits / 8 }
    var frameSize: Int { channels * sampleSize }

    /// The number at `at`, as −1…1: whole numbers divided by 2^(bits − 1); those of 8 bits are 128 at rest.
    func sample(_ bytes: [UInt8], _ at: Int) -> Float {
        var word: UInt64 = 0
        for i in (0..<sampleSize).reversed() { word = word << 8 | UInt64(bytes[at + i]) }
        if isFloat {
            let value =
                bits == 32
                ? Float(bitPattern: UInt32(truncatingIfNeeded: word)) : Float(Double(bitPattern: word))
            return value.isFinite ? value : 0
        }
        if bits == 8 { return (Float(word) - 128) / 128 }
        let shift = 64 - UInt64(bits)
        let signed = Int64(bitPattern: word << shift) >> Int64(shift)
        return Float(signed) / Float(1 << (bits - 1))
    }
}

private struct WAVChunks {
    private let bytes: [UInt8]
    private let path: String

    init(_ bytes: [UInt8], path: String) throws {
        (self.bytes, self.path) = (bytes, path)
        guard bytes.count >= 12, bytes.starts(with: Array("RIFF".utf8)),
            bytes[8..<12].elementsEqual("WAVE".utf8)
        else {
            throw CognitronError(
                .file, path, "this is not a WAV file", expected: "RIFF … WAVE at the start",
                got: bytes.isEmpty ? "an empty file" : FileBytes.inWords(bytes.prefix(12)),
                advice: "convert it, such as with ffmpeg")
        }
    }

    /// The format, and where the frames lie.
    func parts() throws -> (WAVFormat, data: Range<Int>) {
        var format: WAVFormat?
        var at = 12
        while at + 8 <= bytes.count {
            let size = unsigned(4, at + 4)
            let start = at + 8
            let name = bytes[at..<at + 4]
            if name.elementsEqual("fmt ".utf8) {
                guard start + size <= bytes.count, size >= 16 else { break }
                format = try self.format(start, size)
            } else if name.elementsEqual("data".utf8) {
                guard let format else { break }
                // Programs that write to a pipe do not know the size: 0 or the largest.
                let isUnknown = size == 0 || size == 0xFFFF_FFFF
                let end = isUnknown ? bytes.count : start + size
                guard end <= bytes.count else {
                    throw CognitronError(
                        .file, path, "the sound is cut off", expected: "\(size) bytes",
                        got: "\(bytes.count - start)", advice: Archive.damagedAdvice)
                }
                return (format, start..<end)
            }
            at = start + size + size % 2
        }
        throw CognitronError(
            .file, path, "the file has no sound", expected: "the chunks \"fmt \" and \"data\"",
            advice: Archive.damagedAdvice)
    }

    private func format(_ at: Int, _ size: Int) throws -> WAVFormat {
        var code = unsigned(2, at)
        // An extensible format's own code stands at the start of its identifier.
        if code == 0xFFFE, size >= 26 { code = unsigned(2, at + 24) }
        let bits = unsigned(2, at + 14)
        let channels = unsigned(2, at + 2)
        let rate = unsigned(4, at + 4)
        guard code == 1 && [8, 16, 24, 32].contains(bits) || code == 3 && [32, 64].contains(bits) else {
            throw CognitronError(
                .file, path, "the sound is written in an unknown way",
                expected: "whole numbers of 8, 16, 24 or 32 bits, or floating point of 32 or 64",
                got: "format \(code) with \(bits) bits", advice: "convert it, such as with ffmpeg")
        }
        guard (1...256).contains(channels), (1...1_000_000).contains(rate) else {
            throw CognitronError(
                .file, path, "its header makes no sense",
                expected: "1 to 256 channels, 1 to 1,000,000 samples a second",
                got: "\(channels) and \(rate)", advice: Archive.damagedAdvice)
        }
        return WAVFormat(isFloat: code == 3, channels: channels, rate: rate, bits: bits)
    }

    /// A little-endian number.
    private func unsigned(_ count: Int, _ at: Int) -> Int {
        bytes[at..<at + count].reversed().reduce(0) { $0 << 8 | Int($1) }
    }
}

extension Sound {
    /// Writes a WAV file of 16 bits, complete or not at all; numbers outside −1…1 are brought to the nearer
    /// end.
    public func write(to path: String) throws {
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(value >> (8 * $0) & 0xFF) }
        }
        let data = samples.flatMap { sample -> [UInt8] in
            let number = Int16(min(max((sample.isNaN ? 0 : sample) * 32_768, -32_768), 32_767).rounded())
            return little(Int(UInt16(bitPattern: number)), 2)
        }
        let format = little(1, 2) + little(1, 2) + little(rate, 4) + little(2 * rate, 4) + little(2, 2)
        let header =
            Array("RIFF".utf8) + little(36 + data.count, 4) + Array("WAVEfmt ".utf8) + little(16, 4) + format
            + little(16, 2) + Array("data".utf8) + little(data.count, 4)
        try AtomicFile.write(Data(header + data), to: path)
    }
}
