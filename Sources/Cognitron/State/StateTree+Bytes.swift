import CognitronKernels
import Foundation

// State trees as bytes, for other processes of the same program: the length of a JSON text, the text with the
// structure and the tensors' shapes, and the numbers in the order of their names.

extension StateTree {
    private struct Header: Codable {
        var structure: String
        var shapes: [String: [Int]]
    }

    /// The tree as bytes.
    var bytes: [UInt8] {
        let (json, tensors) = flattened(prefix: "")
        let header = Header(structure: json, shapes: tensors.mapValues { Array($0.shape) })
        let text: Data
        do {
            text = try JSONEncoder().encode(header)
        } catch {
            // Cannot happen: texts and whole numbers.
            fail("a state that cannot be written: \(error)")
        }
        var bytes = withUnsafeBytes(of: UInt64(text.count).littleEndian) { Array($0) }
        bytes += text
        for (_, tensor) in tensors.sorted(by: { $0.key < $1.key }) {
            tensor.withUnsafeScalars { bytes += UnsafeRawBufferPointer($0) }
        }
        return bytes
    }

    /// The tree whose `bytes` these are.
    ///
    /// - Throws: `CognitronError` where they are not.
    init(bytes: [UInt8]) throws {
        let damaged = CognitronError(
            .file, "state", "the bytes of another process are no state",
            advice: "start the same program on every machine")
        guard bytes.count >= 8 else { throw damaged }
        let length = bytes.withUnsafeBytes {
            Int(truncatingIfNeeded: UInt64(littleEndian: $0.loadUnaligned(as: UInt64.self)))
        }
        guard length >= 0, length <= bytes.count - 8,
            let header = try? JSONDecoder().decode(Header.self, from: Data(bytes[8..<8 + length]))
        else { throw damaged }
        var (tensors, start) = ([String: Tensor](), 8 + length)
        for (name, sizes) in header.shapes.sorted(by: { $0.key < $1.key }) {
            var tensor = Tensor(uninitialized: Shape(sizes))
            let end = start + tensor.count * MemoryLayout<Float>.size
            guard end <= bytes.count else { throw damaged }
            tensor.withUnsafeMutableScalars {
                UnsafeMutableRawBufferPointer($0).copyBytes(from: bytes[start..<end])
            }
            (tensors[name], start) = (tensor, end)
        }
        try self.init(json: header.structure, tensors: tensors)
    }
}
