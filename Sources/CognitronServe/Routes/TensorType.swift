import Cognitron

/// The types of tensors that KServe's protocol knows and this server reads. Models compute with `Float`.
enum TensorType: String, CaseIterable {
    case bool = "BOOL"
    case unsigned1 = "UINT8"
    case unsigned2 = "UINT16"
    case unsigned4 = "UINT32"
    case unsigned8 = "UINT64"
    case int1 = "INT8"
    case int2 = "INT16"
    case int4 = "INT32"
    case int8 = "INT64"
    case float4 = "FP32"
    case float8 = "FP64"

    /// Bytes an element.
    var size: Int {
        switch self {
        case .bool, .unsigned1, .int1: 1
        case .unsigned2, .int2: 2
        case .unsigned4, .int4, .float4: 4
        case .unsigned8, .int8, .float8: 8
        }
    }

    /// The elements of little-endian bytes.
    func floats(_ bytes: ArraySlice<UInt8>) -> [Float] {
        bytes.withUnsafeBytes { raw in
            (0..<raw.count / size).map { index in
                func load<T: FixedWidthInteger>(_ type: T.Type) -> T {
                    T(littleEndian: raw.loadUnaligned(fromByteOffset: index * size, as: type))
                }
                return switch self {
                case .bool: raw[index] == 0 ? 0 : 1
                case .unsigned1: Float(raw[index])
                case .unsigned2: Float(load(UInt16.self))
                case .unsigned4: Float(load(UInt32.self))
                case .unsigned8: Float(load(UInt64.self))
                case .int1: Float(load(Int8.self))
                case .int2: Float(load(Int16.self))
                case .int4: Float(load(Int32.self))
                case .int8: Float(load(Int64.self))
                case .float4: Float(bitPattern: load(UInt32.self))
                case .float8: Float(Double(bitPattern: load(UInt64.self)))
                }
            }
        }
    }
}
