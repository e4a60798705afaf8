import Cognitron
import Foundation

/// An array in the file. Its numbers are read when they are asked for.
struct HDF5Dataset {
    enum Layout {
        /// In one place; nil where nothing was written.
        case contiguous(Range<Int>?)
        /// In chunks of those sizes, found by a B-tree; nil where nothing was written.
        case chunked(tree: Int?, sizes: [Int])
    }

    enum Filter: Equatable {
        case deflate, shuffle
    }

    /// The place in the file: `layers/dense/vars/0`.
    let path: String
    let type: HDF5Type
    let shape: [Int]
    let layout: Layout
    let filters: [Filter]
    let bytes: HDF5Bytes
    /// The address of its header, for messages.
    let address: Int

    init(_ header: HDF5ObjectHeader, _ bytes: HDF5Bytes, path: String) throws {
        (self.path, self.bytes, address) = (path, bytes, header.address)
        func missing(_ what: String) -> CognitronError {
            bytes.error(at: header.address, "\(path): an array without \(what)")
        }
        guard var space = try header.message(HDF5ObjectHeader.Kind.dataspace, "an array's sizes") else {
            throw missing("sizes")
        }
        guard var type = try header.message(HDF5ObjectHeader.Kind.datatype, "an array's type") else {
            throw missing("a type")
        }
        guard var layout = try header.message(HDF5ObjectHeader.Kind.layout, "an array's layout") else {
            throw missing("a layout")
        }
        guard !header.contains(HDF5ObjectHeader.Kind.externalFiles) else {
            throw bytes.error(
                at: header.address, "\(path) lies in another file", expected: "its numbers in this one",
                advice: "save the model with Keras")
        }
        self.type = try HDF5Type(&type)
        let sizes = try HDF5Space(&space)
        shape = sizes.sizes
        if var filters = try header.message(HDF5ObjectHeader.Kind.filters, "an array's filters") {
            self.filters = try Self.filters(&filters)
        } else {
            filters = []
        }
        self.layout = try Self.layout(&layout, rank: shape.count)
        guard case .contiguous(let range) = self.layout else { return }
        guard filters.isEmpty, range.map({ $0.count / self.type.size >= sizes.count }) ?? true else {
            throw bytes.error(
                at: header.address, "\(path) does not fill its shape",
                expected: "\(sizes.count) elements of \(self.type.size) bytes",
                got: "\(range?.count ?? 0) bytes")
        }
    }

    private static func layout(_ cursor: inout HDF5Cursor, rank: Int) throws -> Layout {
        let start = cursor.position
        let version = try cursor.version(3...4, "write the file with a library of 2004 or later")
        let kind = try cursor.byte()
        switch (kind, version) {
        case (0, _): return .contiguous(try cursor.skip(try cursor.short()))
        case (1, _):
            let address = try cursor.address()
            let count = try cursor.length()
            guard let address else { return .contiguous(nil) }
            guard count <= cursor.bytes.count - address else {
                throw cursor.bytes.error(
                    at: start, "an array does not lie in the file", expected: "\(count) bytes at \(address)",
                    got: "a file of \(cursor.bytes.count) bytes")
            }
            return .contiguous(address..<address + count)
        case (2, 3):
            guard try cursor.byte() == rank + 1 else {
                throw cursor.bytes.error(at: start, "an array's chunks have another number of axes")
            }
            let tree = try cursor.address()
            let sizes = try (0..<rank).map { _ in try cursor.word() }
            guard sizes.allSatisfy({ $0 > 0 }) else {
                throw cursor.bytes.error(at: start, "an array has empty chunks")
            }
            return .chunked(tree: tree, sizes: sizes)
        default:
            throw cursor.bytes.error(
                at: start, "an array is laid out in a way that is not supported",
                expected: "in one place, or in chunks with a B-tree of version 1", got: "class \(kind)",
                advice: "write the file without libver=\"latest\"")
        }
    }

    private static func filters(_ cursor: inout HDF5Cursor) throws -> [Filter] {
        let version = try cursor.version(1...2)
        let count = try cursor.byte()
        if version == 1 { try cursor.skip(6) }
        return try (0..<count).map { _ in
            let start = cursor.position
            let number = try cursor.short()
            var nameLength = version == 1 || number >= 256 ? try cursor.short() : 0
            try cursor.skip(2)
            let values = try cursor.short()
            if version == 1 { nameLength = (nameLength + 7) / 8 * 8 }
            let name = try cursor.text(nameLength)
            try cursor.skip(4 * values)
            if version == 1, values % 2 == 1 { try cursor.skip(4) }
            switch number {
            case 1: return .deflate
            case 2: return .shuffle
            default:
                throw cursor.bytes.error(
                    at: start, "an array is packed by a filter that is not supported",
                    expected: "deflate (gzip) or shuffle", got: name.isEmpty ? "filter \(number)" : name,
                    advice: "write the file without it")
            }
        }
    }
}

extension HDF5Dataset {
    /// The numbers.
    ///
    /// - Throws: `CognitronError` where they are texts, damaged, or do not fit 32-bit floats.
    func tensor() throws -> Tensor {
        guard case .number(let number) = type else {
            throw bytes.error(
                at: address, "\(path) holds texts", expected: "numbers", advice: "it is no weight")
        }
        let shape = Shape(shape)
        try bytes.spend(shape.elementCount * MemoryLayout<Float>.size, at: address, path)
        switch layout {
        case .contiguous(nil), .chunked(nil, _): return Tensor.zeros(shape)
        case .contiguous(let range?):
            return try bytes.data.withUnsafeBytes { all in
                let count = shape.elementCount * number.size
                return try converted(
                    UnsafeRawBufferPointer(rebasing: all[range.lowerBound..<range.lowerBound + count]), number
                )
            }
        case .chunked(let tree?, let sizes):
            try bytes.spend(shape.elementCount * number.size, at: address, path)
            var chunks = try HDF5Chunks(self, number.size, sizes)
            try chunks.read(treeAt: tree)
            return try chunks.contents.withUnsafeBytes { try converted($0, number) }
        }
    }

    private func converted(_ contents: UnsafeRawBufferPointer, _ number: StoredNumber) throws -> Tensor {
        var tensor = Tensor(uninitialized: Shape(shape))
        do {
            _ = try tensor.withUnsafeMutableScalars { try number.convert(contents, into: $0) }
        } catch let misfit as StoredNumber.Misfit {
            throw CognitronError(
                .file, bytes.path, "\(path), element \(misfit.index): no 32-bit float can hold it",
                expected: number.expectation, got: misfit.number, advice: "leave it out of the file")
        }
        return tensor
    }
}
