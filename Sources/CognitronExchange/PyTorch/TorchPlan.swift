import Cognitron
import CognitronData

/// The tensors that a pickle describes, before the numbers are read.
struct TorchPlan {
    struct Place {
        let name: String
        let type: StoredNumber
        let typeName: String
        /// The storage's file in the archive's folder `data`.
        let storage: String
        /// The numbers in the storage, and the tensor's first.
        let count: Int
        let offset: Int
        let sizes: [Int]
        let strides: [Int]
    }

    private(set) var places: [Place] = []
    private(set) var others: [String] = []
    private let path: String

    private static let rules = Pickle.Rules(
        globals: Set(
            [
                TorchFile.rebuild, TorchFile.orderedDictionary, "torch._utils._rebuild_parameter",
                "torch.Size", "torch.storage.UntypedStorage",
            ] + TorchFile.storages.keys.map { "torch.\($0)" }),
        deepest: 40,
        expected: "tensors alone: a state dictionary, as torch.save(model.state_dict(), …) writes")

    init(_ pickle: [UInt8], _ path: String) throws {
        self.path = path
        let value = try Pickle.read(pickle, path: path, Self.rules)
        guard let top = Self.entries(of: value) else {
            if let place = try place("tensor", value) {
                places = [place]
                return
            }
            throw TorchFile.damaged(path, "it holds no dictionary of tensors")
        }
        // A checkpoint: one dictionary of tensors beside an epoch, an optimizer's state and the like.
        try add(top, "")
        if places.isEmpty { try addCheckpoint(top) }
        guard !places.isEmpty else { throw TorchFile.damaged(path, "it holds no dictionary of tensors") }
    }

    private mutating func add(_ entries: [(String, Pickle.Value)], _ prefix: String) throws {
        for (key, value) in entries {
            if let place = try place(prefix + key, value) {
                places.append(place)
            } else {
                others.append(prefix + key)
            }
        }
    }

    private mutating func addCheckpoint(_ entries: [(String, Pickle.Value)]) throws {
        let names = ["state_dict", "model_state_dict", "model", "net", "weights"]
        guard let name = names.first(where: { name in entries.contains { $0.0 == name } }),
            let entry = entries.first(where: { $0.0 == name }), let inner = Self.entries(of: entry.1)
        else { return }
        others = entries.map(\.0).filter { $0 != name }
        try add(inner, "")
    }

    private static func entries(of value: Pickle.Value) -> [(String, Pickle.Value)]? {
        let items: [Pickle.Value]
        switch value {
        case .dictionary(let dictionary): items = dictionary.items
        case .object(let object) where object.callable == TorchFile.orderedDictionary: items = object.items
        default: return nil
        }
        return stride(from: 0, to: items.count - 1, by: 2).map {
            if case .text(let key) = items[$0] { (key, items[$0 + 1]) } else { ("?", items[$0 + 1]) }
        }
    }

    /// The place of a tensor's numbers; nil of a value that is no tensor.
    private func place(_ name: String, _ value: Pickle.Value) throws -> Place? {
        guard case .object(let object) = value else { return nil }
        if object.callable == "torch._utils._rebuild_parameter", let inner = object.arguments.first {
            return try place(name, inner)
        }
        guard object.callable == TorchFile.rebuild else { return nil }
        func damaged(_ problem: String) -> CognitronError {
            TorchFile.damaged(path, "tensor \(name.prefix(100).debugDescription): \(problem)")
        }
        guard object.arguments.count >= 4, case .object(let identity) = object.arguments[0],
            identity.callable == nil, case .tuple(let storage, _)? = identity.arguments.first,
            storage.count == 5, case .global(let type) = storage[1], case .text(let key) = storage[2],
            case .number(let count) = storage[4], case .number(let offset) = object.arguments[1],
            let sizes = Self.numbers(object.arguments[2]), let strides = Self.numbers(object.arguments[3]),
            sizes.count == strides.count, sizes.count <= 64
        else { throw damaged("its description cannot be read") }
        let typeName = String(type.dropFirst("torch.".count))
        guard let number = TorchFile.storages[typeName] else {
            throw CognitronError(
                .file, path, "tensor \(name.prefix(100).debugDescription) is of type \(typeName)",
                expected: TorchFile.storages.keys.sorted().joined(separator: ", "),
                advice: "convert it with .float() first")
        }
        guard count >= 0, offset >= 0, sizes.allSatisfy({ $0 >= 0 }), strides.allSatisfy({ $0 >= 0 }),
            Self.fits(sizes, strides, offset, count)
        else { throw damaged("it reaches beyond its storage of \(count) numbers") }
        return Place(
            name: name, type: number, typeName: typeName, storage: key, count: count, offset: offset,
            sizes: sizes, strides: strides)
    }

    private static func numbers(_ value: Pickle.Value) -> [Int]? {
        guard case .tuple(let items, _) = value else { return nil }
        let numbers = items.compactMap { if case .number(let number) = $0 { number } else { nil } }
        return numbers.count == items.count ? numbers : nil
    }

    /// Whether the tensor lies in its storage and holds no more numbers than that.
    private static func fits(_ sizes: [Int], _ strides: [Int], _ offset: Int, _ count: Int) -> Bool {
        guard let elements = Shape(sizes).checkedElementCount, elements <= count else { return false }
        guard elements > 0 else { return offset <= count }
        var last = offset
        for (size, stride) in zip(sizes, strides) {
            let (reach, isTooFar) = (size - 1).multipliedReportingOverflow(by: stride)
            let (sum, isBeyond) = last.addingReportingOverflow(reach)
            guard !isTooFar, !isBeyond else { return false }
            last = sum
        }
        return last < count
    }
}
