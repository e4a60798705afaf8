import Cognitron
import CognitronKernels
import Foundation
import Logging
import ServiceLifecycle
import Testing

@testable import CognitronServe

/// A server that listens on a port of its own, until the test's body ends.
private func withServer(
    _ change: (inout ServerSettings) throws -> Void = { _ in },
    _ body: @escaping @Sendable (_ port: Int, _ server: ModelServer) async throws -> Void
) async throws {
    let folder = try ServedFolder()
    var settings = ServerSettings()
    settings.models = [try folder.classifier()]
    (settings.port, settings.drainTime) = (0, 0.1)
    try change(&settings)
    let server = try ModelServer(settings, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    let (ports, continuation) = AsyncStream<Int>.makeStream()
    let service = try server.application { port in continuation.yield(port) }
    let group = ServiceGroup(
        services: [service], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    try await withThrowingTaskGroup(of: Void.self) { tasks in
        tasks.addTask { try await group.run() }
        var iterator = ports.makeAsyncIterator()
        let port = try #require(await iterator.next())
        do {
            try await body(port, server)
        } catch {
            Issue.record(error)
        }
        await group.triggerGracefulShutdown()
        try await tasks.waitForAll()
    }
    server.queue.finish()
    withExtendedLifetime(folder) {}
}

@Suite("Connections", .serialized)
struct ConnectionTests {
    private static let path = "/v1/models/flowers/predict"
    private static let request = RawClient.post(path, json: #"{"inputs": [1, 0, 2, 0.5]}"#)

    /// Blocking reads, off Swift's pool.
    private static func apart<Value: Sendable>(_ body: @escaping @Sendable () throws -> Value) async throws
        -> Value
    {
        try await withCheckedThrowingContinuation { continuation in
            Thread.detachNewThread { continuation.resume(with: Result { try body() }) }
        }
    }

    @Test("Several requests on one connection, also sent together, are answered in their order")
    func keepAlive() async throws {
        try await withServer { port, _ in
            let text = try await Self.apart {
                let client = try RawClient(port: port)
                client.send(Self.request + Self.request)
                client.send("GET /health/live HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                return client.receiveAll()
            }
            #expect(text.components(separatedBy: "HTTP/1.1 200 OK").count == 4)
            #expect(text.hasSuffix(#"{"live":true}"#))
        }
    }

    @Test("A client that asks whether to go on is told so, or that its body is too large")
    func expect() async throws {
        try await withServer { port, _ in
            let (go, large) = try await Self.apart {
                let client = try RawClient(port: port)
                let json = #"{"inputs": [1, 0, 2, 0.5]}"#
                let whole = RawClient.post(Self.path, json: json, "Expect: 100-continue\r\n")
                client.send(String(whole.dropLast(json.count)))
                let first = client.receive() ?? ""
                client.send(json)
                let other = try RawClient(port: port)
                other.send(
                    "POST \(Self.path) HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n"
                        + "Content-Length: 104857600\r\n\r\n")
                return (first + client.receiveAnswer(), other.receiveAll())
            }
            #expect(go.hasPrefix("HTTP/1.1 100 Continue") && go.contains("HTTP/1.1 200 OK"))
            #expect(large.hasPrefix("HTTP/1.1 413") && large.lowercased().contains("connection: close"))
        }
    }

    @Test("A body of 100 MB is refused while it is sent, and the answer arrives")
    func largeBody() async throws {
        try await withServer { port, _ in
            for head in ["Content-Length: 104857600", "Transfer-Encoding: chunked"] {
                let text = try await Self.apart {
                    let client = try RawClient(port: port)
                    client.send("POST \(Self.path) HTTP/1.1\r\nHost: x\r\n\(head)\r\n\r\n")
                    let megabyte = [UInt8](repeating: 0x20, count: 1 << 20)
                    for _ in 0..<20 {
                        if head.hasPrefix("T") { client.send("100000\r\n") }
                        client.send(megabyte)
                        if head.hasPrefix("T") { client.send("\r\n") }
                    }
                    return client.receiveAll()
                }
                #expect(text.hasPrefix("HTTP/1.1 413"), "\(head): \(text)")
            }
        }
    }

    @Test("Requests that are no HTTP get status 400, and the server goes on")
    func malformed() async throws {
        try await withServer { port, _ in
            for text in [
                "nonsense\r\n\r\n", "GET / HTTP/9.9\r\n\r\n", "GET / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                "POST / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx",
                "\u{0}\u{1}\u{2}\r\n\r\n",
                "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
                "GET / HTTP/1.1\r\nX: " + String(repeating: "a", count: 200_000) + "\r\n\r\n",
            ] {
                let answer = try await Self.apart {
                    let client = try RawClient(port: port)
                    client.send(text)
                    return client.receiveAll()
                }
                #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 4"), "\(text.prefix(40)): \(answer)")
            }
            let answer = try await Self.apart {
                let client = try RawClient(port: port)
                client.send(Self.request)
                return client.receiveAnswer()
            }
            #expect(answer.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test("Clients that stop in a head, in a body or between requests are closed; slow ones get status 408")
    func slow() async throws {
        try await withServer({ ($0.idleLimit, $0.timeLimit) = (0.5, 0.5) }) { port, _ in
            let head = "POST \(Self.path) HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n"
            for start in ["", "POST /", head, head + "{"] {
                let (text, time) = try await Self.apart {
                    let client = try RawClient(port: port)
                    let start = (bytes: start, time: Date())
                    client.send(start.bytes)
                    return (client.receiveAll(), Date().timeIntervalSince(start.time))
                }
                #expect(text.isEmpty || text.hasPrefix("HTTP/1.1 4"), "\(text)")
                #expect(time < 5, "closed after \(time) s")
            }
            let slow = try await Self.apart {
                let client = try RawClient(port: port)
                client.send(head)
                for _ in 0..<8 {
                    client.send(" ")
                    usleep(100_000)
                }
                return client.receiveAll()
            }
            #expect(slow.hasPrefix("HTTP/1.1 408"), "\(slow)")
        }
    }

    @Test("With hundreds of idle connections requests are still answered")
    func idle() async throws {
        try await withServer { port, _ in
            let answer = try await Self.apart {
                let idle = try (0..<300).map { _ in try RawClient(port: port) }
                let client = try RawClient(port: port)
                client.send(Self.request)
                return withExtendedLifetime(idle) { client.receiveAnswer() }
            }
            #expect(answer.hasPrefix("HTTP/1.1 200"))
        }
    }

    @Test("At the end requests that have begun are answered, and those that come at that moment too")
    func shutdown() async throws {
        let clients = Locked<[Task<[String], any Error>]>([])
        let isEnding = Locked(false)
        try await withServer({ $0.drainTime = 0.5 }) { port, server in
            for _ in 0..<8 {
                let task = Task {
                    try await Self.apart {
                        var answers: [String] = []
                        let client = try RawClient(port: port)
                        while true {
                            client.send(Self.request)
                            let answer = client.receiveAnswer()
                            answers.append(answer)
                            guard !answer.lowercased().contains("connection: close"), !answer.isEmpty else {
                                return answers
                            }
                        }
                    }
                }
                clients.withLock { $0.append(task) }
            }
            try await Task.sleep(for: .milliseconds(300))
            isEnding.withLock { $0 = true }
        }
        for client in clients.withLock({ $0 }) {
            let answers = try await client.value
            #expect(answers.count > 1)
            #expect(answers.allSatisfy { $0.hasPrefix("HTTP/1.1 200") }, "\(answers.last ?? "")")
        }
        #expect(isEnding.withLock { $0 })
    }
}
