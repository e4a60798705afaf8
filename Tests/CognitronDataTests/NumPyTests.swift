import Cognitron
import Foundation
import Testing

@testable import CognitronData

@Suite("Arrays of NumPy")
struct NumPyTests {
    /// A file of version 1.0 with these elements.
    static func file(
        _ descriptor: String, _ shape: String, _ elements: [UInt8], fortran: Bool = false
    ) -> [UInt8] {
        let isFortran = fortran ? "True" : "False"
        let header = "{'descr': '\(descriptor)', 'fortran_order': \(isFortran), 'shape': \(shape), }\n"
        return NumPyHeader.magic + [1, 0, UInt8(header.utf8.count), 0] + Array(header.utf8) + elements
    }

    private static func bytes<T>(_ numbers: [T]) -> [UInt8] { numbers.withUnsafeBytes { Array($0) } }

    private func array(_ bytes: [UInt8]) throws -> NumPyArray { try NumPyArray(npy: bytes, path: "x.npy") }

    /// 1, 2, 3, 250 or −6 in every type.
    static let files: [(String, [UInt8], Float)] = [
        ("|u1", [1, 2, 3, 250], 250), ("|i1", [1, 2, 3, 250], -6), ("|b1", [1, 1, 1, 250], 1),
        ("<i2", bytes([1, 2, 3, -6] as [Int16]), -6), ("<u2", bytes([1, 2, 3, 250] as [UInt16]), 250),
        (">i2", bytes([1, 2, 3, -6].map { Int16($0).bigEndian }), -6),
        ("<i4", bytes([1, 2, 3, -6] as [Int32]), -6), ("<u4", bytes([1, 2, 3, 250] as [UInt32]), 250),
        ("<i8", bytes([1, 2, 3, -6] as [Int64]), -6),
        (">u8", bytes([1, 2, 3, 250].map { UInt64($0).bigEndian }), 250),
        ("<f4", bytes([1, 2, 3, -6] as [Float]), -6), ("<f8", bytes([1, 2, 3, -6] as [Double]), -6),
        (">f8", bytes([1, 2, 3, -6].map { Double($0).bitPattern.bigEndian }), -6),
        ("<f2", bytes([0x3C00, 0x4000, 0x4200, 0xC600] as [UInt16]), -6),
        (">f2", [0x3C, 0, 0x40, 0, 0x42, 0, 0xC6, 0], -6),
    ]

    @Test("Every type of numbers is read, in both byte orders", arguments: files)
    func types(_ type: String, _ elements: [UInt8], _ last: Float) throws {
        let array = try array(Self.file(type, "(2, 2)", elements))
        let expected: [Float] = type == "|b1" ? [1, 1, 1, 1] : [1, 2, 3, last]
        #expect(array.tensor == Tensor(expected, shape: [2, 2]))
        #expect(array.isExact && array.isWhole == !type.contains("f"))
    }

    @Test("Column-major arrays are transposed; arrays without axes are numbers")
    func shapes() throws {
        let column = Self.file("|u1", "(2, 3)", [0, 3, 1, 4, 2, 5], fortran: true)
        #expect(try array(column).tensor == Tensor([0, 1, 2, 3, 4, 5] as [Float], shape: [2, 3]))
        #expect(try array(Self.file("|u1", "()", [7])).tensor == Tensor(7 as Float))
        #expect(try array(Self.file("|u1", "(0, 4)", [])).shape == [0, 4])
    }

    @Test("Half precision as NumPy has it: subnormal, largest, infinite")
    func half() throws {
        let bits: [UInt16] = [0x0000, 0x0001, 0x7BFF, 0x7C00, 0x3554]
        let values = try array(Self.file("<f2", "(5,)", Self.bytes(bits))).tensor.scalars
        #expect(values == [0, 5.9604645e-08, 65504, .infinity, 0.33300781])
    }

    @Test("A file as NumPy 2 wrote it")
    func real() throws {
        let base64 =
            "k05VTVBZAQB2AHsnZGVzY3InOiAnPGY4JywgJ2ZvcnRyYW5fb3JkZXInOiBUcnVlLCAnc2hhcGUnOiAoMiwgMyks"
            + "IH0gICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgIAoAAAAA"
            + "AAAAAAAAAAAAAAhAAAAAAAAA8D8AAAAAAAAQQAAAAAAAAABAAAAAAAAAFEA="
        let bytes = try #require(Data(base64Encoded: base64))
        #expect(try array([UInt8](bytes)).tensor == Tensor([0, 1, 2, 3, 4, 5] as [Float], shape: [2, 3]))
    }

    @Test("Rounded numbers are told; those beyond Float are refused")
    func rounded() throws {
        #expect(try !array(Self.file("<i4", "(1,)", Self.bytes([16_777_217] as [Int32]))).isExact)
        #expect(try !array(Self.file("<f8", "(1,)", Self.bytes([0.1]))).isExact)
        #expect(try array(Self.file("<f8", "(2,)", Self.bytes([Double.infinity, .nan]))).isExact)
        let error = fileError { try array(Self.file("<f8", "(2,)", Self.bytes([0, 1e300]))) }
        #expect(error?.problem == "element 1 is too large for Float")
    }

