import Cognitron
import CognitronKernels
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Answers all requests of a server.
struct Responder: HTTPResponder {
    typealias Context = BasicRequestContext

    let settings: ServerSettings
    let shelf: ModelShelf
    let queue: PredictionQueue
    let metrics: ServerMetrics
    let state: ServerState
    let bodies: BodyReader

    init(
        _ settings: ServerSettings, _ shelf: ModelShelf, _ queue: PredictionQueue, _ metrics: ServerMetrics,
        _ state: ServerState
    ) {
        (self.settings, self.shelf, self.queue) = (settings, shelf, queue)
        (self.metrics, self.state) = (metrics, state)
        bodies = BodyReader(limit: settings.bodyLimit, memoryLimit: settings.memoryLimit)
    }

    func respond(to request: Request, context: Context) async throws -> Response {
        await reply(to: request).response(hasBody: request.method != .head)
    }

    /// The answer to a request, whatever happens.
    func reply(to request: Request) async -> Reply {
        let start = ContinuousClock.now
        let route = Route(request.uri.path)
        var reply: Reply
        do {
            reply = try await answer(request, route)
        } catch {
            reply = Reply(ServeError(error))
            // What is left of a large body is not worth reading.
            if Self.mayBeLarge(request) { reply.headers[.connection] = "close" }
        }
        switch route {
        case .predict(let model)?, .infer(let model)?:
            metrics.record(model, status: reply.status.code, ContinuousClock.now - start)
        default: break
        }
        return reply
    }

    private static func mayBeLarge(_ request: Request) -> Bool {
        guard let length = request.headers[.contentLength].flatMap({ Int($0) }) else {
            return request.headers[.transferEncoding] != nil
        }
        return length > 1 << 16
    }

    private func answer(_ request: Request, _ route: Route?) async throws -> Reply {
        guard let route else {
            throw ServeError(.notFound, "there is nothing at \(request.uri.path)")
        }
        guard route.methods.contains(request.method) else {
            let methods = route.methods.map(\.rawValue).joined(separator: ", ")
            throw ServeError(
                .methodNotAllowed, "\(request.method.rawValue) is not answered here; expected \(methods)",
                headers: [.allow: methods])
        }
        if route.needsKey { try requireKey(request) }
        switch route {
        case .page: return Page.html
        case .pageFile(let name): return name == "page.js" ? Page.script : Page.style
        case .live: return Reply(json: JSONWriter.object { $0.member("live", true) })
        case .ready: return try ready()
        case .metrics: return Reply(text: metrics.text(queueLength: queue.count), type: Self.metricsType)
        case .openAPI: return Reply(json: try OpenAPIDocument(shelf, hasKey: settings.apiKey != nil).json())
        case .latency: return latency
        case .models: return Reply(json: ModelListing(shelf).all)
        case .model(let name): return Reply(json: ModelListing(shelf).json(try model(name)))
        case .predict(let name): return try await predict(name, request)
        case .inferServer: return inferServer
        case .inferModel(let name): return Reply(json: InferReply(model: try model(name)).metadata)
        case .inferReady(let name):
            let name = try model(name).name
            return Reply(
                json: JSONWriter.object { json in
                    json.member("name", name)
                    json.member("ready", true)
                })
        case .infer(let name): return try await infer(name, request)
        }
    }

    private static let metricsType = "text/plain; version=0.0.4; charset=utf-8"

    // MARK: - Who may ask

    private func requireKey(_ request: Request) throws {
        guard let key = settings.apiKey else { return }
        let bearer = request.headers[.authorization].flatMap { value in
            value.lowercased().hasPrefix("bearer ") ? String(value.dropFirst(7)) : nil
        }
        guard let given = bearer ?? request.headers[Self.keyField], Self.areEqual(given, key) else {
            throw ServeError(
                .unauthorized, "the API key is missing or wrong; expected Authorization: Bearer KEY",
                headers: [.wwwAuthenticate: "Bearer"])
        }
    }

    private static let keyField = HTTPField.Name("X-API-Key") ?? .authorization

    /// Compares all bytes, so that the time does not tell how many are right.
    private static func areEqual(_ given: String, _ key: String) -> Bool {
        let (given, key) = (Array(given.utf8), Array(key.utf8))
        guard given.count == key.count else { return false }
        return zip(given, key).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
    }

    // MARK: - Predictions

