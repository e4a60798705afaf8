// The number types of safetensors files, and their conversion to 32-bit floats.

/// A supported number type, by its name in the format.
package enum StoredNumber: String, CaseIterable {
    case float64 = "F64"
    case float32 = "F32"
    case float16 = "F16"
    case bfloat16 = "BF16"
    case int64 = "I64"
    case int32 = "I32"
    case int16 = "I16"
    case int8 = "I8"
    case uint64 = "U64"
    case uint32 = "U32"
    case uint16 = "U16"
    case uint8 = "U8"
    case bool = "BOOL"

    /// The size in bytes.
    package var size: Int {
        switch self {
        case .float64, .int64, .uint64: 8
        case .float32, .int32, .uint32: 4
        case .float16, .bfloat16, .int16, .uint16: 2
        case .int8, .uint8, .bool: 1
        }
    }

    /// The numbers of this type that `convert` accepts, for messages.
    package var expectation: String {
        switch self {
        case .float64: "at most \(Float.greatestFiniteMagnitude) in magnitude"
        case .float32, .float16, .bfloat16: "any number"
        case .bool: "0 or 1"
        default: "a whole number that a 32-bit float holds exactly, as all to 2²⁴"
        }
    }

    /// A number that cannot be converted to a `Float`.
    package struct Misfit: Error {
        package let index: Int
        package let number: String
    }

    /// floats ← bytes, which are little-endian and need no alignment. An F64 is rounded to the nearest
    /// `Float`; NaN and infinities are kept.
    ///
    /// - Returns: the number of rounded elements.
    /// - Throws: `Misfit` for the first integer that is not exactly a `Float`, F64 that would become
    ///   infinite, or BOOL that is neither 0 nor 1.
    package func convert(
        _ bytes: UnsafeRawBufferPointer, into floats: UnsafeMutableBufferPointer<Float>
    ) throws
        -> Int
    {
        var rounded = 0
        switch self {
        case .float32: UnsafeMutableRawBufferPointer(floats).copyMemory(from: bytes)
        case .float64:
            try forEach(bytes, floats) { (bits: UInt64) in
                let number = Double(bitPattern: bits)
                let nearest = Float(number)
                if nearest.isInfinite && number.isFinite { return nil }
                if Double(nearest) != number && !number.isNaN { rounded += 1 }
                return nearest
            } text: {
                "\(Double(bitPattern: $0))"
            }
        case .float16: try forEach(bytes, floats) { (bits: UInt16) in Float(half: bits) }
        case .bfloat16: try forEach(bytes, floats) { (bits: UInt16) in Float(bitPattern: UInt32(bits) << 16) }
        case .int64: try forEach(bytes, floats) { (number: Int64) in Float(exactly: number) }
        case .int32: try forEach(bytes, floats) { (number: Int32) in Float(exactly: number) }
        case .int16: try forEach(bytes, floats) { (number: Int16) in Float(number) }
        case .int8: try forEach(bytes, floats) { (number: Int8) in Float(number) }
        case .uint64: try forEach(bytes, floats) { (number: UInt64) in Float(exactly: number) }
        case .uint32: try forEach(bytes, floats) { (number: UInt32) in Float(exactly: number) }
        case .uint16: try forEach(bytes, floats) { (number: UInt16) in Float(number) }
        case .uint8: try forEach(bytes, floats) { (number: UInt8) in Float(number) }
        case .bool: try forEach(bytes, floats) { (number: UInt8) in number > 1 ? nil : Float(number) }
        }
        return rounded
    }

    @inline(__always)
    private func forEach<Bits: FixedWidthInteger & BitwiseCopyable>(
        _ bytes: UnsafeRawBufferPointer, _ floats: UnsafeMutableBufferPointer<Float>,
        _ convert: (Bits) -> Float?, text: (Bits) -> String = { "\($0)" }
    ) throws {
        for index in floats.indices {
            let bits = Bits(
                littleEndian: bytes.loadUnaligned(
                    fromByteOffset: index &* MemoryLayout<Bits>.size, as: Bits.self))
            guard let float = convert(bits) else { throw Misfit(index: index, number: text(bits)) }
            floats[index] = float
        }
    }
}

extension Float {
    /// Converts 16 bits of IEEE half precision. (`Float16` is not available on every platform.)
    package init(half bits: UInt16) {
        let sign = UInt32(bits & 0x8000) << 16
        let fraction = UInt32(bits & 0x3ff)
        switch UInt32(bits >> 10) & 0x1f {
        case 0: self.init(bitPattern: (Float(fraction) * 0x1p-24).bitPattern | sign)
        case 0x1f: self.init(bitPattern: sign | 0x7f80_0000 | fraction << 13)
        case let exponent: self.init(bitPattern: sign | (exponent + 112) << 23 | fraction << 13)
        }
    }
}
