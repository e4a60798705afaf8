// NIfTI-1, volumes of magnetic resonance imaging, in one file (.nii):
//
//     size of the header, 348           bytes 0–3; tells the byte order
//     number of axes, their sizes       eight 16-bit numbers at 40
//     type, bits a voxel                16-bit numbers at 70 and 72
//     first byte of the voxels          a float at 108
//     value = slope · voxel + start     floats at 112 and 116; slope 0 for neither
//     "n+1", 0                          at 344
//
// Voxels lie with x fastest. Source: R. Cox et al., "A (sort of) new image data format standard: NIfTI-1"
// (2004); nifti1.h.

import Cognitron

/// A volume of numbers: `(X, Y, Z)` or, with a fourth axis, `(X, Y, Z, T)`.
public struct NIfTI: Sendable {
    /// The number of voxels along each axis, x first.
    public let shape: Shape

    /// The voxels, x fastest: voxel (x, y, z) is at x + X·(y + Y·z).
    public let voxels: [Float]

    /// Reads a file, plain or as .gz.
    public init(contentsOf path: String) throws {
        try self.init(FileBytes.readUnpacking(path), path: path)
    }

    /// Reads the unpacked bytes of a file. Takes at most five times their size.
    public init(_ bytes: [UInt8], path: String) throws {
        guard bytes.count >= 352, bytes[344..<347].elementsEqual("n+1".utf8) else {
            throw CognitronError(
                .file, path, "this is not a volume of NIfTI-1", expected: "n+1 at byte 344",
                got: bytes.count < 352 ? "\(bytes.count) bytes" : FileBytes.inWords(bytes[344..<348]),
                advice: Archive.damagedAdvice)
        }
        let words = NIfTIWords(bytes)
        let axes = words.short(40)
        guard (1...4).contains(axes) else {
            throw CognitronError(
                .file, path, "its number of axes is out of range", expected: "1 to 4", got: "\(axes)",
                advice: Archive.damagedAdvice)
        }
        shape = Shape((1...axes).map { words.short(40 + 2 * $0) })
        let type = try words.type(path)
        let start = words.float(108)
        guard shape.allSatisfy({ $0 > 0 }), let count = shape.checkedElementCount, start >= 352,
            start <= Float(bytes.count), bytes.count - Int(start) >= count * type.size
        else {
            throw CognitronError(
                .file, path, "its size does not fit its header (\(shape))",
                expected: "\(type.size) bytes a voxel from byte 352 on", got: "\(bytes.count) bytes",
                advice: Archive.damagedAdvice)
        }
        let (slope, intercept) = (words.float(112), words.float(116))
        let isScaled = slope != 0 && slope.isFinite && intercept.isFinite
        voxels = (0..<count).map { index in
            let voxel = type.read(words, Int(start) + index * type.size)
            return isScaled ? slope * voxel + intercept : voxel
        }
    }
}

/// The numbers of a file in its byte order.
private struct NIfTIWords {
    let bytes: [UInt8]
    private let isBigEndian: Bool

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        isBigEndian = bytes[0] == 0
    }

    func word(_ count: Int, _ at: Int) -> UInt64 {
        let own = bytes[at..<at + count]
        return isBigEndian
            ? own.reduce(0) { $0 << 8 | UInt64($1) } : own.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    func short(_ at: Int) -> Int { Int(Int16(truncatingIfNeeded: word(2, at))) }
    func float(_ at: Int) -> Float { Float(bitPattern: UInt32(word(4, at))) }

    struct Voxel: Sendable {
        let size: Int
        let read: @Sendable (NIfTIWords, _ at: Int) -> Float
    }

    func type(_ path: String) throws -> Voxel {
        switch short(70) {
        case 2: return Voxel(size: 1) { Float($0.bytes[$1]) }
        case 256: return Voxel(size: 1) { Float(Int8(bitPattern: $0.bytes[$1])) }
        case 4: return Voxel(size: 2) { Float(Int16(truncatingIfNeeded: $0.word(2, $1))) }
        case 512: return Voxel(size: 2) { Float($0.word(2, $1)) }
        case 8: return Voxel(size: 4) { Float(Int32(truncatingIfNeeded: $0.word(4, $1))) }
        case 768: return Voxel(size: 4) { Float($0.word(4, $1)) }
        case 16: return Voxel(size: 4) { $0.float($1) }
        case 64: return Voxel(size: 8) { Float(Double(bitPattern: $0.word(8, $1))) }
        case let code:
            throw CognitronError(
                .file, path, "its voxels are of an unknown type",
                expected: "2, 4, 8, 16, 64, 256, 512 or 768",
                got: "\(code)")
        }
    }
}
