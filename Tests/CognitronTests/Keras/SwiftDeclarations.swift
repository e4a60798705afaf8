/// What Swift sources declare as public: types, with the parameters of their initializers, and their members.
///
/// Reads what docs/KERAS.md needs and no more: no operators, and of `let a, b` the first name.
struct SwiftDeclarations {
    struct Parameter: Equatable {
        /// The argument's label, or the name within the function where there is none.
        let name: String
        let isLabelled: Bool
        let type: String
        var defaultValue: String?
    }

    /// The parameters of every initializer of a type (under `Dense`) and of every form of a member (under
    /// `Loss.huber`; none for a property). Types without a public initializer have an empty list.
    private(set) var signatures: [String: [[Parameter]]] = [:]
    /// What a property gives to the function of its name: 1 for delta in `static let huber = huber(delta:
    /// 1)`.
    private var given: [String: [String: String]] = [:]

    init(sources: [String]) {
        for source in sources {
            var file = SwiftFile(source)
            file.read(into: &self)
        }
        for (key, values) in given {
            signatures[key] = signatures[key]?.map { parameters in
                parameters.map { parameter in
                    var parameter = parameter
                    parameter.defaultValue = parameter.defaultValue ?? values[parameter.name]
                    return parameter
                }
            }
        }
    }

    fileprivate mutating func add(type: String) { signatures[type, default: []] += [] }

    fileprivate mutating func add(_ key: String, _ parameters: [Parameter]) {
        signatures[key, default: []].append(parameters)
    }

    fileprivate mutating func add(given values: [Parameter], to key: String) {
        given[key] = Dictionary(values.map { ($0.name, $0.type) }) { first, _ in first }
    }
}

/// One file on its way through `SwiftDeclarations`.
private struct SwiftFile {
    private let bytes: [UInt8]
    private let tokens: [SwiftToken]
    /// For each open brace, the type whose body it opens; nil for bodies of functions and the like.
    private var owners: [String?] = []

    init(_ source: String) {
        bytes = Array(SourceTree.code(in: source, keepingStrings: true).utf8)
        tokens = SwiftToken.all(in: bytes)
    }

    mutating func read(into found: inout SwiftDeclarations) {
        var nextOwner: String?
        for index in tokens.indices {
            let token = tokens[index].text
            switch token {
            case "{":
                owners.append(nextOwner)
                nextOwner = nil
            case "}": owners.removeLast()
            case "class", "struct", "enum", "protocol", "extension":
                guard isOutsideFunctions, let name = typeName(at: index + 1) else { continue }
                nextOwner = name
                if isPublic(index) { found.add(type: name) }
            case "init", "func", "let", "var":
                guard isOutsideFunctions, isPublic(index), let owner = owners.last ?? nil else { continue }
                readMember(at: index, of: owner, into: &found)
            default: continue
            }
        }
    }

    private var isOutsideFunctions: Bool { owners.allSatisfy { $0 != nil } }

    /// The last part of a name such as `Safetensors.Header`; nil where no type is declared (`class func`).
    private func typeName(at start: Int) -> String? {
        guard start < tokens.count, tokens[start].text.first?.isUppercase ?? false else { return nil }
        var index = start
        while index + 2 < tokens.count, tokens[index + 1].text == "." { index += 2 }
        return tokens[index].text
    }

    private func isPublic(_ index: Int) -> Bool {
        let modifiers: Set = [
            "public", "open", "static", "final", "convenience", "required", "override", "mutating",
            "nonisolated", "indirect", "private", "package", "(", "set", ")",
        ]
        return tokens[..<index].reversed().prefix { modifiers.contains($0.text) }.contains {
            $0.text == "public" || $0.text == "open"
        }
    }

    private func readMember(at index: Int, of owner: String, into found: inout SwiftDeclarations) {
        let (keyword, rest) = (tokens[index].text, tokens[(index + 1)...])
        if keyword == "init" || keyword == "func" {
            let key = keyword == "init" ? owner : "\(owner).\(rest.first?.text ?? "")"
            if let opening = rest.firstIndex(where: { $0.text == "(" }) {
                found.add(key, parameters(from: opening))
            }
        } else if let name = rest.first?.text {
            found.add("\(owner).\(name)", [])
            if rest.dropFirst().prefix(3).map(\.text) == ["=", name, "("] {
                found.add(given: parameters(from: index + 4), to: "\(owner).\(name)")
            }
        }
    }

    /// The parameters, or the arguments, between the bracket at `opening` and the one that closes it.
    private func parameters(from opening: Int) -> [SwiftDeclarations.Parameter] {
        var (parts, start, depth, index) = ([Range<Int>](), opening + 1, 0, opening)
        while index < tokens.count {
            depth += tokens[index].nesting
            if depth == 0 || (depth == 1 && tokens[index].text == ",") {
                parts.append(start..<index)
                start = index + 1
            }
            if depth == 0 { break }
            index += 1
        }
        return parts.compactMap(parameter)
    }

    private func parameter(_ range: Range<Int>) -> SwiftDeclarations.Parameter? {
        guard let colon = range.first(where: { tokens[$0].text == ":" }) else { return nil }
        let names = tokens[range.lowerBound..<colon].map(\.text).filter { !$0.hasPrefix("@") }
        guard let label = names.first, let name = names.last else { return nil }
        let equals = (colon..<range.upperBound).first { tokens[$0].text == "=" } ?? range.upperBound
        return SwiftDeclarations.Parameter(
            name: label == "_" ? name : label, isLabelled: label != "_", type: text(colon + 1..<equals),
            defaultValue: equals < range.upperBound ? text(equals + 1..<range.upperBound) : nil)
    }

    private func text(_ range: Range<Int>) -> String {
        guard let first = tokens[range].first, let last = tokens[range].last else { return "" }
        return String(decoding: bytes[first.range.lowerBound..<last.range.upperBound], as: UTF8.self)
    }
}
