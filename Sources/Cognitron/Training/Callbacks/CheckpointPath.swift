import Foundation

/// A file name with placeholders for the epoch, batch and scores:
/// `model-{epoch:02d}-{val_loss:.2f}.safetensors`. Supports Python's `d` and `f` formats with width, zero
/// padding and decimals.
struct CheckpointPath {
    private let pattern: String

    private enum Part {
        case text(Substring)
        case placeholder(name: String, width: Int, isZeroPadded: Bool, decimals: Int?)
    }

    init(_ pattern: String) { self.pattern = pattern }

    /// Throws where a placeholder is invalid.
    func validate() throws { _ = try parts() }

    /// The scores in the placeholders; none where one is invalid, which `validate` throws.
    var scoreNames: [String] {
        guard let parts = try? parts() else { return [] }
        return parts.compactMap { part in
            if case .placeholder(let name, _, _, _) = part, !Self.counters.contains(name) {
                name
            } else {
                nil
            }
        }
    }

    /// The placeholders that are whole numbers.
    private static let counters = ["epoch", "batch"]

    /// The file name after a batch of an epoch.
    func filled(_ epoch: Int, batch: Int, _ scores: Scores) throws -> String {
        try parts().map { part in
            switch part {
            case .text(let text): String(text)
            case .placeholder("epoch", let width, let isZeroPadded, _):
                Self.pad("\(epoch)", width, isZeroPadded)
            case .placeholder("batch", let width, let isZeroPadded, _):
                Self.pad("\(batch)", width, isZeroPadded)
            case .placeholder(let name, let width, let isZeroPadded, let decimals):
                Self.pad(try Self.number(name, scores, decimals), width, isZeroPadded)
            }
        }.joined()
    }

    private static func number(_ name: String, _ scores: Scores, _ decimals: Int?) throws -> String {
        guard let value = scores[name] else {
            throw CognitronError(
                .argument, "ModelCheckpoint", "its path has a place for \(name), which is not measured",
                expected: "epoch, \(scores.names.joined(separator: ", "))", got: name)
        }
        return String(format: "%.\(decimals ?? 6)f", value)  // 6: Python's default
    }

    private static func pad(_ text: String, _ width: Int, _ isZeroPadded: Bool) -> String {
        let padding = String(repeating: isZeroPadded ? "0" : " ", count: max(0, width - text.count))
        return isZeroPadded && text.hasPrefix("-") ? "-" + padding + text.dropFirst() : padding + text
    }

    private func parts() throws -> [Part] {
        var parts: [Part] = []
        var rest = pattern[...]
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            parts.append(.text(rest[..<open]))
            guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}") else {
                throw invalid("a single brace")
            }
            parts.append(try placeholder(rest[rest.index(after: open)..<close]))
            rest = rest[rest.index(after: close)...]
        }
        return parts + [.text(rest)]
    }

    /// `epoch`, `epoch:02d`, `val_loss:.2f`.
    private func placeholder(_ text: Substring) throws -> Part {
        let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        let name = String(halves[0])
        guard
            let match = (halves.count > 1 ? halves[1] : "").wholeMatch(
                of: /(0?)([0-9]{0,2})(?:\.([0-9]{1,2}))?([df]?)/),
            name.wholeMatch(of: /[^{!\[]+/) != nil,
            Self.counters.contains(name) ? match.4 != "f" && match.3 == nil : match.4 != "d"
        else { throw invalid("{\(text)}") }
        return .placeholder(
            name: name, width: match.2.isEmpty ? 0 : try number(match.2, text),
            isZeroPadded: !match.1.isEmpty,
            decimals: try match.3.map { try number($0, text) })
    }

    private func number(_ digits: Substring, _ text: Substring) throws -> Int {
        guard let number = Int(digits) else { throw invalid("{\(text)}") }
        return number
    }

    private func invalid(_ what: String) -> CognitronError {
        CognitronError(
            .argument, "ModelCheckpoint", "its path has a place that cannot be filled in",
            expected: "such as {epoch}, {epoch:02d} or {val_loss:.2f}", got: what)
    }
}
