// Samples in a file. Integers are little-endian:
//
//     "COGCACHE"                        8 bytes
//     the length of the description     8 bytes
//     the description: JSON of the number of samples and of their shapes
//     for each sample: the CRC-32 of its numbers (4 bytes), its numbers as Float (4 bytes each)
//
// A sample that was not written, or only in part, has another checksum: the file is extended with zeros, and
// the CRC-32 of zeros is not 0.

import CognitronKernels
import Cognitron
import Foundation

final class DiskStore: SampleStore {
    private let path: String
    private let count: Int
    private let descriptor: Int32
    private let state: Locked<Header?>

    private struct Description: Codable {
        let count: Int
        let layout: BatchLayout
    }

    private struct Header {
        let layout: BatchLayout
        let recordSize: Int
        /// The first byte of the first sample.
        let start: Int
        /// The bytes of one sample.
        var stride: Int { 4 + 4 * recordSize }
    }

    private static let magic = Array("COGCACHE".utf8)
    private static let longestDescription = 1 << 16

    init(_ path: String, count: Int) throws {
        (self.path, self.count) = (path, count)
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else {
            throw CognitronError(
                .file, path, "the cache cannot be opened (\(String(cString: strerror(errno))))",
                advice: "check the folder and its permissions")
        }
        state = Locked(nil)
        // An error thrown from here on runs deinit, which closes the file.
        let header = try readHeader()
        state.withLock { $0 = header }
    }

    deinit { close(descriptor) }

    /// nil for a new file.
    private func readHeader() throws -> Header? {
        let size = Int(lseek(descriptor, 0, SEEK_END))
        guard size > 0 else { return nil }
        let start = bytes(16, at: 0)
        let length = start.dropFirst(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        guard start.starts(with: Self.magic), length <= Self.longestDescription,
            let description = try? JSONDecoder().decode(
                Description.self, from: Data(bytes(Int(length), at: 16))),
            let recordSize = description.layout.recordSize
        else {
            throw CognitronError(
                .file, path, "this is no cache of samples", expected: "a file that cache(at:) made",
                advice: "delete it, or name another file")
        }
        let header = Header(layout: description.layout, recordSize: recordSize, start: 16 + Int(length))
        let (bytes, isTooMany) = recordSize.multipliedReportingOverflow(by: 4 * count)
        guard description.count == count, !isTooMany, size == header.start + 4 * count + bytes else {
            throw CognitronError(
                .file, path, "the cache is another source's", expected: "\(count) samples",
                got: "\(description.count) in \(size) bytes", advice: "delete it, or name another file")
        }
        return header
    }

    func read(_ samples: [Int]) throws -> Stored {
        guard let header = state.withLock({ $0 }) else { return .missing(samples) }
        var records: [Float] = []
        records.reserveCapacity(samples.count * header.recordSize)
        var missing: [Int] = []
        for sample in samples {
            let record = bytes(header.stride, at: header.start + sample * header.stride)
            let checksum = record.prefix(4).reversed().reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
            guard record.count == header.stride, CRC32.checksum(Array(record[4...])) == checksum else {
                missing.append(sample)
                continue
            }
            record.withUnsafeBytes { bytes in
                for i in 1...header.recordSize {
                    let bits = bytes.loadUnaligned(fromByteOffset: 4 * i, as: UInt32.self)
                    records.append(Float(bitPattern: UInt32(littleEndian: bits)))
                }
            }
        }
        return missing.isEmpty
            ? .all(header.layout.batch(of: records, count: samples.count)) : .missing(missing)
    }

    func write(_ batch: Batch, _ samples: [Int]) throws {
        let layout = BatchLayout(batch)
        let records = layout.records(of: batch)
        let header = try state.withLock { state in
            let header = try state ?? create(layout)
            guard header.layout == layout else { throw BatchLayout.mixed(path) }
            state = header
            return header
        }
        for (row, sample) in samples.enumerated() {
            let numbers = records[row * header.recordSize..<(row + 1) * header.recordSize]
                .flatMap { Self.littleEndian($0.bitPattern) }
            try write(
                Self.littleEndian(CRC32.checksum(numbers)) + numbers,
                at: header.start + sample * header.stride)
        }
    }

    private func create(_ layout: BatchLayout) throws -> Header {
        guard let recordSize = layout.recordSize, recordSize > 0 else { throw BatchLayout.mixed(path) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        let description = try encoder.encode(Description(count: count, layout: layout))
        let header = Header(layout: layout, recordSize: recordSize, start: 16 + description.count)
        try write(Self.magic + Self.littleEndian(UInt64(description.count)) + description, at: 0)
        guard ftruncate(descriptor, off_t(header.start + count * header.stride)) == 0 else {
            throw failure()
        }
        return header
    }

    private static func littleEndian(_ value: some FixedWidthInteger) -> [UInt8] {
        withUnsafeBytes(of: value.littleEndian) { Array($0) }
    }

    /// Bytes of the file: fewer where it ends before.
    private func bytes(_ count: Int, at offset: Int) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: count) { buffer, initialized in
            while initialized < count {
                let got = pread(
                    descriptor, buffer.baseAddress! + initialized, count - initialized,
                    off_t(offset + initialized))
                guard got > 0 else { return }
                initialized += got
            }
        }
    }

    private func write(_ bytes: [UInt8], at offset: Int) throws {
        var done = 0
        while done < bytes.count {
            let count = bytes[done...].withUnsafeBytes {
                pwrite(descriptor, $0.baseAddress, $0.count, off_t(offset + done))
            }
            guard count > 0 else { throw failure() }
            done += count
        }
    }

    private func failure() -> CognitronError {
        CognitronError(
            .file, path, "the cache cannot be written (\(String(cString: strerror(errno))))",
            advice: "free some space, or name another file")
    }
}
