import Cognitron
import Foundation

/// The bytes of an HDF5 file. Every read is checked, and counted: damaged structures that overlap or refer to
/// each other could otherwise be read without end, or fill the memory from a small file.
final class HDF5Bytes {
    let data: Data
    /// The file's path, for messages.
    let path: String
    /// The bytes of structures that may still be read: each is read once or twice in a sound file.
    private var structureBudget: Int
    /// The bytes that numbers and texts may still take in memory.
    private var contentBudget: Int

    /// Numbers take at most this many times the file's size in memory, and a megabyte: packed zeros shrink
    /// a thousandfold, trained weights hardly at all.
    static let largestExpansion = 64
    private static let smallContent = 1 << 20

    /// The address of what is not there.
    static let undefined = UInt64.max

    init(_ data: Data, _ path: String) {
        // A slice keeps the indices of what it was cut from.
        self.data = data.startIndex == 0 ? data : Data(data)
        self.path = path
        structureBudget = 4 * data.count + 4_096
        contentBudget = Self.largestExpansion * data.count + Self.smallContent
    }

    var count: Int { data.count }

    /// A cursor over a range of the file.
    func cursor(at address: Int, count: Int, _ what: String) throws -> HDF5Cursor {
        guard address >= 0, count >= 0, address <= self.count, count <= self.count - address else {
            throw error(
                at: address, "\(what) does not lie in the file",
                expected: "\(count) bytes in a file of \(self.count)")
        }
        structureBudget -= count
        guard structureBudget >= 0 else {
            throw error(at: address, "its structures overlap or refer to each other in circles")
        }
        return HDF5Cursor(self, address..<address + count, what)
    }

    /// Counts bytes that are about to be taken in memory.
    func spend(_ count: Int, at address: Int, _ what: String) throws {
        guard count <= contentBudget else {
            throw error(
                at: address, "\(what) is larger than the file can hold",
                expected: "at most \(Self.largestExpansion) times the file's \(self.count) bytes in all",
                got: "\(count) bytes")
        }
        contentBudget -= count
    }

    func error(
        at address: Int, _ problem: String, expected: String? = nil, got: String? = nil, advice: String? = nil
    ) -> CognitronError {
        CognitronError(
            .file, "\(path), byte \(address)", problem, expected: expected, got: got,
            advice: advice ?? "the file is damaged: take another copy")
    }
}

/// Reads little-endian numbers from a range of the file, one after the other.
struct HDF5Cursor {
    let bytes: HDF5Bytes
    /// The structure that is read, for messages.
    let what: String
    private(set) var position: Int
    let end: Int

    fileprivate init(_ bytes: HDF5Bytes, _ range: Range<Int>, _ what: String) {
        self.bytes = bytes
        self.what = what
        (position, end) = (range.lowerBound, range.upperBound)
    }

    var rest: Int { end - position }

    /// Skips bytes and returns their range in the file.
    @discardableResult
    mutating func skip(_ count: Int) throws -> Range<Int> {
        guard count >= 0, count <= rest else {
            throw bytes.error(
                at: position, "\(what) is cut off", expected: "\(count) more bytes", got: "\(rest)")
        }
        position += count
        return position - count..<position
    }

    mutating func unsigned(_ size: Int) throws -> UInt64 {
        let range = try skip(size)
        return bytes.data[range].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    mutating func byte() throws -> Int { Int(try unsigned(1)) }
    mutating func short() throws -> Int { Int(try unsigned(2)) }
    mutating func word() throws -> Int { Int(try unsigned(4)) }

    /// A length or size of 8 bytes.
    mutating func length() throws -> Int {
        let start = position
        let value = try unsigned(8)
        guard let length = Int(exactly: value), length <= Int.max / 2 else {
            throw bytes.error(at: start, "\(what): an impossible size", got: "\(value)")
        }
        return length
    }

    /// An address; nil where it is undefined.
    mutating func address() throws -> Int? {
        let start = position
        let value = try unsigned(8)
        if value == HDF5Bytes.undefined { return nil }
        guard value < UInt64(bytes.count) else {
            throw bytes.error(
                at: start, "\(what) refers to a place outside of the file",
                expected: "an address below \(bytes.count)", got: "\(value)")
        }
        return Int(value)
    }

    /// An address that must be defined.
    mutating func definedAddress() throws -> Int {
        let start = position
        guard let address = try address() else {
            throw bytes.error(at: start, "\(what) lacks an address")
        }
        return address
    }

    mutating func expect(_ signature: String) throws {
        let start = position
        guard try text(signature.utf8.count) == signature else {
            throw bytes.error(at: start, "\(what) does not begin as it should", expected: signature)
        }
    }

    /// A version that must be among those known.
    mutating func version(_ known: ClosedRange<Int>, _ advice: String? = nil) throws -> Int {
        let start = position
        let version = try byte()
        guard known.contains(version) else {
            throw bytes.error(
                at: start, "\(what) has an unknown version",
                expected: "\(known.lowerBound) to \(known.upperBound)", got: "\(version)",
                advice: advice ?? "the file is damaged, or written by a newer library than Keras uses")
        }
        return version
    }

    /// A text of `count` bytes, up to the first zero byte.
    mutating func text(_ count: Int) throws -> String {
        let range = try skip(count)
        return String(decoding: bytes.data[range].prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Skips to a multiple of 8 bytes after `start`.
    mutating func align(to start: Int) throws { try skip((8 - (position - start) % 8) % 8) }
}
