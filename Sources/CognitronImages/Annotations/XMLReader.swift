import Cognitron
import CognitronData

/// An element of an XML file, with its text and its sub-elements. Attributes are not kept.
struct XMLNode {
    let name: String
    var text = ""
    var children: [XMLNode] = []

    func all(_ name: String) -> [XMLNode] { children.filter { $0.name == name } }

    /// The first sub-element of that name.
    subscript(name: String) -> XMLNode? { children.first { $0.name == name } }
}

/// Reads XML files of annotations: elements, text, comments and the five entities that XML knows. Document
/// types, with which files can define further ones that grow without bound, are refused.
///
/// - Source: W3C, "Extensible Markup Language (XML) 1.0".
struct XMLReader {
    private let bytes: [UInt8]
    private let file: String
    private var position = 0
    /// The elements that are open.
    private var open: [XMLNode] = []

    static let byteLimit = 1 << 24
    private static let depthLimit = 64

    /// The outermost element.
    static func read(_ bytes: [UInt8], _ file: String) throws -> XMLNode {
        _ = try ClassNames.text(bytes, file)
        var reader = XMLReader(bytes: bytes, file: file)
        return try reader.document()
    }

    private init(bytes: [UInt8], file: String) { (self.bytes, self.file) = (bytes, file) }

    private mutating func document() throws -> XMLNode {
        var root: XMLNode?
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { position = 3 }
        while position < bytes.count {
            guard bytes[position] == UInt8(ascii: "<") else {
                try text()
                continue
            }
            if try skip("<?", to: "?>") || skip("<!--", to: "-->") { continue }
            if follows("<![CDATA[") {
                position += 9
                try rawText()
                continue
            }
            guard !follows("<!") else {
                throw error("it has a document type", expected: "elements and text alone")
            }
            if follows("</") {
                if let outermost = try close() { root = outermost }
            } else {
                guard root == nil else { throw error("something follows the outermost element") }
                if let outermost = try begin() { root = outermost }
            }
        }
        guard let root, open.isEmpty else {
            throw error(open.last.map { "<\($0.name)> is not closed" } ?? "there is no element")
        }
        return root
    }

    // MARK: - Elements

    /// Reads `<name attributes>`; returns an outermost element without content.
    private mutating func begin() throws -> XMLNode? {
        position += 1
        let node = XMLNode(name: try name())
        guard open.count < Self.depthLimit else { throw error("elements are nested too deeply") }
        var quote: UInt8?
        while position < bytes.count {
            let byte = bytes[position]
            position += 1
            if let mark = quote {
                if byte == mark { quote = nil }
            } else if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") {
                quote = byte
            } else if byte == UInt8(ascii: ">") {
                open.append(node)
                return bytes[position - 2] == UInt8(ascii: "/") ? finish() : nil
            }
        }
        throw error("<\(node.name) does not end")
    }

    /// Reads `</name>`; returns the element if it is the outermost.
    private mutating func close() throws -> XMLNode? {
        position += 2
        let name = try name()
        guard try skip("", to: ">"), open.last?.name == name else {
            throw error("</\(name)> closes nothing", expected: open.last.map { "</\($0.name)>" })
        }
        return finish()
    }

    private mutating func finish() -> XMLNode? {
        let node = open.removeLast()
        guard let last = open.indices.last else { return node }
        open[last].children.append(node)
        return nil
    }

    private mutating func name() throws -> String {
        let start = position
        while position < bytes.count, !Self.endsName(bytes[position]) { position += 1 }
        guard position > start else { throw error("an element has no name") }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private static func endsName(_ byte: UInt8) -> Bool {
        byte <= 0x20 || byte == UInt8(ascii: ">") || byte == UInt8(ascii: "/") || byte == UInt8(ascii: "<")
    }

    // MARK: - Text

    private mutating func text() throws {
        let start = position
        while position < bytes.count, bytes[position] != UInt8(ascii: "<") { position += 1 }
        try append(Self.decoded(String(decoding: bytes[start..<position], as: UTF8.self)))
    }

    /// The text up to `]]>`, as it is.
    private mutating func rawText() throws {
        let start = position
        guard try skip("", to: "]]>") else { return }
        try append(String(decoding: bytes[start..<position - 3], as: UTF8.self))
    }

    private mutating func append(_ text: String) throws {
        guard let last = open.indices.last else {
            guard text.allSatisfy(\.isWhitespace) else { throw error("there is text outside of elements") }
            return
        }
        open[last].text += text
    }

    private static func decoded(_ text: String) -> String {
        guard text.contains("&") else { return text }
        // & last, so that &amp;lt; is not decoded twice.
        let entities = [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&apos;", "'"), ("&amp;", "&")]
        return entities.reduce(text) { $0.replacing($1.0, with: $1.1) }
    }

    // MARK: - Bytes

    private func follows(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

    /// Where `start` follows, moves behind the next `end`.
    private mutating func skip(_ start: String, to end: String) throws -> Bool {
        guard follows(start) else { return false }
        position += start.utf8.count
        while position < bytes.count {
            if follows(end) {
                position += end.utf8.count
                return true
            }
            position += 1
        }
        throw error("it ends before \(end)")
    }

    private func error(_ problem: String, expected: String? = nil) -> CognitronError {
        let line = 1 + bytes[..<min(position, bytes.count)].count { $0 == UInt8(ascii: "\n") }
        return CognitronError(
            .file, "\(file): line \(line)", "this is no valid XML: \(problem)", expected: expected,
            advice: "export the file again")
    }
}
