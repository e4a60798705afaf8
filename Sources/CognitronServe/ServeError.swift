import Cognitron
import HTTPTypes

/// What is answered instead of a prediction.
struct ServeError: Error, Equatable {
    let status: HTTPResponse.Status
    let message: String
    /// Header fields of the answer beside the usual ones.
    var headers: HTTPFields = [:]

    init(_ status: HTTPResponse.Status, _ message: String, headers: HTTPFields = [:]) {
        (self.status, self.message, self.headers) = (status, message, headers)
    }

    /// An error of any part: what a request's body causes is the client's.
    init(_ error: any Error) {
        switch error {
        case let error as ServeError: self = error
        case let error as CognitronError where error.kind != .model: self.init(.badRequest, "\(error)")
        default: self.init(.internalServerError, "\(error)")
        }
    }

    static func noModel(_ name: String, known: [String]) -> ServeError {
        ServeError(
            .notFound, "there is no model \"\(name)\"; expected one of \(known.joined(separator: ", "))")
    }

    static func tooLarge(_ limit: Int) -> ServeError {
        ServeError(
            .contentTooLarge, "the body is too large; expected at most \(limit) bytes",
            headers: [.connection: "close"])
    }

    static let tooSlow = ServeError(
        .requestTimeout, "the body took too long to arrive", headers: [.connection: "close"])

    static let queueFull = ServeError(
        .tooManyRequests, "too many requests wait for their prediction; try again later",
        headers: [.retryAfter: "1"])

    static let noMemory = ServeError(
        .serviceUnavailable, "too many bodies are read at a time; try again later",
        headers: [.retryAfter: "1", .connection: "close"])

    static let tooLate = ServeError(.gatewayTimeout, "the prediction took too long")

    static let ending = ServeError(
        .serviceUnavailable, "the server is ending", headers: [.connection: "close"])
}
