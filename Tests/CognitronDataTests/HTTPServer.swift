import Foundation

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A web server on 127.0.0.1, on any free port, that answers one request a connection as it is told.
final class HTTPServer: @unchecked Sendable {
    struct Request: Sendable {
        let method: String
        let path: String
        let headers: [String: String]

        /// The N of `Range: bytes=N-`.
        var rangeStart: Int? {
            headers["range"].flatMap { Int($0.dropFirst("bytes=".count).dropLast()) }
        }
    }

    struct Response: Sendable {
        var status = 200
        var headers: [String: String] = [:]
        var body: [UInt8] = []
        /// What Content-Length says; the body's size when nil.
        var announced: Int?

        /// All of `file`, or the part that was asked for.
        static func part(of file: [UInt8], _ request: Request) -> Response {
            guard let start = request.rangeStart else { return Response(body: file) }
            guard start < file.count else { return Response(status: 416) }
            return Response(
                status: 206, headers: ["Content-Range": "bytes \(start)-\(file.count - 1)/\(file.count)"],
                body: Array(file[start...]))
        }

        /// Announced whole, but the connection closes after `count` bytes.
        func cut(after count: Int) -> Response {
            var response = self
            response.announced = body.count
            response.body = Array(body.prefix(count))
            return response
        }
    }

    private let socket: Int32
    private let lock = NSLock()
    private var received: [Request] = []
    private let answer: @Sendable (_ number: Int, Request) -> Response
    let port: UInt16

    /// - Parameter answer: the response to request `number` (from 0 on).
    init(_ answer: @escaping @Sendable (_ number: Int, Request) -> Response) throws {
        self.answer = answer
        (socket, port) = try Self.listen()
        let thread = Thread { [weak self, socket] in
            while true {
                let client = accept(socket, nil, nil)
                guard client >= 0, let self else { return }
                self.serve(client)
                close(client)
            }
        }
        thread.start()
    }

    deinit { stop() }

    /// Refuses connections from now on.
    func stop() { shutdown(socket, Int32(SHUT_RDWR)) }

    var requests: [Request] { lock.withLock { received } }

    func address(_ name: String) -> String { "http://127.0.0.1:\(port)/\(name)" }

    private static func listen() throws -> (socket: Int32, port: UInt16) {
        #if canImport(Glibc)
            let stream = Int32(SOCK_STREAM.rawValue)
        #else
            let stream = SOCK_STREAM
        #endif
        let socket = Foundation.socket(AF_INET, stream, 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let status = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, size) | Foundation.listen(socket, 16) | getsockname(socket, $0, &size)
            }
        }
        guard socket >= 0, status == 0 else { throw POSIXError(.EADDRNOTAVAIL) }
        return (socket, UInt16(bigEndian: address.sin_port))
    }

    private func serve(_ client: Int32) {
        guard let request = readRequest(client) else { return }
        let number = lock.withLock {
            received.append(request)
            return received.count - 1
        }
        let response = answer(number, request)
        var head = "HTTP/1.1 \(response.status) Scripted\r\nConnection: close\r\n"
        head += "Content-Length: \(response.announced ?? response.body.count)\r\n"
        for (name, value) in response.headers { head += "\(name): \(value)\r\n" }
        write(Array((head + "\r\n").utf8), to: client)
        if request.method != "HEAD" { write(response.body, to: client) }
        shutdown(client, Int32(SHUT_WR))
    }

    private func readRequest(_ client: Int32) -> Request? {
        var text = ""
        var buffer = [UInt8](repeating: 0, count: 4096)
        while !text.contains("\r\n\r\n") {
            let count = recv(client, &buffer, buffer.count, 0)
            guard count > 0 else { return nil }
            text += String(decoding: buffer[..<count], as: UTF8.self)
        }
        let lines = text.components(separatedBy: "\r\n")
        let words = lines[0].split(separator: " ").map(String.init)
        let pairs = lines.dropFirst().compactMap { line -> (String, String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
            return (line[..<colon].lowercased(), value)
        }
        return Request(
            method: words[0], path: words[1],
            headers: Dictionary(pairs, uniquingKeysWith: { _, last in last }))
    }

    private func write(_ bytes: [UInt8], to client: Int32) {
        #if canImport(Glibc)
            let flags = Int32(MSG_NOSIGNAL)
        #else
            let flags: Int32 = 0
        #endif
        var sent = 0
        while sent < bytes.count {
            let count = bytes[sent...].withUnsafeBytes { send(client, $0.baseAddress, $0.count, flags) }
            guard count > 0 else { return }
            sent += count
        }
    }
}
