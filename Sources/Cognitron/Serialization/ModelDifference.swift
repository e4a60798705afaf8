import Foundation

/// Where two model files differ: in their layers, in what else they say, and in their numbers.
///
///     let difference = try ModelDifference("a.safetensors", "b.safetensors")
///     for line in difference.lines { print(line) }
public struct ModelDifference: Sendable, Equatable {
    /// A line for each difference; none where the files say the same.
    public private(set) var lines: [String] = []

    public var isEmpty: Bool { lines.isEmpty }

    /// - Throws: `CognitronError` where a file cannot be read.
    public init(_ first: String, _ second: String) throws {
        let (a, b) = (try Safetensors(contentsOf: first), try Safetensors(contentsOf: second))
        for key in Set(a.metadata.keys).union(b.metadata.keys).sorted() {
            compare(key, a.metadata[key], b.metadata[key])
        }
        for name in Set(a.tensors.keys).union(b.tensors.keys).sorted() {
            compare(name, a.tensors[name], b.tensors[name])
        }
    }

    private mutating func compare(_ key: String, _ first: String?, _ second: String?) {
        guard first != second else { return }
        guard let first, let second else {
            return lines.append("\(key): only in the \(first == nil ? "second" : "first")")
        }
        let parsed = [first, second].map {
            try? JSONSerialization.jsonObject(with: Data($0.utf8), options: .fragmentsAllowed)
        }
        guard let a = parsed[0], let b = parsed[1], !(a is String) else {
            return lines.append("\(key): \(Self.short(first)) and \(Self.short(second))")
        }
        compare(key, json: a, b)
    }

    /// Compares values of JSON; names of layers say more than their numbers.
    private mutating func compare(_ place: String, json first: Any, _ second: Any) {
        if let first = first as? [String: Any], let second = second as? [String: Any] {
            for key in Set(first.keys).union(second.keys).sorted() {
                compare("\(place).\(key)", json: first[key] ?? "none", second[key] ?? "none")
            }
        } else if let first = first as? [Any], let second = second as? [Any], first.count == second.count {
            for (index, pair) in zip(first, second).enumerated() {
                compare("\(place)[\(index)]", json: pair.0, pair.1)
            }
        } else if "\(first)" != "\(second)" {
            lines.append("\(place): \(Self.short("\(first)")) and \(Self.short("\(second)"))")
        }
    }

    private mutating func compare(_ name: String, _ first: Tensor?, _ second: Tensor?) {
        guard let first, let second else {
            let shape = (first ?? second)?.shape ?? []
            return lines.append("\(name) \(shape): only in the \(first == nil ? "second" : "first")")
        }
        guard first.shape == second.shape else {
            return lines.append("\(name): \(first.shape) and \(second.shape)")
        }
        // By bits: NaN differs from no NaN, and a file's zero from its negative.
        var (count, largest): (Int, Float) = (0, 0)
        for (a, b) in zip(first.scalars, second.scalars) where a.bitPattern != b.bitPattern {
            count += 1
            largest = max(largest, abs(a - b))
        }
        guard count > 0 else { return }
        lines.append("\(name) \(first.shape): \(count) of \(first.count) numbers, by up to \(largest)")
    }

    private static func short(_ text: String) -> String {
        let line = text.split(whereSeparator: \.isNewline).joined(separator: " ")
        return line.count > 60 ? "\(line.prefix(60))…" : line
    }
}
