import CognitronKernels
import Foundation

// State trees as JSON text and named tensors, for safetensors files.
//
// Integers, flags, texts, lists and records are JSON values. The others are objects with one key that starts
// with a dollar sign: {"$uint64": "18446744073709551615"}, {"$double": "0.1"}, {"$float": "-inf"},
// {"$tensor": "optimizer/0/mean"}. Finite numbers have the digits that identify them, NaN has its bits:
// "nan:7fc00000". In keys of records that start with a dollar sign, it is doubled.

extension StateTree {
    /// The structure as JSON text, which refers to the tensors by name, and the tensors. Equal trees give
    /// equal texts.
    ///
    /// - Parameter prefix: the prefix of the tensors' names, before a slash and their path in the tree.
    /// - Precondition: the tree is nested at most 64 deep.
    public func flattened(prefix: String) -> (json: String, tensors: [String: Tensor]) {
        var tensors: [String: Tensor] = [:]
        let node = StateNode(self, prefix, &tensors)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let data: Data
        do {
            data = try encoder.encode(node)
        } catch {
            // Cannot happen: JSON can encode integers, flags and texts.
            fail("a state that cannot be written: \(error)")
        }
        return (String(decoding: data, as: UTF8.self), tensors)
    }

    /// Restores the tree from the result of `flattened`.
    ///
    /// - Parameter tensors: the tensors by name; others are ignored.
    /// - Throws: `CognitronError` of kind `.file` where the text is not such a tree, is nested more than 64
    ///   deep, or refers to a tensor that is missing.
    public init(json: String, tensors: [String: Tensor]) throws {
        let node: StateNode
        do {
            node = try JSONDecoder().decode(StateNode.self, from: Data(json.utf8))
        } catch let error as CognitronError {
            throw error
        } catch {
            throw Self.damaged("its text is no JSON of a state")
        }
        self = try node.tree(tensors)
    }

    /// The largest nesting depth: recursion over deeper text could overflow the stack.
    fileprivate static let deepest = 64

    fileprivate static func damaged(_ problem: String, got received: String? = nil) -> CognitronError {
        CognitronError(
            .file, "state", problem, got: received, advice: "the file is damaged: take another copy")
    }
}

/// A state tree in its JSON form.
private enum StateNode: Codable {
    case integer(Int)
    case flag(Bool)
    case text(String)
    case list([StateNode])
    case record([String: StateNode])

    private static let uint64 = "$uint64"
    private static let double = "$double"
    private static let float = "$float"
    private static let tensor = "$tensor"

    init(_ tree: StateTree, _ path: String, _ tensors: inout [String: Tensor]) {
        switch tree {
        case .integer(let value): self = .integer(value)
        case .flag(let value): self = .flag(value)
        case .text(let value): self = .text(value)
        case .unsigned(let value): self = .tagged(Self.uint64, "\(value)")
        case .number(let value): self = .tagged(Self.double, value.exactText)
        case .single(let value): self = .tagged(Self.float, value.exactText)
        case .tensor(let value):
            // Keys may contain slashes, so two tensors can have the same path.
            var (name, copies) = (path, 1)
            while tensors[name] != nil {
                copies += 1
                name = "\(path)#\(copies)"
            }
            tensors[name] = value
            self = .tagged(Self.tensor, name)
        case .list(let trees):
            var nodes: [StateNode] = []
            for (i, tree) in trees.enumerated() { nodes.append(StateNode(tree, "\(path)/\(i)", &tensors)) }
            self = .list(nodes)
        case .record(let record):
            var nodes: [String: StateNode] = [:]
            for (key, tree) in record.sorted(by: { $0.key < $1.key }) {
                let escaped = key.hasPrefix("$") ? "$" + key : key
                nodes[escaped] = StateNode(tree, "\(path)/\(key)", &tensors)
            }
            self = .record(nodes)
        }
    }

    private static func tagged(_ tag: String, _ text: String) -> StateNode { .record([tag: .text(text)]) }

    func tree(_ tensors: [String: Tensor]) throws -> StateTree {
        switch self {
        case .integer(let value): return .integer(value)
        case .flag(let value): return .flag(value)
        case .text(let value): return .text(value)
        case .list(let nodes): return .list(try nodes.map { try $0.tree(tensors) })
        case .record(let nodes):
            let tag = nodes.keys.first { $0.hasPrefix("$") && !$0.hasPrefix("$$") }
            if let tag { return try Self.untagged(tag, nodes, tensors) }
            var record: [String: StateTree] = [:]
            for (key, node) in nodes {
                record[key.hasPrefix("$") ? String(key.dropFirst()) : key] = try node.tree(tensors)
            }
            return .record(record)
        }
    }

    private static func untagged(
        _ tag: String, _ nodes: [String: StateNode], _ tensors: [String: Tensor]
    ) throws -> StateTree {
        guard nodes.count == 1, case .text(let text)? = nodes[tag] else {
            throw StateTree.damaged("\(tag) does not hold one text")
        }
        let tree: StateTree? =
            switch tag {
            case uint64: UInt64(text).map { .unsigned($0) }
            case double: Double(exactText: text).map { .number($0) }
            case float: Float(exactText: text).map { .single($0) }
            case tensor: tensors[text].map { .tensor($0) }
            default: nil
            }
        guard let tree else {
            throw StateTree.damaged(
                tag == tensor ? "a tensor is missing" : "\(tag) holds no such value", got: text)
        }
        return tree
    }

    // MARK: Codable

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .integer(let value): try container.encode(value)
        case .flag(let value): try container.encode(value)
        case .text(let value): try container.encode(value)
        case .list(let value): try container.encode(value)
        case .record(let value): try container.encode(value)
        }
    }

    init(from decoder: any Decoder) throws {
        guard decoder.codingPath.count <= StateTree.deepest else {
            throw StateTree.damaged("it is nested more than \(StateTree.deepest) deep")
        }
        let container = try decoder.singleValueContainer()
        // Each `try?` tests for a type; the last one throws.
        if let value = try? container.decode(Bool.self) {
            self = .flag(value)
        } else if let value = try? container.decode(Int.self) {
            self = .integer(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if var list = try? decoder.unkeyedContainer() {
            var nodes: [StateNode] = []
            while !list.isAtEnd { nodes.append(try list.decode(StateNode.self)) }
            self = .list(nodes)
        } else {
            self = .record(try container.decode([String: StateNode].self))
        }
    }
}

extension BinaryFloatingPoint where Self: LosslessStringConvertible & CustomStringConvertible & ExactBits {
    /// Decimal digits that identify the number, or the bits of a NaN.
    fileprivate var exactText: String {
        isNaN ? "nan:" + String(UInt64(bits), radix: 16) : description
    }

    fileprivate init?(exactText text: String) {
        guard text.hasPrefix("nan:") else {
            guard let value = Self(text), !value.isNaN else { return nil }
            self = value
            return
        }
        guard let bits = Bits(text.dropFirst(4), radix: 16) else { return nil }
        self.init(bits: bits)
        guard isNaN else { return nil }
    }
}

/// A number that can be made from its bits.
private protocol ExactBits {
    associatedtype Bits: FixedWidthInteger & UnsignedInteger
    var bits: Bits { get }
    init(bits: Bits)
}

extension Double: ExactBits {
    fileprivate var bits: UInt64 { bitPattern }
    fileprivate init(bits: UInt64) { self.init(bitPattern: bits) }
}

extension Float: ExactBits {
    fileprivate var bits: UInt32 { bitPattern }
    fileprivate init(bits: UInt32) { self.init(bitPattern: bits) }
}