    private func model(_ name: String) throws -> ServedModel {
        guard let model = shelf[name] else { throw ServeError.noModel(name, known: shelf.names) }
        return model
    }

    private var deadline: Date { Date(timeIntervalSinceNow: settings.timeLimit) }

    private func predict(_ name: String, _ request: Request) async throws -> Reply {
        let (model, deadline) = (try model(name), deadline)
        var reply = PredictReply(model: model)
        try reply.read(request.uri.query)
        return try await bodies.withBody(of: request, deadline: deadline) { [reply] body in
            var reply = reply
            let content = try RequestContent.read(
                Array(body.readableBytesView), type: request.headers[.contentType])
            let wanted = try PredictRequest(content, for: model, pixelLimit: settings.pixelLimit)
            var answers: [Answer] = []
            for question in wanted.questions {
                answers.append(try await queue.ask(question, of: model, deadline: deadline))
            }
            reply.pictureShape = wanted.pictureShape
            if request.headers[.accept]?.contains("image/png") == true, let png = try reply.png(answers) {
                return Reply(ByteBuffer(bytes: png), type: "image/png")
            }
            return Reply(json: try reply.json(answers))
        }
    }

    private func infer(_ name: String, _ request: Request) async throws -> Reply {
        let (model, deadline) = (try model(name), deadline)
        let length = try request.headers[Self.jsonLength].map { value in
            guard let length = Int(value) else {
                throw ServeError(.badRequest, "\(Self.jsonLength): expected a whole number, got \(value)")
            }
            return length
        }
        return try await bodies.withBody(of: request, deadline: deadline) { body in
            let wanted = try InferRequest(
                Array(body.readableBytesView), headerLength: length, for: model)
            let answer = try await queue.ask(.tensors(wanted.inputs), of: model, deadline: deadline)
            guard case .tensors(let outputs) = answer else {
                throw ServeError(.internalServerError, "no tensors")
            }
            let (body, jsonLength) = InferReply(model: model).outputs(outputs, wanted)
            guard let jsonLength else { return Reply(json: body) }
            var reply = Reply(body, type: "application/octet-stream")
            reply.headers[Self.jsonLength] = "\(jsonLength)"
            return reply
        }
    }

    private static let jsonLength = HTTPField.Name("Inference-Header-Content-Length") ?? .contentLength

    // MARK: - The server itself

    private func ready() throws -> Reply {
        guard !state.isEnding else { throw ServeError.ending }
        return Reply(json: JSONWriter.object { $0.member("ready", true) })
    }

    private var inferServer: Reply {
        Reply(
            json: JSONWriter.object { json in
                json.member("name", "cognitron")
                json.member("version", ServerState.version)
                json.member("extensions", ["binary_tensor_data"]) { $0.text($1) }
            })
    }

    private var latency: Reply {
        Reply(
            json: JSONWriter.object { json in
                json.member("now", ServerMetrics.currentMinute)
                json.member("minutes", metrics.latency.lastHour(now: ServerMetrics.currentMinute)) {
                    json, minute in
                    json.object { json in
                        json.member("minute", minute.number)
                        json.member("requests", minute.requests)
                        json.member("errors", minute.errors)
                        json.member("median", Float(minute.median))
                        json.member("percentile99", Float(minute.percentile99))
                    }
                }
            })
    }
}

extension JSONWriter {
    /// An object by itself.
    static func object(_ members: (inout JSONWriter) -> Void) -> ByteBuffer {
        var json = JSONWriter()
        json.object(members)
        return json.buffer
    }
}

extension PredictReply {
    /// Takes what the query asks for: `top=3&threshold=0.4`.
    ///
    /// - Throws: `ServeError` where a number is none, or out of range.
    fileprivate mutating func read(_ query: String?) throws {
        for parameter in (query ?? "").split(separator: "&") {
            let parts = parameter.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let word = parts.count > 1 ? String(parts[1]) : ""
            switch parts[0] {
            case "top":
                guard let number = Int(word), (1...Self.mostClasses).contains(number) else {
                    throw ServeError(
                        .badRequest, "top: expected a whole number from 1 to \(Self.mostClasses), got \(word)"
                    )
                }
                top = number
            case "threshold":
                guard let number = Float(word), (0...1).contains(number) else {
                    throw ServeError(.badRequest, "threshold: expected a number from 0 to 1, got \(word)")
                }
                threshold = number
            default: continue
            }
        }
    }
}
