import Cognitron

/// The links of a group: names and the addresses of the objects' headers.
struct HDF5Links {
    private(set) var links: [(name: String, address: Int)] = []
    private let bytes: HDF5Bytes

    /// A B-tree of 16 children a node or more has fewer levels for any file.
    private static let deepest = 32
    private static let softAdvice = "save the model with Keras, which writes none"

    init(_ header: HDF5ObjectHeader, _ bytes: HDF5Bytes) throws {
        self.bytes = bytes
        if var table = try header.message(HDF5ObjectHeader.Kind.symbolTable, "a symbol table") {
            let (tree, heap) = (try table.definedAddress(), try table.definedAddress())
            try readNode(at: tree, level: nil, try HDF5LocalHeap(bytes, at: heap))
        }
        for var link in try header.all(HDF5ObjectHeader.Kind.link, "a link") { try read(&link) }
        if var info = try header.message(HDF5ObjectHeader.Kind.linkInfo, "a group's links") {
            try requireCompact(&info)
        }
    }

    /// Reads a node of the B-tree of symbol tables.
    ///
    /// - Parameter level: that which the parent says; nil at the root.
    private mutating func readNode(at address: Int, level: Int?, _ heap: HDF5LocalHeap) throws {
        var node = try bytes.cursor(at: address, count: 24, "a group's B-tree")
        try node.expect("TREE")
        let (type, ownLevel, count) = (try node.byte(), try node.byte(), try node.short())
        guard type == 0, level.map({ $0 == ownLevel }) ?? (ownLevel <= Self.deepest) else {
            throw bytes.error(
                at: address, "a group's B-tree has a wrong node",
                expected: "a group's of level \(level.map(String.init) ?? "0 to \(Self.deepest)")",
                got: "type \(type), level \(ownLevel)")
        }
        var children = try bytes.cursor(at: address + 24, count: count * 16, "a group's B-tree")
        for _ in 0..<count {
            try children.skip(8)
            let child = try children.definedAddress()
            if ownLevel == 0 {
                try readSymbols(at: child, heap)
            } else {
                try readNode(at: child, level: ownLevel - 1, heap)
            }
        }
    }

    private mutating func readSymbols(at address: Int, _ heap: HDF5LocalHeap) throws {
        var node = try bytes.cursor(at: address, count: 8, "a symbol table")
        try node.expect("SNOD")
        _ = try node.version(1...1)
        try node.skip(1)
        let count = try node.short()
        var entries = try bytes.cursor(at: address + 8, count: count * 40, "a symbol table")
        for _ in 0..<count {
            let start = entries.position
            let name = try heap.name(at: try entries.length())
            let header = try entries.address()
            let kind = try entries.word()
            try entries.skip(20)
            guard kind != 2, let header else { throw soft(name, at: start) }
            links.append((name, header))
        }
    }

    /// Reads a link message.
    private mutating func read(_ link: inout HDF5Cursor) throws {
        let start = link.position
        _ = try link.version(1...1)
        let flags = try link.byte()
        let type = flags & 8 == 0 ? 0 : try link.byte()
        if flags & 4 != 0 { try link.skip(8) }
        if flags & 16 != 0 { try link.skip(1) }
        let length = try link.unsigned(1 << (flags & 3))
        let name = try link.text(Int(exactly: length) ?? .max)
        guard type == 0 else { throw soft(name, at: start) }
        links.append((name, try link.definedAddress()))
    }

    /// Throws where links lie in a fractal heap instead of messages.
    private func requireCompact(_ info: inout HDF5Cursor) throws {
        let start = info.position
        _ = try info.version(0...0)
        if try info.byte() & 1 != 0 { try info.skip(8) }
        guard try info.address() == nil else {
            throw bytes.error(
                at: start, "a group keeps its links in a fractal heap",
                expected: "symbol tables or link messages, as Keras writes them",
                advice: "write the file without track_order and libver=\"latest\"")
        }
    }

    private func soft(_ name: String, at address: Int) -> CognitronError {
        bytes.error(
            at: address, "\(name.quoted) is a link to another place or file", expected: "an object",
            advice: Self.softAdvice)
    }
}

/// The names of a group's links.
private struct HDF5LocalHeap {
    private let bytes: HDF5Bytes
    private let segment: Range<Int>

    private static let longestName = 1 << 16

    init(_ bytes: HDF5Bytes, at address: Int) throws {
        var heap = try bytes.cursor(at: address, count: 32, "a local heap")
        try heap.expect("HEAP")
        _ = try heap.version(0...0)
        try heap.skip(3)
        let size = try heap.length()
        try heap.skip(8)
        let start = try heap.definedAddress()
        guard size <= bytes.count - start else {
            throw bytes.error(
                at: address, "a local heap is cut off", expected: "\(size) bytes at \(start)",
                got: "a file of \(bytes.count)")
        }
        self.bytes = bytes
        segment = start..<start + size
    }

    func name(at offset: Int) throws -> String {
        guard offset < segment.count else {
            throw bytes.error(
                at: segment.lowerBound, "a name lies outside of its local heap",
                expected: "an offset below \(segment.count)", got: "\(offset)")
        }
        let start = segment.lowerBound + offset
        let length = bytes.data[start..<min(segment.upperBound, start + Self.longestName)]
            .prefix { $0 != 0 }.count
        var name = try bytes.cursor(at: start, count: length, "a name")
        return try name.text(length)
    }
}
