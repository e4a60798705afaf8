/// The messages of an object: what a group or a dataset is made of.
///
/// - Source: HDF5 File Format Specification 3.0, IV.A, versions 1 and 2.
struct HDF5ObjectHeader {
    struct Message {
        let type: Int
        let range: Range<Int>
        let isShared: Bool
    }

    /// The types of messages that are read.
    enum Kind {
        static let dataspace = 0x01
        static let linkInfo = 0x02
        static let datatype = 0x03
        static let link = 0x06
        static let externalFiles = 0x07
        static let layout = 0x08
        static let filters = 0x0B
        static let attribute = 0x0C
        static let continuation = 0x10
        static let symbolTable = 0x11
        static let attributeInfo = 0x15
    }

    let address: Int
    private let bytes: HDF5Bytes
    private(set) var messages: [Message] = []

    private static let signature = "OHDR"

    init(_ bytes: HDF5Bytes, at address: Int) throws {
        (self.bytes, self.address) = (bytes, address)
        var start = try bytes.cursor(at: address, count: 4, "an object header")
        if try start.text(4) == Self.signature {
            try readSecondVersion()
        } else {
            try readFirstVersion()
        }
    }

    private mutating func readFirstVersion() throws {
        var prefix = try bytes.cursor(at: address, count: 16, "an object header")
        _ = try prefix.version(1...1)
        try prefix.skip(7)
        var blocks = [(start: address + 16, count: try prefix.word())]
        while let block = blocks.popLast() {
            var cursor = try bytes.cursor(at: block.start, count: block.count, "an object header")
            while cursor.rest >= 8 {
                let (type, size, flags) = (try cursor.short(), try cursor.short(), try cursor.byte())
                try cursor.skip(3)
                try add(type, size, flags, &cursor, &blocks)
            }
        }
    }

    private mutating func readSecondVersion() throws {
        var prefix = try bytes.cursor(
            at: address, count: min(34, bytes.count - address), "an object header")
        try prefix.skip(4)
        _ = try prefix.version(2...2)
        let flags = try prefix.byte()
        if flags & 0x20 != 0 { try prefix.skip(16) }
        if flags & 0x10 != 0 { try prefix.skip(4) }
        let size = try prefix.unsigned(1 << (flags & 3))
        guard let size = Int(exactly: size) else {
            throw bytes.error(at: address, "an object header of an impossible size", got: "\(size)")
        }
        let headerSize = flags & 4 == 0 ? 4 : 6
        // The first block has no signature here; its checksum, like those of the others, is not compared.
        var blocks = [(start: prefix.position, count: size)]
        var isFirst = true
        while let block = blocks.popLast() {
            let (what, checksum) = ("an object header", isFirst ? 0 : 4)
            guard block.count >= 2 * checksum else {
                throw bytes.error(at: block.start, "\(what) is cut off")
            }
            var cursor = try bytes.cursor(at: block.start, count: block.count - checksum, what)
            if !isFirst { try cursor.expect("OCHK") }
            isFirst = false
            while cursor.rest >= headerSize {
                let (type, size, flags) = (try cursor.byte(), try cursor.short(), try cursor.byte())
                try cursor.skip(headerSize - 4)
                try add(type, size, flags, &cursor, &blocks)
            }
        }
    }

    private mutating func add(
        _ type: Int, _ size: Int, _ flags: Int, _ cursor: inout HDF5Cursor,
        _ blocks: inout [(start: Int, count: Int)]
    ) throws {
        let range = try cursor.skip(size)
        guard type == Kind.continuation else {
            messages.append(Message(type: type, range: range, isShared: flags & 2 != 0))
            return
        }
        var message = try bytes.cursor(at: range.lowerBound, count: range.count, "a continuation")
        blocks.append((try message.definedAddress(), try message.length()))
    }

    func contains(_ type: Int) -> Bool { messages.contains { $0.type == type } }

    /// A cursor over the message of a type; nil where there is none.
    func message(_ type: Int, _ what: String) throws -> HDF5Cursor? {
        try messages.first { $0.type == type }.map { try cursor($0, what) }
    }

    /// Cursors over all messages of a type.
    func all(_ type: Int, _ what: String) throws -> [HDF5Cursor] {
        try messages.filter { $0.type == type }.map { try cursor($0, what) }
    }

    private func cursor(_ message: Message, _ what: String) throws -> HDF5Cursor {
        guard !message.isShared else {
            throw bytes.error(
                at: message.range.lowerBound, "\(what) is shared between objects",
                expected: "each object's own, as Keras writes them", advice: "save the model with Keras")
        }
        return try bytes.cursor(at: message.range.lowerBound, count: message.range.count, what)
    }
}
