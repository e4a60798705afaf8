import Cognitron
import CognitronKernels
import Foundation

/// A running text that is read from its file while a network trains: for files larger than memory.
///
///     let source = try TextFileSource("wikipedia.txt", vectorization, length: 100)
///     try model.fit(source, batchSize: 32, epochs: 1)
///
/// The samples are those of `TokenWindows`: inputs `(N, T)`, targets `(N, T)` the tokens after them. Their number
/// is not known, and they come in the file's order. The file is read by the megabyte, each part up to its last
/// line break, or where there is none up to its last whole character; tokens do not cross from one part into
/// the next.
public final class TextFileSource: BatchSource {
    public let path: String
    public let length: Int
    private let vectorization: TextVectorization
    private let chunkSize: Int
    private let position: Locked<Position>

    public var sampleCount: Int? { nil }

    /// - Parameters:
    ///   - vectorization: how the text becomes tokens, with its vocabulary.
    ///   - length: T, the tokens of a sample; at least 1.
    ///   - chunkSize: the bytes that are read at once.
    /// - Throws: `CognitronError.file` where the file cannot be read.
    public init(
        _ path: String, _ vectorization: TextVectorization, length: Int, chunkSize: Int = 1 << 20
    ) throws {
        require(length >= 1 && chunkSize >= 4, "samples of \(length) tokens, read by \(chunkSize) bytes")
        (self.path, self.length, self.vectorization) = (path, length, vectorization)
        self.chunkSize = chunkSize
        position = Locked(try Position(path))
    }

    /// The samples, which must follow those of the call before, or lie anywhere at the cost of reading the file
    /// from its start.
    ///
    /// - Throws: `CognitronError.file` with the byte where the file is no UTF-8.
    public func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
        try position.withLock { position in
            var rows: [[Int]] = []
            for sample in samples {
                guard let row = try row(sample, &position) else { break }
                rows.append(row)
            }
            guard !rows.isEmpty else { return nil }
            func tensor(_ tokens: [ArraySlice<Int>]) -> Tensor {
                Tensor(tokens.joined().map { Float($0) }, shape: [rows.count, length])
            }
            return Batch(
                inputs: [tensor(rows.map { $0.dropLast() })], targets: [tensor(rows.map { $0.dropFirst() })],
                weights: [])
        }
    }

    /// The tokens of a sample and the one after them; nil past the end.
    private func row(_ sample: Int, _ position: inout Position) throws -> [Int]? {
        if sample < position.sample { position = try Position(path) }
        while true {
            while position.tokens.count <= length {
                guard let text = try position.text(chunkSize, path) else { return nil }
                position.tokens += vectorization.tokens(of: text)
            }
            let row = Array(position.tokens.prefix(length + 1))
            position.tokens.removeFirst(length)
            position.sample += 1
            if position.sample > sample { return row }
        }
    }
}

/// How far a file has been read.
private struct Position {
    /// The number of the next sample.
    var sample = 0
    /// The tokens that are read and in no sample yet.
    var tokens: ArraySlice<Int> = []
    private let handle: FileHandle
    /// Bytes behind the last line break.
    private var rest: [UInt8] = []
    private var byte = 0
    private var isAtEnd = false

    init(_ path: String) throws {
        if let obstacle = CognitronError.obstacle(toReading: path) { throw obstacle }
        handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
    }

    /// The next part of the file; nil past its end.
    mutating func text(_ size: Int, _ path: String) throws -> String? {
        while !isAtEnd {
            let new = [UInt8](try handle.read(upToCount: size) ?? Data())
            isAtEnd = new.isEmpty
            let bytes = rest + new
            let end = isAtEnd ? bytes.count : Self.end(of: bytes)
            rest = Array(bytes[end...])
            if end == 0 { continue }
            guard let text = String(validating: bytes[..<end], as: UTF8.self) else {
                throw CognitronError(
                    .file, path, "this is not UTF-8 text",
                    got: "other bytes between \(byte) and \(byte + end)", advice: "save the text in UTF-8")
            }
            byte += end
            return text
        }
        return nil
    }

    /// Past the last line break, or else past the last character that is whole.
    private static func end(of bytes: [UInt8]) -> Int {
        if let last = bytes.lastIndex(of: UInt8(ascii: "\n")) { return last + 1 }
        // At most three bytes continue a character.
        let start = bytes.suffix(4).lastIndex { $0 & 0xC0 != 0x80 } ?? bytes.count
        return start
    }
}
