import Cognitron
import Foundation

/// What an HDF5 file is written from.
indirect enum HDF5Content {
    final class Member {
        let name: String
        let content: HDF5Content

        init(_ name: String, _ content: HDF5Content) { (self.name, self.content) = (name, content) }
    }

    /// Members by name, and attributes that are texts.
    case group([Member], attributes: [(name: String, text: String)])
    case tensor(Tensor)
    /// A whole number of 64 bits, without axes.
    case integer(Int)
}

/// Writes HDF5 files in the oldest form, which every library reads: superblock 0, symbol tables, arrays of
/// little-endian float32 in one place.
///
///     try HDF5Writer.write(.group([.init("kernel", .tensor(kernel))], attributes: []), to: "a.weights.h5")
///
/// - Source: The HDF Group, "HDF5 File Format Specification Version 3.0".
struct HDF5Writer {
    /// The structures, which come before the numbers.
    var bytes: [UInt8] = []
    /// The arrays' contents in their order, with the places of their addresses.
    private var contents: [(content: HDF5Content, addressAt: Int)] = []

    /// Half the entries of a symbol table, and half the children of a B-tree's node: the library's own.
    static let (leafHalf, nodeHalf) = (4, 16)

    /// Writes a file, complete or not at all.
    static func write(_ root: HDF5Content, to path: String) throws {
        let writer = try HDF5Writer(root, path)
        try AtomicFile.write(to: path) { file in try writer.emit { try file.write($0) } }
    }

    /// The file's bytes in memory.
    static func bytes(_ root: HDF5Content, _ path: String) throws -> [UInt8] {
        var bytes: [UInt8] = []
        try HDF5Writer(root, path).emit { bytes.append(contentsOf: $0) }
        return bytes
    }

    private init(_ root: HDF5Content, _ path: String) throws {
        bytes += HDF5File.signature
        // Versions of the superblock and its parts, sizes of addresses and lengths.
        bytes += [0, 0, 0, 0, 0, 8, 8, 0]
        append(Self.leafHalf, 2)
        append(Self.nodeHalf, 2)
        append(0, 4)
        append(0, 8)
        append(undefined: 1)
        let endAt = bytes.count
        append(0, 8)
        append(undefined: 1)
        append(0, 8)
        let rootAt = bytes.count
        append(0, 8)
        append(0, 8 + 16)
        patch(try header(of: root, path), at: rootAt)
        align()
        var end = bytes.count
        for (content, addressAt) in contents {
            patch(end, at: addressAt)
            end += Self.size(of: content)
        }
        patch(end, at: endAt)
    }

    private func emit(_ write: (UnsafeRawBufferPointer) throws -> Void) throws {
        try bytes.withUnsafeBytes(write)
        for (content, _) in contents {
            switch content {
            case .tensor(let tensor): try tensor.withUnsafeScalars { try write(UnsafeRawBufferPointer($0)) }
            case .integer(let integer): try withUnsafeBytes(of: Int64(integer).littleEndian, write)
            case .group: break
            }
        }
    }

    private static func size(of content: HDF5Content) -> Int {
        switch content {
        case .group: 0
        case .tensor(let tensor): tensor.count * MemoryLayout<Float>.size
        case .integer: 8
        }
    }
}

// MARK: - Objects

extension HDF5Writer {
    /// Writes an object with everything inside it; returns the address of its header.
    mutating func header(of content: HDF5Content, _ path: String) throws -> Int {
        switch content {
        case .group(let members, let attributes):
            let table = try symbolTable(members, path)
            return header([(HDF5ObjectHeader.Kind.symbolTable, table)] + attributes.map(Self.attribute))
        case .tensor(let tensor): return array(content, Array(tensor.shape), Self.float32)
        case .integer: return array(content, [], Self.int64)
        }
    }

    private mutating func array(_ content: HDF5Content, _ sizes: [Int], _ type: [UInt8]) -> Int {
        let size = Self.size(of: content)
        // The address comes last but one in the last message.
        let address = header([
            (HDF5ObjectHeader.Kind.dataspace, Self.space(sizes)), (HDF5ObjectHeader.Kind.datatype, type),
            // Space is taken late, fill values are written if set, and none is.
            (0x05, [2, 2, 2, 0]),
            (HDF5ObjectHeader.Kind.layout, [3, 1] + Self.number(0, 8) + Self.number(size, 8)),
        ])
        // The message is padded to 24 bytes.
        contents.append((content, bytes.count - 24 + 2))
        if size == 0 {
            // An array without elements has no address.
            bytes.replaceSubrange(
                bytes.count - 22..<bytes.count - 14, with: [UInt8](repeating: 0xFF, count: 8))
            contents.removeLast()
        }
        return address
    }

    /// Writes an object header of version 1.
    private mutating func header(_ messages: [(type: Int, data: [UInt8])]) -> Int {
        align()
        let address = bytes.count
        let sizes = messages.map { ($0.data.count + 7) / 8 * 8 }
        bytes += [1, 0]
        append(messages.count, 2)
        append(1, 4)
        append(sizes.reduce(0) { $0 + $1 + 8 }, 4)
        append(0, 4)
        for ((type, data), size) in zip(messages, sizes) {
            append(type, 2)
            append(size, 2)
            append(0, 4)
            bytes += data + [UInt8](repeating: 0, count: size - data.count)
        }
        return address
    }

    private static let float32: [UInt8] =
        [0x11, 0x20, 31, 0] + number(4, 4) + number(0, 2) + number(32, 2) + [23, 8, 0, 23] + number(127, 4)
    private static let int64: [UInt8] = [0x10, 8, 0, 0] + number(8, 4) + number(0, 2) + number(64, 2)

    private static func space(_ sizes: [Int]) -> [UInt8] {
        [1, UInt8(sizes.count)] + number(0, 6) + sizes.flatMap { number($0, 8) }
    }

    /// An attribute that is a text in UTF-8, filled up with zeros.
    private static func attribute(_ name: String, _ text: String) -> (type: Int, data: [UInt8]) {
        func padded(_ bytes: [UInt8]) -> [UInt8] {
            bytes + [UInt8](repeating: 0, count: (8 - bytes.count % 8) % 8)
        }
        let name = Array(name.utf8) + [0]
        let value = text.isEmpty ? [0] : Array(text.utf8)
        let type = [0x13, 0x11, 0, 0] + number(value.count, 4)
        let space = space([])
        let sizes = number(name.count, 2) + number(type.count, 2) + number(space.count, 2)
        return (
            HDF5ObjectHeader.Kind.attribute,
            [1, 0] + sizes + padded(name) + padded(type) + padded(space) + value
        )
    }
}

// MARK: - Bytes

extension HDF5Writer {
    static func number(_ value: Int, _ size: Int) -> [UInt8] {
        (0..<size).map { $0 < 8 ? UInt8(truncatingIfNeeded: value >> (8 * $0)) : 0 }
    }

    /// Appends a number in `size` bytes.
    mutating func append(_ value: Int, _ size: Int) { bytes += Self.number(value, size) }

    mutating func append(undefined count: Int) {
        bytes += [UInt8](repeating: 0xFF, count: 8 * count)
    }

    mutating func align() { append(0, (8 - bytes.count % 8) % 8) }

    private mutating func patch(_ address: Int, at place: Int) {
        bytes.replaceSubrange(place..<place + 8, with: Self.number(address, 8))
    }
}
