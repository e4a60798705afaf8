import Cognitron
import CognitronData
import CognitronImages

/// What the body of a request is.
enum RequestContent {
    /// The bytes of a picture's file.
    case picture([UInt8])
    /// The bytes of a `.npy` file.
    case array([UInt8])
    case json([UInt8])
    /// The bytes of a CSV file.
    case table([UInt8])
    case text(String)

    /// Finds out by the first bytes, and where those do not tell by the type: what tools send as a file often
    /// has the type of a form.
    ///
    /// - Parameter type: the header field `Content-Type`; nil where there is none.
    /// - Throws: `ServeError` where it is nothing that is read.
    init(_ body: [UInt8], type: String?) throws {
        let type = type.map { HeaderValue($0) }?.value ?? ""
        if type == "multipart/form-data" {
            throw ServeError(.unsupportedMediaType, "a form within a form is not read")
        }
        guard !body.isEmpty else {
            throw ServeError(.badRequest, "the body is empty; expected a picture, JSON or a .npy file")
        }
        switch type {
        case "application/json": self = .json(body)
        case "text/csv": self = .table(body)
        case "text/plain" where !Self.isPicture(body):
            guard let text = String(validating: body, as: UTF8.self) else {
                throw ServeError(.badRequest, "the text is not UTF-8")
            }
            self = .text(text)
        default: self = try Self.sniffed(body, type)
        }
    }

    private static func sniffed(_ body: [UInt8], _ type: String) throws -> RequestContent {
        if body.starts(with: [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59]) || type == "application/x-npy" {
            return .array(body)
        }
        if isPicture(body) || type.hasPrefix("image/") { return .picture(body) }
        let first = body.first { $0 != 0x20 && $0 != 0x0A && $0 != 0x0D && $0 != 0x09 }
        if first == UInt8(ascii: "{") || first == UInt8(ascii: "[") { return .json(body) }
        throw ServeError(
            .unsupportedMediaType,
            "the body is nothing that is read; expected a picture (PNG, JPEG, WebP, BMP), JSON or a .npy file"
                + (type.isEmpty ? "" : ", got \(type)"))
    }

    /// Whether the body starts as the files do that are read.
    private static func isPicture(_ body: [UInt8]) -> Bool {
        body.starts(with: [0x89, 0x50, 0x4E, 0x47]) || body.starts(with: [0xFF, 0xD8, 0xFF])
            || body.starts(with: "BM".utf8)
            || body.starts(with: "RIFF".utf8) && body.dropFirst(8).starts(with: "WEBP".utf8)
    }

    /// The content of a request's body, of a form its file.
    ///
    /// - Throws: `ServeError` or `CognitronError` where it cannot be read.
    static func read(_ body: [UInt8], type: String?) throws -> RequestContent {
        guard let type, HeaderValue(type).value == "multipart/form-data" else {
            return try RequestContent(body, type: type)
        }
        let form = try Multipart(body, type: type)
        guard let file = form.parts.first(where: { $0.name == "file" }) ?? form.parts.first else {
            throw ServeError(.badRequest, "the form has no part called file")
        }
        // The type that a client guesses from the file's name may be wrong.
        let known = file.type.flatMap { ["application/json", "text/csv"].contains($0) ? $0 : nil }
        return try RequestContent(Array(file.content), type: known)
    }
}
