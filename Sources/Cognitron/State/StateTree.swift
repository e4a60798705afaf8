/// The state of an object in checkpoints: numbers, texts and tensors in lists and records.
///
///     let state: StateTree = ["best": StateTree(best), "wait": StateTree(wait)]
///     best = try state.get("best")
///
/// Numbers keep their bits, also in files: NaN, infinities and −0 included.
public indirect enum StateTree: Sendable {
    case integer(Int)
    case unsigned(UInt64)
    case number(Double)
    case single(Float)
    case flag(Bool)
    case text(String)
    case tensor(Tensor)
    case list([StateTree])
    case record([String: StateTree])
}

/// An object whose state is saved in checkpoints: an optimizer, a schedule, a callback, a training step.
public protocol Stateful {
    /// The state that `restore` needs to make an object with the same arguments equal to this one.
    func saveState() -> StateTree

    /// Restores a saved state.
    ///
    /// - Throws: `CognitronError` where the state is of another object; the object is then unchanged.
    func restore(_ state: StateTree) throws
}

// MARK: - Making

/// A type that a `StateTree` holds: `Int`, `UInt64`, `Double`, `Float`, `Bool`, `String`, `Tensor`,
/// `RandomKey`, `StateTree`, and arrays and dictionaries of them.
public protocol StateValue {
    var stateTree: StateTree { get }

    /// The value in a tree; nil where the tree holds another type.
    init?(_ tree: StateTree)
}

extension StateTree {
    public init(_ value: some StateValue) { self = value.stateTree }
}

extension StateTree: ExpressibleByDictionaryLiteral, ExpressibleByArrayLiteral {
    /// A record. The last of equal keys counts.
    public init(dictionaryLiteral elements: (String, StateTree)...) {
        self = .record(Dictionary(elements) { $1 })
    }

    public init(arrayLiteral elements: StateTree...) { self = .list(elements) }
}

// MARK: - Reading

extension StateTree {
    /// The value under `key` of a record.
    ///
    /// - Throws: `CognitronError` of kind `.file` where this is no record, the key is missing, or its value
    ///   is of another type.
    public func get<T: StateValue>(_ key: String, as type: T.Type = T.self) throws -> T {
        guard let value: T = try getIfPresent(key) else {
            throw CognitronError(
                .file, "state", "\(key) is missing", expected: "a record with \(key)",
                got: try keys.isEmpty ? "an empty record" : keys.joined(separator: ", "))
        }
        return value
    }

    /// The value under `key` of a record; nil where the record has no such key.
    ///
    /// - Throws: `CognitronError` of kind `.file` where this is no record, or the key's value is of another
    ///   type.
    public func getIfPresent<T: StateValue>(_ key: String, as type: T.Type = T.self) throws -> T? {
        guard case .record(let record) = self else { throw mismatch("the state", "a record") }
        guard let tree = record[key] else { return nil }
        guard let value = T(tree) else { throw tree.mismatch(key, "\(T.self)") }
        return value
    }

    /// The keys of a record, sorted.
    ///
    /// - Throws: `CognitronError` of kind `.file` where this is no record.
    public var keys: [String] {
        get throws {
            guard case .record(let record) = self else { throw mismatch("the state", "a record") }
            return record.keys.sorted()
        }
    }

    private func mismatch(_ what: String, _ expected: String) -> CognitronError {
        CognitronError(
            .file, "state", "\(what) is of another type", expected: expected, got: typeDescription,
            advice: "the state is of another object, or damaged")
    }

    private var typeDescription: String {
        switch self {
        case .integer: "Int"
        case .unsigned: "UInt64"
        case .number: "Double"
        case .single: "Float"
        case .flag: "Bool"
        case .text: "String"
        case .tensor(let tensor): "a tensor of shape \(tensor.shape)"
        case .list: "a list"
        case .record: "a record"
        }
    }
}

// MARK: - Comparing

extension StateTree: Equatable {
    /// Compares the bits: NaN equals itself, and 0 differs from −0.
    public static func == (a: StateTree, b: StateTree) -> Bool {
        switch (a, b) {
        case (.integer(let a), .integer(let b)): a == b
        case (.unsigned(let a), .unsigned(let b)): a == b
        case (.number(let a), .number(let b)): a.bitPattern == b.bitPattern
        case (.single(let a), .single(let b)): a.bitPattern == b.bitPattern
        case (.flag(let a), .flag(let b)): a == b
        case (.text(let a), .text(let b)): a == b
        case (.tensor(let a), .tensor(let b)): a.hasSameBits(as: b)
        case (.list(let a), .list(let b)): a == b
        case (.record(let a), .record(let b)): a == b
        default: false
        }
    }
}

extension Tensor {
    fileprivate func hasSameBits(as other: Tensor) -> Bool {
        shape == other.shape
            && withUnsafeScalars { x in
                other.withUnsafeScalars { y in x.elementsEqual(y) { $0.bitPattern == $1.bitPattern } }
            }
    }
}
