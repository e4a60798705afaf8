import HTTPTypes
import Hummingbird
import NIOCore

/// An answer to a request of HTTP.
struct Reply: Sendable {
    var status: HTTPResponse.Status = .ok
    var headers: HTTPFields
    var body: ByteBuffer

    init(_ body: ByteBuffer, type: String) {
        self.body = body
        headers = [.contentType: type]
    }

    init(json: ByteBuffer) { self.init(json, type: "application/json") }

    init(text: String, type: String) { self.init(ByteBuffer(string: text), type: type) }

    /// `{"error": "…"}`, as KServe's protocol has it.
    init(_ error: ServeError) {
        var json = JSONWriter()
        json.object { $0.member("error", error.message) }
        self.init(json: json.buffer)
        status = error.status
        for field in error.headers { headers[field.name] = field.value }
    }

    /// - Parameter hasBody: false for the answer to HEAD.
    func response(hasBody: Bool) -> Response {
        var headers = headers
        headers[.contentLength] = String(body.readableBytes)
        return Response(
            status: status, headers: headers, body: hasBody ? ResponseBody(byteBuffer: body) : ResponseBody())
    }
}
