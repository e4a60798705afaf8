import Cognitron

/// The parts of a form with files, `multipart/form-data`.
///
/// - Source: RFC 7578, RFC 2046 section 5.1.
struct Multipart {
    struct Part: Equatable {
        let name: String
        let fileName: String?
        let type: String?
        let content: ArraySlice<UInt8>
    }

    let parts: [Part]

    private static let mostParts = 64
    private static let mostHeaderBytes = 8192

    /// - Parameter type: the whole header field `Content-Type`.
    /// - Throws: `CognitronError.data` where the body is no such form.
    init(_ body: [UInt8], type: String) throws {
        guard let boundary = HeaderValue(type)["boundary"], (1...70).contains(boundary.utf8.count) else {
            throw CognitronError(
                .data, "the form", "has no boundary", expected: "multipart/form-data; boundary=…", got: type)
        }
        let delimiter = Array("--\(boundary)".utf8)
        guard var at = body.firstRange(of: delimiter, from: 0)?.upperBound else { throw Self.damaged }
        let separator = [0x0D, 0x0A] + delimiter
        var parts: [Part] = []
        while !body[at...].starts(with: "--".utf8) {
            guard parts.count < Self.mostParts, let start = Self.lineEnd(body, at),
                let end = body.firstRange(of: separator, from: start - 2)
            else { throw Self.damaged }
            parts.append(try Self.part(body, start, end.lowerBound))
            at = end.upperBound
        }
        self.parts = parts
    }

    private static var damaged: CognitronError {
        CognitronError(
            .data, "the form", "is cut off or damaged",
            expected: "at most \(mostParts) parts between lines of the boundary")
    }

    /// The first byte behind the rest of a line, which is spaces.
    private static func lineEnd(_ body: [UInt8], _ start: Int) -> Int? {
        var at = start
        while at < body.count, body[at] == 0x20 || body[at] == 0x09 { at += 1 }
        return body[at...].starts(with: [0x0D, 0x0A]) ? at + 2 : nil
    }

    private static func part(_ body: [UInt8], _ start: Int, _ end: Int) throws -> Part {
        let blank: [UInt8] = [0x0D, 0x0A, 0x0D, 0x0A]
        // A part without header fields starts with the blank line.
        let from = body[start...].starts(with: [0x0D, 0x0A]) ? start - 2 : start
        guard let gap = body.firstRange(of: blank, from: from), gap.upperBound <= end,
            gap.lowerBound - start <= mostHeaderBytes
        else { throw damaged }
        var (name, fileName, type): (String?, String?, String?) = (nil, nil, nil)
        if gap.lowerBound > start {
            let lines = String(decoding: body[start..<gap.lowerBound], as: UTF8.self).split(separator: "\r\n")
            for line in lines {
                let field = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
                guard field.count == 2 else { throw damaged }
                let value = HeaderValue(String(field[1]))
                switch field[0].lowercased() {
                case "content-disposition": (name, fileName) = (value["name"], value["filename"])
                case "content-type": type = value.value
                default: continue
                }
            }
        }
        guard let name else {
            throw CognitronError(
                .data, "the form", "has a part without a name",
                expected: "Content-Disposition: form-data; name=\"file\"")
        }
        return Part(name: name, fileName: fileName, type: type, content: body[gap.upperBound..<end])
    }
}

/// The value of a header field with its parameters: `text/plain; charset="utf-8"`.
struct HeaderValue {
    /// In lower case, without the parameters.
    let value: String
    private var parameters: [String: String] = [:]

    init(_ text: String) {
        var rest = text[...]
        value = String(rest.prefix { $0 != ";" }).trimmed.lowercased()
        rest = rest.drop { $0 != ";" }
        while rest.first == ";" {
            rest = rest.dropFirst()
            let name = String(rest.prefix { $0 != "=" && $0 != ";" })
            rest = rest.dropFirst(name.count)
            guard rest.first == "=" else { continue }
            rest = rest.dropFirst().drop { $0 == " " }
            parameters[name.trimmed.lowercased()] = Self.value(&rest)
        }
    }

    subscript(_ name: String) -> String? { parameters[name] }

    private static func value(_ rest: inout Substring) -> String {
        guard rest.first == "\"" else {
            let value = rest.prefix { $0 != ";" }
            rest = rest.dropFirst(value.count)
            return String(value).trimmed
        }
        var value = ""
        rest = rest.dropFirst()
        while let character = rest.popFirst(), character != "\"" {
            if character == "\\", let next = rest.popFirst() {
                value.append(next)
            } else {
                value.append(character)
            }
        }
        rest = rest.drop { $0 != ";" }
        return value
    }
}

extension String {
    fileprivate var trimmed: String {
        String(drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}

extension [UInt8] {
    /// Where bytes first occur, at a place or behind it.
    fileprivate func firstRange(of wanted: [UInt8], from start: Int) -> Range<Int>? {
        guard let first = wanted.first, start >= 0 else { return nil }
        var at = start
        while at + wanted.count <= count, let next = self[at...].firstIndex(of: first) {
            guard next + wanted.count <= count else { return nil }
            if self[next..<next + wanted.count].elementsEqual(wanted) { return next..<next + wanted.count }
            at = next + 1
        }
        return nil
    }
}
