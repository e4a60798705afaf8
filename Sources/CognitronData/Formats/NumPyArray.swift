import Cognitron
import Foundation

/// An array of a `.npy` file.
///
///     let array = try NumPyArray(contentsOf: "x.npy")
///     array.tensor                                        // of the array's shape, row-major
///     try weights.writeNumPy(to: "weights.npy")           // float32
///
/// All types of numbers are read: bool, whole numbers of 8 to 64 bits, floating point of 16 to 64 bits; in
/// either byte order, row- or column-major. Whole numbers beyond 2²⁴ and 64-bit floats are rounded to the
/// nearest `Float` (`isExact` says whether any was). Python's objects (pickles) and structured types are
/// refused.
public struct NumPyArray: Sendable, Equatable {
    public let tensor: Tensor

    /// Whether all elements are the file's own numbers, not rounded.
    public let isExact: Bool

    /// Whether the elements are whole numbers or truths.
    public let isWhole: Bool

    /// The elements as bytes, row-major, of an array of unsigned bytes.
    package let bytes: [UInt8]?

    public var shape: Shape { tensor.shape }

    /// - Throws: `CognitronError.file` where the file is no array of numbers, or a number is beyond `Float`.
    public init(contentsOf path: String) throws {
        try self.init(npy: FileBytes.readUnpacking(path), path: path)
    }

    /// The type of a file's elements, as NumPy spells it, and its shape.
    package static func form(ofFileAt path: String) throws -> (type: String, shape: [Int]) {
        let header = try NumPyHeader(try FileBytes.readUnpacking(path), path: path)
        return (header.type.rawValue, Array(header.shape))
    }

    /// Reads the bytes of a `.npy` file. Takes at most eight times their size.
    public init(npy bytes: [UInt8], path: String) throws {
        let header = try NumPyHeader(bytes, path: path)
        guard header.type != .object else { throw header.unsupported("|O", path) }
        guard let count = header.shape.checkedElementCount,
            case let (size, isTooMany) = count.multipliedReportingOverflow(by: header.type.size), !isTooMany,
            bytes.count - header.end == size
        else {
            throw CognitronError(
                .file, path, "its size does not fit its shape \(header.shape)",
                expected: "\(header.type.size) bytes an element", got: "\(bytes.count - header.end) bytes",
                advice: Archive.damagedAdvice)
        }
        let elements = NumPyElements(bytes, header)
        var exact = true
        var scalars = [Float](unsafeUninitializedCapacity: count) { target, initialized in
            for i in 0..<count {
                let (scalar, isRounded) = elements[i]
                target[i] = scalar
                exact = exact && !isRounded
            }
            initialized = count
        }
        if let at = elements.firstTooLarge(scalars) {
            throw CognitronError(
                .file, path, "element \(at) is too large for Float",
                expected: "at most \(Float.greatestFiniteMagnitude)", advice: "scale the numbers first")
        }
        if header.isFortran { scalars = scalars.rowMajor(header.shape) }
        tensor = Tensor(scalars, shape: header.shape)
        (isExact, isWhole) = (exact, header.type.isWhole)
        self.bytes = header.type == .unsigned1 ? scalars.map { UInt8($0) } : nil
    }
}

/// The elements of an array as they are in the file.
private struct NumPyElements {
    private let bytes: [UInt8]
    private let header: NumPyHeader
    /// Of an element, in bytes: the type derives it from its name each time.
    private let size: Int

    init(_ bytes: [UInt8], _ header: NumPyHeader) {
        (self.bytes, self.header, size) = (bytes, header, header.type.size)
    }

    /// An element as the nearest `Float`, and whether it is another number.
    subscript(index: Int) -> (scalar: Float, isRounded: Bool) {
        let at = header.end + index * size
        switch header.type {
        case .bool: return (bytes[at] == 0 ? 0 : 1, false)
        case .int1: return (Float(Int8(bitPattern: bytes[at])), false)
        case .unsigned1: return (Float(bytes[at]), false)
        case .int2: return (Float(load(at, as: Int16.self)), false)
        case .unsigned2: return (Float(load(at, as: UInt16.self)), false)
        case .int4: return whole(load(at, as: Int32.self))
        case .unsigned4: return whole(load(at, as: UInt32.self))
        case .int8: return whole(load(at, as: Int64.self))
        case .unsigned8: return whole(load(at, as: UInt64.self))
        case .float2: return (Self.half(load(at, as: UInt16.self)), false)
        case .float4: return (Float(bitPattern: load(at, as: UInt32.self)), false)
        case .object: return (.nan, true)
        case .float8:
            let number = Double(bitPattern: load(at, as: UInt64.self))
            return (Float(number), !number.isNaN && Double(Float(number)) != number)
        }
    }

    /// The first finite number of 64 bits that became infinite.
    func firstTooLarge(_ scalars: [Float]) -> Int? {
        guard header.type == .float8 else { return nil }
        return scalars.indices.first { index in
            guard scalars[index].isInfinite else { return false }
            return Double(bitPattern: load(header.end + index * 8, as: UInt64.self)).isFinite
        }
    }

    private func whole<T: FixedWidthInteger>(_ number: T) -> (Float, Bool) {
        (Float(number), T(exactly: Float(number)) != number)
    }

    private func load<T: FixedWidthInteger>(_ at: Int, as type: T.Type) -> T {
        let value = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: at, as: type) }
        return header.isBigEndian ? T(bigEndian: value) : T(littleEndian: value)
    }

    /// IEEE 754 binary16: sign, 5 bits of exponent, 10 of fraction.
    private static func half(_ bits: UInt16) -> Float {
        let (exponent, fraction) = (Int(bits >> 10 & 0x1F), Float(bits & 0x3FF))
        let magnitude: Float =
            switch exponent {
            case 0: Float(sign: .plus, exponent: -24, significand: fraction)
            case 31: fraction == 0 ? .infinity : .nan
            default: Float(sign: .plus, exponent: exponent - 25, significand: 1024 + fraction)
            }
        return bits >> 15 == 1 ? -magnitude : magnitude
    }
}

extension [Float] {
    /// The elements of a column-major array, row-major.
    fileprivate func rowMajor(_ shape: Shape) -> [Float] {
        // An array whose axes are reversed, transposed.
        let reversed = Shape(shape.reversed())
        return Tensor(self, shape: reversed).permuted((0..<shape.rank).map { shape.rank - 1 - $0 }).scalars
    }
}

extension Tensor {
    /// The bytes of a `.npy` file with these numbers as float32.
    public var numPyBytes: [UInt8] {
        NumPyHeader.bytes(of: shape)
            + scalars.flatMap { withUnsafeBytes(of: $0.bitPattern.littleEndian) { Array($0) } }
    }

    /// Writes a `.npy` file of float32, complete or not at all.
    ///
    /// - Throws: `CognitronError.file` where it cannot be written.
    public func writeNumPy(to path: String) throws {
        try AtomicFile.write(Data(numPyBytes), to: path)
    }
}
