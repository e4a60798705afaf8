import Cognitron
import Foundation

extension ONNXTensor {
    /// A tensor of a file.
    ///
    /// - Parameter folder: where files of external data may be; nil where there may be none.
    init(_ proto: Onnx_TensorProto, folder: String?) throws {
        let place = proto.name.isEmpty ? "a constant" : proto.name
        let type = try ElementType(code: Int(proto.dataType), place)
        guard proto.dims.allSatisfy({ $0 >= 0 && $0 <= Int64(Int32.max) }) else {
            throw ImportProblem("\(place): sizes \(proto.dims)")
        }
        let shape = try OperatorCall.shape(proto.dims.map(Int.init), of: place)
        let count = shape.elementCount
        if proto.hasSegment { throw ImportProblem("\(place): a tensor in segments") }
        if proto.dataLocation == .external || !proto.externalData.isEmpty {
            guard let folder else { throw ImportProblem("\(place): data in another file") }
            let data = try ExternalData(proto, folder: folder, place).read(count: count * type.size)
            self.init(try Self.decode(data, type, count, place), type, shape)
        } else if proto.hasRawData, !proto.rawData.isEmpty || count == 0 {
            self.init(try Self.decode(proto.rawData, type, count, place), type, shape)
        } else {
            self.init(try Self.fields(proto, type, count, place), type, shape)
        }
    }

    private init(_ scalars: [Float], _ type: ElementType, _ shape: Shape) {
        self.init(Tensor(scalars, shape: shape), type)
    }

    /// Little-endian bytes as floats.
    private static func decode(_ data: Data, _ type: ElementType, _ count: Int, _ place: String) throws
        -> [Float]
    {
        guard data.count == count * type.size else {
            throw ImportProblem("\(place): \(data.count) bytes, expected \(count * type.size)")
        }
        func numbers<T: FixedWidthInteger>(_: T.Type, _ convert: (T) -> Float) -> [Float] {
            data.withUnsafeBytes { bytes in
                (0..<count).map {
                    convert(
                        T(
                            littleEndian: bytes.loadUnaligned(
                                fromByteOffset: $0 * MemoryLayout<T>.size, as: T.self)))
                }
            }
        }
        return switch type {
        case .float:
            [Float](unsafeUninitializedCapacity: count) { floats, initialized in
                _ = data.copyBytes(to: UnsafeMutableRawBufferPointer(floats))
                initialized = count
            }
        case .double: numbers(UInt64.self) { Float(Double(bitPattern: $0)) }
        case .float16: numbers(UInt16.self) { Float(half: $0) }
        case .bfloat16: numbers(UInt16.self) { Float(bitPattern: UInt32($0) << 16) }
        case .bool, .uint8: numbers(UInt8.self) { Float($0) }
        case .int8: numbers(Int8.self) { Float($0) }
        case .uint16: numbers(UInt16.self) { Float($0) }
        case .int16: numbers(Int16.self) { Float($0) }
        case .uint32: numbers(UInt32.self) { Float($0) }
        case .int32: numbers(Int32.self) { Float($0) }
        case .uint64: numbers(UInt64.self) { Float($0) }
        case .int64: numbers(Int64.self) { Float($0) }
        }
    }

    /// The numbers of the field that belongs to the type.
    private static func fields(
        _ proto: Onnx_TensorProto, _ type: ElementType, _ count: Int, _ place: String
    ) throws -> [Float] {
        let numbers: [Float] =
            switch type {
            case .float: proto.floatData
            case .double: proto.doubleData.map { Float($0) }
            case .int64: proto.int64Data.map { Float($0) }
            case .uint64, .uint32: proto.uint64Data.map { Float($0) }
            case .float16: proto.int32Data.map { Float(half: UInt16(truncatingIfNeeded: $0)) }
            case .bfloat16: proto.int32Data.map { Float(bitPattern: UInt32(truncatingIfNeeded: $0) << 16) }
            default: proto.int32Data.map { Float($0) }
            }
        guard numbers.count == count else {
            throw ImportProblem("\(place): \(numbers.count) numbers, expected \(count)")
        }
        return numbers
    }
}

extension OperatorCall {
    /// A shape of a file's tensor, with the tensor's name in the error.
    static func shape(_ sizes: [Int], of place: String) throws -> Shape {
        do { return try shape(sizes) } catch { throw ImportProblem("\(place): \(error)") }
    }
}

/// A part of a file beside the ONNX file.
private struct ExternalData {
    private let path: String
    private let offset: Int
    private let length: Int?
    private let place: String

    init(_ proto: Onnx_TensorProto, folder: String, _ place: String) throws {
        self.place = place
        var values: [String: String] = [:]
        for entry in proto.externalData { values[entry.key] = entry.value }
        let location = values["location"] ?? ""
        let parts = location.split(separator: "/", omittingEmptySubsequences: false)
        guard !location.isEmpty, !location.hasPrefix("/"), !location.contains("\0"), !location.contains("\\"),
            parts.allSatisfy({ !$0.isEmpty && $0 != ".." })
        else { throw ImportProblem("\(place): data outside the file's folder, at \"\(location)\"") }
        let root = URL(fileURLWithPath: folder.isEmpty ? "." : folder).resolvingSymlinksInPath().path
        let file = URL(fileURLWithPath: root).appendingPathComponent(location).resolvingSymlinksInPath().path
        guard file.hasPrefix(root + "/") else {
            throw ImportProblem("\(place): data outside the file's folder, at \"\(location)\"")
        }
        path = file
        func number(_ key: String) throws -> Int? {
            guard let text = values[key] else { return nil }
            guard let number = Int(text), number >= 0 else { throw ImportProblem("\(place): \(key) \(text)") }
            return number
        }
        offset = try number("offset") ?? 0
        length = try number("length")
    }

    func read(count: Int) throws -> Data {
        guard length ?? count == count else {
            throw ImportProblem("\(place): \(length ?? 0) bytes, expected \(count)")
        }
        guard let handle = FileHandle(forReadingAtPath: path) else {
            throw ImportProblem("\(place): its file \(path) cannot be read")
        }
        defer { try? handle.close() }
        let size = Int((try? handle.seekToEnd()) ?? 0)
        guard offset <= size, count <= size - offset else {
            throw ImportProblem(
                "\(place): \(count) bytes from \(offset) on, of a file of \(size)"
            )
        }
        try handle.seek(toOffset: UInt64(offset))
        return try handle.read(upToCount: count) ?? Data()
    }
}
