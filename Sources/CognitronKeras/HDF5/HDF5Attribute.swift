import Cognitron
import Foundation

/// An attribute of a group or a dataset. Its values are read when they are asked for.
struct HDF5Attribute {
    let name: String
    let type: HDF5Type
    let space: HDF5Space
    fileprivate let range: Range<Int>

    init(_ cursor: inout HDF5Cursor) throws {
        let start = cursor.position
        let version = try cursor.version(1...3)
        let flags = try cursor.byte()
        let sizes = (name: try cursor.short(), type: try cursor.short(), space: try cursor.short())
        if version == 3 { try cursor.skip(1) }
        guard version == 1 || flags == 0 else {
            throw cursor.bytes.error(
                at: start, "an attribute's type is shared between objects",
                advice: "save the model with Keras")
        }
        // Version 1 pads each part to a multiple of eight bytes.
        func part(_ size: Int, _ what: String) throws -> HDF5Cursor {
            let start = cursor.position
            let part = try cursor.bytes.cursor(at: start, count: min(size, cursor.rest), what)
            try cursor.skip(size)
            if version == 1 { try cursor.align(to: start) }
            return part
        }
        var name = try part(sizes.name, "an attribute's name")
        self.name = try name.text(sizes.name)
        var type = try part(sizes.type, "an attribute's type")
        self.type = try HDF5Type(&type)
        var space = try part(sizes.space, "an attribute's sizes")
        self.space = try HDF5Space(&space)
        guard self.space.count <= cursor.rest / self.type.size else {
            throw cursor.bytes.error(
                at: start, "the attribute \(self.name.quoted) is cut off",
                expected: "\(self.space.count) elements of \(self.type.size) bytes",
                got: "\(cursor.rest) bytes")
        }
        range = try cursor.skip(self.space.count * self.type.size)
    }
}

/// Reads texts: those of a fixed size where they are, others from the file's global heaps.
final class HDF5Texts {
    private let bytes: HDF5Bytes
    /// The objects of the heaps read so far, by the heap's address and their number.
    private var heaps: [Int: [Int: Range<Int>]] = [:]

    init(_ bytes: HDF5Bytes) { self.bytes = bytes }

    /// The values of an attribute of texts; none of one of numbers.
    func values(of attribute: HDF5Attribute) throws -> [String] {
        switch attribute.type {
        case .number: return []
        case .text(let size):
            try bytes.spend(attribute.range.count, at: attribute.range.lowerBound, "texts")
            var cursor = try bytes.cursor(
                at: attribute.range.lowerBound, count: attribute.range.count, "texts")
            return try (0..<attribute.space.count).map { _ in try cursor.text(size) }
        case .variableText:
            var cursor = try bytes.cursor(
                at: attribute.range.lowerBound, count: attribute.range.count, "texts")
            return try (0..<attribute.space.count).map { _ in try variableText(&cursor) }
        }
    }

    private func variableText(_ cursor: inout HDF5Cursor) throws -> String {
        let start = cursor.position
        let length = try cursor.word()
        let address = try cursor.address()
        let number = try cursor.word()
        guard length > 0, let address, address > 0 else { return "" }
        guard let range = try objects(ofHeapAt: address)[number], length <= range.count else {
            throw bytes.error(
                at: start, "a text refers to what its global heap does not hold",
                expected: "\(length) bytes of object \(number) in the heap at \(address)")
        }
        try bytes.spend(length, at: start, "a text")
        return String(
            decoding: bytes.data[range.lowerBound..<range.lowerBound + length].prefix { $0 != 0 },
            as: UTF8.self)
    }

    private func objects(ofHeapAt address: Int) throws -> [Int: Range<Int>] {
        if let known = heaps[address] { return known }
        var prefix = try bytes.cursor(at: address, count: 16, "a global heap")
        try prefix.expect("GCOL")
        _ = try prefix.version(1...1)
        try prefix.skip(3)
        let size = try prefix.length()
        var cursor = try bytes.cursor(at: address + 16, count: max(0, size - 16), "a global heap")
        var objects: [Int: Range<Int>] = [:]
        while cursor.rest >= 16 {
            let number = try cursor.short()
            try cursor.skip(6)
            let length = try cursor.length()
            // Object 0 is the free space at the end.
            if number == 0 { break }
            let start = cursor.position
            objects[number] = try cursor.skip(length)
            if cursor.rest >= 8 { try cursor.align(to: start) }
        }
        heaps[address] = objects
        return objects
    }
}
