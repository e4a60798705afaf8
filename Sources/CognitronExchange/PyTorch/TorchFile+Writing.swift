import Cognitron
import CognitronData
import Foundation

extension TorchFile {
    /// Writes a file that `torch.load(path, weights_only=True)` reads as a dictionary of tensors, in the order
    /// of their names; complete or not at all.
    public func write(to path: String) throws {
        let named = tensors.sorted { $0.key < $1.key }
        var files: [(path: String, bytes: [UInt8])] = [
            ("archive/data.pkl", PickleWriter(named).bytes), ("archive/byteorder", Array("little".utf8)),
        ]
        for (index, entry) in named.enumerated() {
            files.append(("archive/data/\(index)", entry.value.scalars.withUnsafeBytes { Array($0) }))
        }
        files.append(("archive/version", Array("3\n".utf8)))
        try AtomicFile.write(Data(try Archive.zip(files, path)), to: path)
    }
}

/// The pickle of a dictionary of tensors in protocol 2, the k-th of which has the storage k.
private struct PickleWriter {
    private(set) var bytes: [UInt8] = [0x80, 2]

    init(_ tensors: [(key: String, value: Tensor)]) {
        global(TorchFile.orderedDictionary)
        bytes += Array(")R(".utf8)
        for (index, entry) in tensors.enumerated() {
            text(entry.key)
            tensor(entry.value.shape, storage: index)
        }
        bytes += Array("u.".utf8)
    }

    /// `_rebuild_tensor_v2(storage, offset, size, stride, requires_grad, hooks)`.
    private mutating func tensor(_ shape: Shape, storage: Int) {
        global(TorchFile.rebuild)
        bytes += Array("((".utf8)
        text("storage")
        global("torch.FloatStorage")
        text("\(storage)")
        text("cpu")
        number(shape.elementCount)
        bytes += Array("tQ".utf8)
        number(0)
        tuple(Array(shape))
        tuple(shape.indices.map { shape[($0 + 1)...].reduce(1, *) })
        bytes.append(0x89)
        global(TorchFile.orderedDictionary)
        bytes += Array(")RtR".utf8)
    }

    private mutating func global(_ name: String) {
        let parts = name.split(separator: ".")
        bytes += Array("c\(parts.dropLast().joined(separator: "."))\n\(parts.last ?? "")\n".utf8)
    }

    private mutating func text(_ text: String) {
        let utf8 = Array(text.utf8)
        bytes.append(UInt8(ascii: "X"))
        littleEndian(utf8.count, 4)
        bytes += utf8
    }

    private mutating func number(_ number: Int) {
        bytes += [0x8A, 8]
        littleEndian(number, 8)
    }

    private mutating func tuple(_ numbers: [Int]) {
        bytes.append(UInt8(ascii: "("))
        for value in numbers { number(value) }
        bytes.append(UInt8(ascii: "t"))
    }

    private mutating func littleEndian(_ number: Int, _ count: Int) {
        bytes += (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
}
