import Cognitron
import Foundation

/// Puts the chunks of an array together.
struct HDF5Chunks {
    /// The elements as they are in the file, row-major.
    private(set) var contents: [UInt8]
    private let dataset: HDF5Dataset
    private let elementSize: Int
    /// The axes of the array and of a chunk; one of size 1 for a scalar.
    private let sizes: [Int]
    private let chunkSizes: [Int]
    private let chunkBytes: Int

    private static let deepest = 32

    init(_ dataset: HDF5Dataset, _ elementSize: Int, _ chunkSizes: [Int]) throws {
        (self.dataset, self.elementSize) = (dataset, elementSize)
        sizes = dataset.shape.isEmpty ? [1] : dataset.shape
        self.chunkSizes = chunkSizes.isEmpty ? [1] : chunkSizes
        guard let count = Shape(self.chunkSizes).checkedElementCount, count <= 1 << 40 else {
            throw dataset.bytes.error(at: dataset.address, "\(dataset.path) has chunks of an impossible size")
        }
        chunkBytes = count * elementSize
        contents = [UInt8](repeating: 0, count: sizes.reduce(elementSize, *))
    }

    /// Reads the chunks of a B-tree.
    ///
    /// - Parameter level: that which the parent says; nil at the root.
    mutating func read(treeAt address: Int, level: Int? = nil) throws {
        let (bytes, what) = (dataset.bytes, "the B-tree of an array's chunks")
        var node = try bytes.cursor(at: address, count: 24, what)
        try node.expect("TREE")
        let (type, ownLevel, count) = (try node.byte(), try node.byte(), try node.short())
        guard type == 1, level.map({ $0 == ownLevel }) ?? (ownLevel <= Self.deepest) else {
            throw bytes.error(
                at: address, "\(what) has a wrong node",
                expected: "one of chunks of level \(level.map(String.init) ?? "0 to \(Self.deepest)")",
                got: "type \(type), level \(ownLevel)")
        }
        let rank = dataset.shape.count
        var entries = try bytes.cursor(at: address + 24, count: count * (8 * rank + 24), what)
        for _ in 0..<count {
            let start = entries.position
            let (stored, skipped) = (try entries.word(), try entries.word())
            let offset = try (0..<rank).map { _ in try entries.length() }
            try entries.skip(8)
            let child = try entries.definedAddress()
            guard ownLevel == 0 else {
                try read(treeAt: child, level: ownLevel - 1)
                continue
            }
            guard zip(offset, dataset.shape).allSatisfy({ $0 < $1 }),
                zip(offset, chunkSizes).allSatisfy({ $0 % $1 == 0 })
            else { throw bytes.error(at: start, "a chunk lies outside of its array") }
            guard stored <= bytes.count - child else {
                throw bytes.error(
                    at: start, "a chunk is cut off", expected: "\(stored) bytes at \(child)",
                    got: "a file of \(bytes.count) bytes")
            }
            place(try unpacked(child..<child + stored, skipped), at: rank == 0 ? [0] : offset)
        }
    }

    /// The bytes of a chunk with its filters undone, last first.
    ///
    /// - Parameter skipped: a bit for each filter that was left out for this chunk.
    private func unpacked(_ range: Range<Int>, _ skipped: Int) throws -> [UInt8] {
        let bytes = dataset.bytes
        func misfit(_ got: Int) -> CognitronError {
            bytes.error(
                at: range.lowerBound, "a chunk of \(dataset.path) does not fill its shape",
                expected: "\(chunkBytes) bytes", got: "\(got)")
        }
        try bytes.spend(chunkBytes, at: range.lowerBound, "a chunk of \(dataset.path)")
        let filters = dataset.filters.enumerated().filter { skipped & 1 << $0.offset == 0 }.map(\.element)
        guard filters.count(where: { $0 == .deflate }) <= 1 else {
            throw bytes.error(at: range.lowerBound, "a chunk of \(dataset.path) is packed twice")
        }
        guard !filters.isEmpty || range.count == chunkBytes else { throw misfit(range.count) }
        var chunk: [UInt8]?
        for filter in filters.reversed() {
            switch filter {
            case .deflate:
                chunk = try Inflate.zlib(chunk ?? Array(bytes.data[range]), limit: chunkBytes) {
                    bytes.error(at: range.lowerBound, "a chunk of \(dataset.path) \($0)")
                }
            case .shuffle: chunk = unshuffled(chunk ?? Array(bytes.data[range]))
            }
        }
        let result = chunk ?? Array(bytes.data[range])
        guard result.count == chunkBytes else { throw misfit(result.count) }
        return result
    }

    /// The elements whose first bytes, second bytes … lie together.
    private func unshuffled(_ bytes: [UInt8]) -> [UInt8] {
        let count = bytes.count / elementSize
        var result = bytes
        for place in 0..<elementSize {
            for index in 0..<count { result[index * elementSize + place] = bytes[place * count + index] }
        }
        return result
    }

    /// Copies the part of a chunk that lies in the array, row by row.
    private mutating func place(_ chunk: [UInt8], at offset: [Int]) {
        let last = sizes.count - 1
        let extents = zip(zip(sizes, offset), chunkSizes).map { min($0.0 - $0.1, $1) }
        let row = extents[last] * elementSize
        var index = [Int](repeating: 0, count: last)
        while true {
            var (source, target) = (0, 0)
            for axis in 0..<last {
                source = (source + index[axis]) * chunkSizes[axis + 1]
                target = (target + offset[axis] + index[axis]) * sizes[axis + 1]
            }
            let (from, to) = (source * elementSize, (target + offset[last]) * elementSize)
            contents.replaceSubrange(to..<to + row, with: chunk[from..<from + row])
            guard let axis = (0..<last).last(where: { index[$0] + 1 < extents[$0] }) else { return }
            index[axis] += 1
            for later in axis + 1..<max(axis + 1, last) { index[later] = 0 }
        }
    }
}
