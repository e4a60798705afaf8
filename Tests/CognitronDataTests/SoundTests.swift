import Cognitron
import Foundation
import Testing

@testable import CognitronData

@Suite("Sounds")
struct SoundTests {
    /// A WAV file with these frames.
    static func wav(
        _ data: [UInt8], bits: Int, channels: Int = 1, format: Int = 1, rate: Int = 8_000
    ) -> [UInt8] {
        func little(_ value: Int, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(value >> (8 * $0) & 0xFF) }
        }
        let frame = channels * bits / 8
        let header =
            little(format, 2) + little(channels, 2) + little(rate, 4) + little(rate * frame, 4)
            + little(frame, 2)
            + little(bits, 2)
        return Array("RIFF".utf8) + little(36 + data.count, 4) + Array("WAVEfmt ".utf8) + little(16, 4)
            + header
            + Array("data".utf8) + little(data.count, 4) + data
    }

    private static func bytes<T>(_ numbers: [T]) -> [UInt8] { numbers.withUnsafeBytes { Array($0) } }

    static let files: [(bits: Int, format: Int, data: [UInt8])] = [
        (8, 1, [128, 192, 0]), (16, 1, bytes([0, 16_384, -32_768] as [Int16])),
        (24, 1, [0, 0, 0, 0, 0, 0x40, 0, 0, 0x80]), (32, 1, bytes([0, 1 << 30, .min] as [Int32])),
        (32, 3, bytes([0, 0.5, -1] as [Float])), (64, 3, bytes([0, 0.5, -1] as [Double])),
    ]

    @Test("Whole numbers of 8 to 32 bits and floating point become −1…1", arguments: files)
    func bits(_ bits: Int, _ format: Int, _ data: [UInt8]) throws {
        let sound = try Sound(wav: Self.wav(data, bits: bits, format: format), path: "x.wav")
        #expect(sound.samples == [0, 0.5, -1] && sound.rate == 8_000)
    }

    @Test("Channels are averaged; other chunks are skipped; an unknown size means all")
    func channels() throws {
        let stereo = Self.wav(Self.bytes([0, 16_384, 8_192, 8_192] as [Int16]), bits: 16, channels: 2)
        #expect(try Sound(wav: stereo, path: "x").samples == [0.25, 0.25])
        let extra = Array(stereo[..<12]) + Array("LIST".utf8) + [3, 0, 0, 0, 1, 2, 3, 0] + stereo[12...]
        #expect(try Sound(wav: extra, path: "x").samples == [0.25, 0.25])
        var open = stereo
        open.replaceSubrange(40..<44, with: [255, 255, 255, 255])
        #expect(try Sound(wav: open, path: "x").samples == [0.25, 0.25])
    }

    @Test("Compressed sounds, pieces and other files are refused")
    func refused() {
        let law = Self.wav([1, 2], bits: 8, format: 7)
        #expect(fileError { try Sound(wav: law, path: "x") }?.received == "format 7 with 8 bits")
        let whole = Self.wav([1, 2, 3, 4], bits: 16)
        #expect(
            fileError { try Sound(wav: Array(whole.dropLast()), path: "x") }?.problem
                == "the sound is cut off")
        #expect(fileError { try Sound(wav: [1, 2, 3], path: "x") } != nil)
    }

    @Test("What is written is read again, within a step of 16 bits")
    func written() throws {
        let folder = try TemporaryFolder()
        let sound = Sound((0..<100).map { sin(Float($0) / 5) }, rate: 16_000)
        try sound.write(to: folder.path + "/s.wav")
        let copy = try Sound(contentsOf: folder.path + "/s.wav")
        #expect(copy.rate == 16_000)
        for (a, b) in zip(copy.samples, sound.samples) { #expect(abs(a - b) <= 1 / 32_768) }
    }

    @Test(
        "Resampling keeps tones below the Nyquist frequencies and removes those above",
        arguments: [(16_000, 8_000), (8_000, 16_000), (44_100, 16_000), (8_000, 11_025)])
    func resampled(_ from: Int, _ to: Int) {
        func tone(_ hertz: Double, _ rate: Int) -> [Float] {
            (0..<rate / 4).map { Float(sin(2 * .pi * hertz * Double($0) / Double(rate))) }
        }
        for hertz in [100.0, 1_000, 3_500] {
            let result = Sound(tone(hertz, from), rate: from).resampled(to: to)
            let expected = tone(hertz, to)
            #expect(abs(result.samples.count - expected.count) <= 1)
            // The ends lack neighbours.
            for i in 100..<expected.count - 100 { #expect(abs(result.samples[i] - expected[i]) < 0.01) }
        }
        guard to < from else { return }
        let above = Sound(tone(Double(to) * 0.6, from), rate: from).resampled(to: to)
        #expect(above.samples[100..<above.samples.count - 100].allSatisfy { abs($0) < 0.01 })
    }

    @Test("A folder of classes, brought to one rate and length")
    func folder() throws {
        let folder = try TemporaryFolder()
        for (name, rate, count) in [
            ("no/a", 8_000, 800), ("no/b", 16_000, 3_200), ("yes/c", 8_000, 400), ("yes/d", 8_000, 4),
        ] {
            try Sound([Float](repeating: 0.5, count: count), rate: rate).write(to: folder.file("\(name).wav"))
        }
        let sounds = try SoundFolder(folder.path)
        #expect(sounds.classNames == ["no", "yes"] && sounds.rate == 8_000 && sounds.length == 1_600)
        let batch = try #require(try sounds.batch([1, 2], nil))
        #expect(batch.inputs[0].shape == [2, 1_600, 1] && batch.targets[0] == [0, 1])
        let scheme = try DatasetScheme.sounds.open(folder.path, DatasetOptions(testShare: 0.5))
        #expect(try scheme.part(.test).count == 2 && scheme.task.classNames == ["no", "yes"])
        try folder.write([1, 2, 3], "no/e.wav")
        #expect(throws: CognitronError.self) { try SoundFolder(folder.path) }
        #expect(try SoundFolder(folder.path, skipsDamaged: true).skipped.count == 1)
    }

    @Test("Damaged files are refused or read, and never crash")
    func fuzz() {
        let files = Self.files.map { Self.wav($0.data, bits: $0.bits, format: $0.format) }
        expectSurvival(of: files) { bytes in
            let sound = try Sound(wav: bytes, path: "x.wav")
            #expect(sound.samples.count <= bytes.count && sound.rate > 0)
            _ = sound.start(seconds: 0.001).resampled(to: 8_000).fitted(to: 8)
        }
    }
}
