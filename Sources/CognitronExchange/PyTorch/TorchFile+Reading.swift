import Cognitron
import CognitronData
import Foundation

extension TorchFile {
    /// - Throws: `CognitronError.file` where the file is no archive of `torch.save`, is damaged, or its pickle
    ///   calls for more than tensors.
    public init(contentsOf path: String) throws {
        let (plan, folder) = try Self.plan(path)
        self.init(tensors: [:])
        others = plan.others
        types = Dictionary(plan.places.map { ($0.name, $0.typeName) }) { _, last in last }
        let byFile = Dictionary(grouping: plan.places) { "\(folder)data/\($0.storage)" }
        let size = try Self.size(of: path)
        // Several tensors may share a storage, but not so that a small file fills the memory.
        guard plan.places.reduce(0, { $0 + $1.sizes.reduce(1, *) }) <= max(1_000, size) else {
            throw Self.damaged(path, "its tensors are larger than the file")
        }
        var missing = Set(byFile.keys)
        try Archive.forEachEntry(ofZipAt: path, limit: 2 * size + 1_000, where: { byFile[$0] != nil }) {
            name, bytes in
            missing.remove(name)
            for place in byFile[name] ?? [] { tensors[place.name] = try Self.tensor(place, bytes, path) }
        }
        if let name = missing.min() { throw Self.damaged(path, "the archive does not hold \(name)") }
    }

    /// What the file says of its tensors, without reading them, and the folder in the archive.
    static func plan(_ path: String) throws -> (plan: TorchPlan, folder: String) {
        if let obstacle = CognitronError.obstacle(toReading: path) { throw obstacle }
        let start = try FileBytes.first(2, of: path)
        guard start == [0x50, 0x4B] else {
            throw CognitronError(
                .file, path, "this is no zip archive of torch.save",
                expected: "the form that PyTorch writes since 1.6",
                got: FileBytes.inWords(start),
                advice: "load it in Python and save its state_dict() again")
        }
        let small = try Archive.entries(ofZipAt: path, limit: 4 * (try size(of: path)) + 1_000) {
            $0.hasSuffix("/data.pkl") || $0.hasSuffix("/byteorder")
        }
        guard let pickle = small.first(where: { $0.path.hasSuffix("/data.pkl") }) else {
            throw damaged(path, "the archive does not hold data.pkl")
        }
        if let order = small.first(where: { $0.path.hasSuffix("/byteorder") }),
            order.bytes != Array("little".utf8)
        {
            throw CognitronError(
                .file, path, "its numbers are in another byte order", expected: "little",
                got: String(decoding: order.bytes.prefix(20), as: UTF8.self),
                advice: "save it on a little-endian machine")
        }
        let folder = String(pickle.path.dropLast("data.pkl".count))
        return (try TorchPlan(pickle.bytes, path), folder)
    }

    private static func size(of path: String) throws -> Int {
        try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? 0
    }

    private static func tensor(_ place: TorchPlan.Place, _ bytes: [UInt8], _ path: String) throws -> Tensor {
        guard bytes.count >= place.count * place.type.size else {
            throw damaged(path, "the storage \(place.storage.prefix(20)) is cut off")
        }
        let shape = Shape(place.sizes)
        // The numbers from the first to the last, in the storage's order.
        let span =
            shape.elementCount == 0
            ? 0 : zip(place.sizes, place.strides).reduce(1) { $0 + ($1.0 - 1) * $1.1 }
        var numbers = Tensor(uninitialized: [span])
        do {
            _ = try numbers.withUnsafeMutableScalars { floats in
                try bytes.withUnsafeBytes {
                    let start = place.offset * place.type.size
                    return try place.type.convert(
                        UnsafeRawBufferPointer(rebasing: $0[start..<start + span * place.type.size]),
                        into: floats)
                }
            }
        } catch let misfit as StoredNumber.Misfit {
            throw CognitronError(
                .file, path, "tensor \(place.name.prefix(100).debugDescription): no 32-bit float can hold it",
                expected: place.type.expectation, got: misfit.number,
                advice: "leave the tensor out of the file")
        }
        return arranged(numbers, place.sizes, place.strides)
    }

    /// The numbers in the order of the tensor's axes.
    private static func arranged(_ numbers: Tensor, _ sizes: [Int], _ strides: [Int]) -> Tensor {
        let shape = Shape(sizes)
        var expected = 1
        var isContiguous = true
        for (size, stride) in zip(sizes, strides).reversed() where size != 1 {
            isContiguous = isContiguous && stride == expected
            expected *= size
        }
        if isContiguous || shape.elementCount == 0 { return numbers.reshaped(shape) }
        let source = numbers.scalars
        var place = [Int](repeating: 0, count: sizes.count)
        var at = 0
        let scalars = (0..<shape.elementCount).map { _ in
            defer {
                for axis in sizes.indices.reversed() {
                    place[axis] += 1
                    at += strides[axis]
                    if place[axis] < sizes[axis] { break }
                    at -= place[axis] * strides[axis]
                    place[axis] = 0
                }
            }
            return source[at]
        }
        return Tensor(scalars, shape: shape)
    }
}
