import Foundation
import Testing

@testable import Cognitron

@Suite("Types of numbers in safetensors files")
struct StoredNumberTests {
    /// A file with one tensor "w" of these numbers.
    private func read<Number: BitwiseCopyable>(_ type: String, _ numbers: [Number]) throws -> Safetensors {
        let bytes = numbers.withUnsafeBytes { Array($0) }
        let header = """
            {"w":{"dtype":"\(type)","shape":[\(numbers.count)],"data_offsets":[0,\(bytes.count)]}}
            """
        return try SafetensorsFile().read(header, bytes)
    }

    private func expect<Number: BitwiseCopyable>(
        _ type: String, _ numbers: [Number], _ floats: [Float]
    ) throws {
        let file = try read(type, numbers)
        #expect(file.tensors == ["w": Tensor(floats)])
        #expect(file.conversions.keys.sorted() == ["w"])
        #expect(file.conversions["w"]?.storedType == type)
        #expect(file.conversions["w"]?.roundedCount == 0)
        #expect(file.conversions["w"]?.description == type)
    }

    @Test("Every type is read as floats, and the file says which it was")
    func everyType() throws {
        try expect("I8", [Int8.min, -1, 0, .max], [-128, -1, 0, 127])
        try expect("U8", [UInt8.min, .max], [0, 255])
        try expect("I16", [Int16.min, .max], [-32768, 32767])
        try expect("U16", [UInt16.min, .max], [0, 65535])
        try expect("I32", [Int32.min, -1, 1 << 24, (1 << 24) + 2], [-0x1p31, -1, 0x1p24, 0x1p24 + 2])
        try expect("U32", [UInt32(1) << 31, 1 << 24], [0x1p31, 0x1p24])
        try expect("I64", [Int64.min, -1, 1 << 62], [-0x1p63, -1, 0x1p62])
        try expect("U64", [UInt64(1) << 63, 3], [0x1p63, 3])
        try expect("BOOL", [true, false], [1, 0])
        try expect("F64", [0.5, -3, .infinity, 0x1p-149], [0.5, -3, .infinity, 0x1p-149])
        try expect(
            "F16", [0x3c00, 0xc000, 0x7bff, 0x0001, 0xfc00] as [UInt16], [1, -2, 65504, 0x1p-24, -.infinity])
        try expect("BF16", [0x3f80, 0xc000, 0x0001, 0x7f80] as [UInt16], [1, -2, 0x1p-133, .infinity])
    }

    @Test("32-bit floats are read bit by bit, and are no conversion")
    func float32() throws {
        let bits: [UInt32] = [0x3f80_0000, 0x8000_0000, 0x7fa0_0001, 1]
        let file = try read("F32", bits)
        #expect(file.tensors["w"]?.scalars.map(\.bitPattern) == bits)
        #expect(file.conversions.isEmpty)
    }

    #if !(os(macOS) && arch(x86_64))  // which has no Float16
        @Test("All 65536 halves are what Float16 says")
        func halves() throws {
            let bits = (0...UInt16.max).map { $0 }
            let floats = try #require(read("F16", bits).tensors["w"]).scalars
            for (bits, float) in zip(bits, floats) {
                let expected = Float(Float16(bitPattern: bits))
                #expect(float.isNaN ? expected.isNaN : float.bitPattern == expected.bitPattern)
            }
        }
    #endif

    @Test("64-bit floats are rounded to the nearest, and the file tells how many were")
    func rounding() throws {
        let file = try read("F64", [0.1, 0.5, -1e-300, .nan])
        let floats = try #require(file.tensors["w"]).scalars
        #expect(floats[0..<3] == [0.1, 0.5, 0] && floats[3].isNaN)
        #expect(file.conversions["w"]?.roundedCount == 2)
        #expect(file.conversions["w"]?.description == "F64, 2 numbers rounded")
        #expect(try read("F64", [0.1]).conversions["w"]?.description == "F64, 1 number rounded")
    }

    private func expectMisfit<Number: BitwiseCopyable>(_ type: String, _ numbers: [Number], _ text: String) {
        let error = #expect(throws: CognitronError.self) { _ = try read(type, numbers) }
        #expect(error.map { "\($0)" }?.contains(#"tensor "w", element 1: "#) == true)
        #expect(error?.received == text && error?.kind == .file)
    }

    @Test("Numbers that no float holds are an error with the tensor, the element and the number")
    func misfits() {
        expectMisfit("I32", [0, Int32.max], "2147483647")
        expectMisfit("I32", [0, (Int32(1) << 24) + 1], "16777217")
        expectMisfit("U32", [0, UInt32.max], "4294967295")
        expectMisfit("I64", [0, Int64.max], "9223372036854775807")
        expectMisfit("I64", [0, -(Int64(1) << 24) - 1], "-16777217")
        expectMisfit("U64", [0, UInt64.max], "18446744073709551615")
        expectMisfit("F64", [0, 1e39], "1e+39")
        expectMisfit("F64", [0, -1e300], "-1e+300")
        expectMisfit("BOOL", [0, 2] as [UInt8], "2")
    }
}
