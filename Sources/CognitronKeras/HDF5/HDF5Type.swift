import Cognitron

/// The type of the elements of a dataset or an attribute.
enum HDF5Type: Equatable {
    case number(StoredNumber)
    /// Texts of that many bytes each.
    case text(size: Int)
    /// Texts of any length, in a global heap.
    case variableText

    /// The bytes of an element in the file.
    var size: Int {
        switch self {
        case .number(let number): number.size
        case .text(let size): size
        case .variableText: 16
        }
    }

    var isText: Bool { if case .number = self { false } else { true } }

    var name: String {
        switch self {
        case .number(let number): number.rawValue
        case .text, .variableText: "text"
        }
    }
}

extension HDF5Type {
    private enum Class {
        static let (integer, float, text, enumeration, variable) = (0, 1, 3, 8, 9)
        /// For messages.
        static let names = [
            2: "time", 4: "bit field", 5: "opaque", 6: "compound", 7: "reference", 10: "array", 11: "complex",
        ]
    }

    /// - Parameter isBase: whether it is the base type of an enumeration.
    init(_ cursor: inout HDF5Cursor, isBase: Bool = false) throws {
        let start = cursor.position
        let (kind, bits) = (try cursor.byte(), try cursor.unsigned(3))
        let size = try cursor.word()
        func unsupported(_ what: String) -> CognitronError {
            cursor.bytes.error(
                at: start, "numbers of a type that is not supported",
                expected: "little-endian float16, bfloat16, float32, float64 or whole numbers, or texts",
                got: what, advice: "convert the weights to float32 and save the model again")
        }
        switch kind & 0xF {
        case Class.integer:
            let place = (offset: try cursor.short(), precision: try cursor.short())
            guard bits & 1 == 0, place == (0, 8 * size),
                let number = Self.integer(size: size, isSigned: bits & 8 != 0)
            else { throw unsupported("\(size) bytes of a whole number") }
            self = .number(number)
        case Class.float:
            guard bits & 0x41 == 0 else { throw unsupported("a big-endian float") }
            try cursor.skip(4)
            let (_, exponent) = (try cursor.byte(), try cursor.byte())
            let (_, mantissa) = (try cursor.byte(), try cursor.byte())
            try cursor.skip(4)
            guard let number = Self.float(size: size, exponent: exponent, mantissa: mantissa) else {
                throw unsupported("a float of \(size) bytes")
            }
            self = .number(number)
        case Class.text:
            guard size > 0 else { throw unsupported("texts without a size") }
            self = .text(size: size)
        case Class.enumeration where !isBase:
            // The base type follows; truth values are written so.
            guard case .number(let base) = try HDF5Type(&cursor, isBase: true), base.size == size else {
                throw unsupported("an enumeration")
            }
            self = .number(base)
        case Class.variable:
            guard bits & 0xF == 1, size == 16 else { throw unsupported("lists of varying length") }
            self = .variableText
        case let other: throw unsupported(Class.names[other] ?? "class \(other)")
        }
    }

    private static func integer(size: Int, isSigned: Bool) -> StoredNumber? {
        switch (size, isSigned) {
        case (1, true): .int8
        case (2, true): .int16
        case (4, true): .int32
        case (8, true): .int64
        case (1, false): .uint8
        case (2, false): .uint16
        case (4, false): .uint32
        case (8, false): .uint64
        default: nil
        }
    }

    private static func float(size: Int, exponent: Int, mantissa: Int) -> StoredNumber? {
        switch (size, exponent, mantissa) {
        case (2, 5, 10): .float16
        case (2, 8, 7): .bfloat16
        case (4, 8, 23): .float32
        case (8, 11, 52): .float64
        default: nil
        }
    }
}

/// The sizes of the axes of a dataset or an attribute.
struct HDF5Space {
    let sizes: [Int]
    /// The number of elements; 0 of a null space.
    let count: Int

    private static let highestRank = 32

    init(_ cursor: inout HDF5Cursor) throws {
        let start = cursor.position
        let version = try cursor.version(1...2)
        let rank = try cursor.byte()
        try cursor.skip(1)
        let isNull = try cursor.byte() == 2 && version == 2
        if version == 1 { try cursor.skip(4) }
        guard rank <= Self.highestRank else {
            throw cursor.bytes.error(
                at: start, "too many axes", expected: "at most \(Self.highestRank)", got: "\(rank)")
        }
        sizes = try (0..<rank).map { _ in try cursor.length() }
        guard let count = Shape(sizes).checkedElementCount, count <= 1 << 48 else {
            throw cursor.bytes.error(at: start, "impossible sizes", got: "\(Shape(sizes))")
        }
        self.count = isNull ? 0 : count
    }
}