    @Test("Pickled objects, structures and texts are refused", arguments: ["|O", "<U3", "|S3", "<c8", "<M8"])
    func refused(_ type: String) {
        let error = fileError { try array(Self.file(type, "(1,)", [0, 0, 0, 0])) }
        #expect(error?.received == type)
        let structure = "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }"
        let bytes = NumPyHeader.magic + [1, 0, UInt8(structure.utf8.count), 0] + Array(structure.utf8)
        #expect(fileError { try array(bytes) }?.received == "a structured type")
    }

    @Test("A file cut off anywhere is refused")
    func truncated() {
        let whole = Self.file("<f4", "(2,)", Self.bytes([1, 2] as [Float]))
        for count in 0..<whole.count { _ = fileError { try array(Array(whole[..<count])) } }
        _ = fileError { try array(Self.file("<f4", "(4611686018427387904, 4)", [0, 0])) }
    }

    @Test("What is written is read again", arguments: [[], [3], [2, 3], [1, 2, 3, 4]] as [Shape])
    func written(_ shape: Shape) throws {
        let folder = try TemporaryFolder()
        let tensor = Tensor((0..<shape.elementCount).map { Float($0) / 3 }, shape: shape)
        let path = folder.path + "/x.npy"
        try tensor.writeNumPy(to: path)
        #expect(try NumPyArray(contentsOf: path).tensor == tensor)
        #expect(NumPyHeader.bytes(of: shape).count % 64 == 0)
    }

    @Test("Damaged files are refused or read, and never crash")
    func fuzz() {
        let files =
            Self.files.map { Self.file($0.0, "(2, 2)", $0.1) } + [Tensor([1, 2, 3] as [Float]).numPyBytes]
        expectSurvival(of: files) { bytes in
            let array = try array(bytes)
            #expect(array.tensor.scalars.count == array.shape.elementCount)
        }
    }
}

@Suite("Archives of arrays")
struct NumPyArchiveTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func write(_ arrays: KeyValuePairs<String, Tensor>) throws -> String {
        let path = folder.path + "/data.npz"
        try NumPyArchive.write(arrays, to: path)
        return path
    }

    @Test("What is written is read again, by name")
    func roundTrip() throws {
        let path = try write(["x": [[1, 2], [3, 4]], "y": [5, 6]])
        let archive = try NumPyArchive(contentsOf: path)
        #expect(archive.names == ["x", "y"])
        #expect(try archive["x"].tensor == [[1, 2], [3, 4]] && archive["y"].tensor == [5, 6])
        #expect(fileError { try archive["z"] }?.expected == "one of x, y")
    }

    @Test("A file that is no archive, or one without arrays, is refused")
    func refused() throws {
        let text = try folder.write(Array("no archive".utf8), "t.npz")
        #expect(fileError { try NumPyArchive(contentsOf: text) }?.expected == "the first bytes 50 4B")
        let other = try folder.write(Archive.zip([("a.txt", [1])], "o"), "o.npz")
        #expect(fileError { try NumPyArchive(contentsOf: other) }?.problem == "the archive holds no arrays")
    }

    @Test("npz:FILE with x and y is split; with train and test arrays it is not")
    func scheme() throws {
        let x = Tensor((0..<40).map { Float($0) }, shape: [20, 2])
        let labels = Tensor((0..<20).map { Float($0 % 2) })
        let regression = try Dataset(named: "npz:" + write(["x": x, "y": labels]))
        #expect(regression.task == .regression(targetNames: ["y"]) && regression.shape == [2])
        #expect(try regression.part(.test).count == 4)
        let parts = try write(["x_train": x, "y_train": labels, "x_test": x[0..<3], "y_test": labels[0..<3]])
        #expect(try Dataset(named: "npz:\(parts)").part(.test).count == 3)
        let uneven = try write(["x": x, "y": labels[0..<3]])
        #expect(throws: CognitronError.self) { try Dataset(named: "npz:\(uneven)") }
        let unnamed = try write(["a": x])
        #expect(
            fileError { try Dataset(named: "npz:\(unnamed)") }?.expected
                == "x and y, or x_train, y_train, x_test and y_test")
    }

    @Test("Whole numbers as targets are classes; bytes of pictures become 0…1")
    func classes() throws {
        let labels = NumPyTests.file("|u1", "(4,)", [0, 1, 2, 1])
        let pictures = NumPyTests.file("|u1", "(4, 2, 2)", [UInt8](repeating: 255, count: 16))
        let path = try folder.write(Archive.zip([("x.npy", pictures), ("y.npy", labels)], "p"), "p.npz")
        let dataset = try Dataset(named: "npz:\(path)")
        #expect(dataset.task == .classification(classNames: ["0", "1", "2"]) && dataset.shape == [2, 2, 1])
        let batch = try dataset.part(.train).source.batch([0], nil)
        #expect(batch?.inputs[0].scalars == [1, 1, 1, 1])
    }

    @Test("Damaged archives are refused or read, and never crash")
    func fuzz() throws {
        let bytes = try read(write(["x": [[1, 2], [3, 4]], "y": [5, 6]]))
        expectSurvival(of: [bytes]) { bytes in
            let path = try folder.write(bytes, "f.npz")
            let archive = try NumPyArchive(contentsOf: path)
            for name in archive.names { _ = try archive[name] }
        }
    }
}
