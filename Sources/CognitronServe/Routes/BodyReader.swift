import CognitronKernels
import Foundation
import HTTPTypes
import Hummingbird
import NIOCore

/// Reads bodies of requests within limits of size, time, and memory of all together.
final class BodyReader: Sendable {
    private let limit: Int
    private let memoryLimit: Int
    private let used = Locked(0)

    init(limit: Int, memoryLimit: Int) { (self.limit, self.memoryLimit) = (limit, memoryLimit) }

    /// Reads a body and answers it; its bytes count as used until then.
    ///
    /// - Throws: `ServeError` beyond a limit, and what `body` throws.
    func withBody<Result: Sendable>(
        of request: Request, deadline: Date, _ body: (ByteBuffer) async throws -> Result
    ) async throws -> Result {
        let announced = request.headers[.contentLength].flatMap { Int($0) }
        if let announced, announced > limit { throw ServeError.tooLarge(limit) }
        var share = Share(reader: self)
        defer { share.release() }
        try share.grow(to: announced ?? 0)
        var buffer = ByteBuffer()
        for try await var part in request.body {
            let count = buffer.readableBytes + part.readableBytes
            guard count <= limit else { throw ServeError.tooLarge(limit) }
            guard Date() < deadline else { throw ServeError.tooSlow }
            try share.grow(to: count)
            if buffer.readableBytes == 0 { buffer = part } else { buffer.writeBuffer(&part) }
        }
        if let announced, announced != buffer.readableBytes {
            throw ServeError(.badRequest, "the body ended early", headers: [.connection: "close"])
        }
        return try await body(buffer)
    }

    /// The part of the memory that one body uses.
    private struct Share {
        let reader: BodyReader
        var bytes = 0

        mutating func grow(to count: Int) throws {
            guard count > bytes else { return }
            let more = count - bytes
            let fits = reader.used.withLock { used in
                guard used + more <= reader.memoryLimit else { return false }
                used += more
                return true
            }
            guard fits else { throw ServeError.noMemory }
            bytes = count
        }

        func release() { reader.used.withLock { $0 -= bytes } }
    }
}
