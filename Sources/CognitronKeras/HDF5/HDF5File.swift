import Cognitron
import Foundation

/// An HDF5 file of weights, as h5py and Keras write it: groups and arrays by name.
///
/// Reads superblocks 0, 2 and 3; object headers 1 and 2; symbol tables and link messages; arrays in one
/// place, or in chunks (B-tree 1, deflate, shuffle); numbers and texts. The tree of names is read at once,
/// numbers when they are asked for. Memory: 16 bytes for each of the file's for the tree, and see
/// `HDF5Bytes.largestExpansion` for numbers.
///
/// - Source: The HDF Group, "HDF5 File Format Specification Version 3.0".
struct HDF5File {
    let root: HDF5Group
    let bytes: HDF5Bytes
    let texts: HDF5Texts

    static let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]

    /// - Throws: `CognitronError` of kind `.file` where it is missing, damaged, or of a form that is not
    ///   read; the message names the byte.
    init(contentsOf path: String) throws {
        if let obstacle = CognitronError.obstacle(toReading: path) { throw obstacle }
        do {
            let data = try Data(contentsOf: URL(fileURLWithPath: path), options: .mappedIfSafe)
            try self.init(data, path)
        } catch let error as CognitronError {
            throw error
        } catch {
            throw CognitronError(.file, path, "cannot be read", advice: "check its permissions")
        }
    }

    /// - Parameter path: the file's, for messages.
    init(_ data: Data, _ path: String) throws {
        bytes = HDF5Bytes(data, path)
        texts = HDF5Texts(bytes)
        guard data.starts(with: Self.signature) else {
            throw CognitronError(
                .file, path, "is no HDF5 file", expected: "the first bytes 89 48 44 46 0D 0A 1A 0A",
                got: data.isEmpty ? "an empty file" : "others", advice: "take another copy")
        }
        var tree = HDF5Tree(bytes)
        let object = try tree.object(at: try Self.rootAddress(bytes), path: "", depth: 0)
        guard case .group(let root) = object else {
            throw CognitronError.damaged(path, "its root is no group")
        }
        self.root = root
    }

    private static func rootAddress(_ bytes: HDF5Bytes) throws -> Int {
        var start = try bytes.cursor(at: 8, count: min(88, bytes.count - 8), "the superblock")
        let version = try start.version(0...3)
        if version < 2 { try start.skip(4) }
        let sizes = (offsets: try start.byte(), lengths: try start.byte())
        guard sizes == (8, 8) else {
            throw bytes.error(
                at: 8, "addresses of another size", expected: "8 bytes",
                got: "\(sizes.offsets) and \(sizes.lengths)")
        }
        switch version {
        case 0: try start.skip(9)
        case 1: try start.skip(13)
        default: try start.skip(1)
        }
        let base = try start.unsigned(8)
        try start.skip(8)
        let end = try start.unsigned(8)
        guard base == 0, end <= UInt64(bytes.count) else {
            throw bytes.error(
                at: 8, base == 0 ? "the file is cut off" : "the file begins within another",
                expected: "\(end) bytes from byte 0", got: "\(bytes.count) bytes from byte \(base)")
        }
        // The root's symbol table entry has the offset of its name first.
        if version < 2 { try start.skip(16) }
        return try start.definedAddress()
    }
}

/// A group or an array.
enum HDF5Object {
    case group(HDF5Group)
    case dataset(HDF5Dataset)
}

final class HDF5Group {
    /// The place in the file: `layers/dense/vars`, empty for the root.
    let path: String
    /// In the order of the file: that of the names.
    let members: [(name: String, object: HDF5Object)]
    let attributes: [HDF5Attribute]
    private let places: [String: Int]

    init(path: String, members: [(name: String, object: HDF5Object)], attributes: [HDF5Attribute]) {
        (self.path, self.members, self.attributes) = (path, members, attributes)
        places = Dictionary(members.enumerated().map { ($1.name, $0) }) { first, _ in first }
    }

    /// The member of a name, or of a path of names with slashes.
    subscript(path: some StringProtocol) -> HDF5Object? {
        guard let slash = path.firstIndex(of: "/") else {
            return places[String(path)].map { members[$0].object }
        }
        guard case .group(let group)? = self[path[..<slash]] else { return nil }
        return group[path[path.index(after: slash)...]]
    }

    func group(_ path: some StringProtocol) -> HDF5Group? {
        if case .group(let group)? = self[path] { group } else { nil }
    }

    func attribute(_ name: String) -> HDF5Attribute? { attributes.first { $0.name == name } }

    /// All arrays in this group and those inside it.
    var datasets: [HDF5Dataset] {
        members.flatMap { member in
            switch member.object {
            case .group(let group): group.datasets
            case .dataset(let dataset): [dataset]
            }
        }
    }
}

/// Reads the tree of objects.
private struct HDF5Tree {
    private let bytes: HDF5Bytes
    /// The headers read so far: an object of two names could make a circle.
    private var visited: Set<Int> = []

    private static let deepest = 64

    init(_ bytes: HDF5Bytes) { self.bytes = bytes }

    mutating func object(at address: Int, path: String, depth: Int) throws -> HDF5Object {
        guard visited.insert(address).inserted else {
            throw bytes.error(
                at: address, "\(path.quoted) is another name of an object that has one", expected: "one each",
                advice: "save the model with Keras, which gives each object one name")
        }
        guard depth <= Self.deepest else {
            throw bytes.error(
                at: address, "groups are nested too deeply", expected: "at most \(Self.deepest) levels")
        }
        let header = try HDF5ObjectHeader(bytes, at: address)
        if header.contains(HDF5ObjectHeader.Kind.layout) {
            return .dataset(try HDF5Dataset(header, bytes, path: path))
        }
        var names: Set<String> = []
        var members: [(String, HDF5Object)] = []
        for (name, address) in try HDF5Links(header, bytes).links {
            guard !name.isEmpty, !name.contains("/"), name != ".", name != "..", names.insert(name).inserted
            else {
                throw bytes.error(
                    at: address, "a name in \(path.quoted) is impossible",
                    expected: "names without slashes, each once", got: name.quoted)
            }
            let inner = path.isEmpty ? name : "\(path)/\(name)"
            try bytes.spend(inner.utf8.count, at: address, "a path")
            members.append((name, try object(at: address, path: inner, depth: depth + 1)))
        }
        let attributes = try header.all(HDF5ObjectHeader.Kind.attribute, "an attribute").map {
            var cursor = $0
            return try HDF5Attribute(&cursor)
        }
        return .group(HDF5Group(path: path, members: members, attributes: attributes))
    }
}
