import Foundation

/// A connection whose every byte the test decides.
final class RawClient {
    private let socket: Int32

    struct Failure: Error {}

    init(port: Int) throws {
        #if canImport(Glibc)
            socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            socket = Darwin.socket(AF_INET, SOCK_STREAM, 0)
        #endif
        signal(SIGPIPE, SIG_IGN)  // of a connection that the server has closed
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr = in_addr(s_addr: inet_addr("127.0.0.1"))
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let result = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { connect(socket, $0, size) }
        }
        guard result == 0 else {
            close(socket)
            throw Failure()
        }
        // No test waits longer. The server shares Swift's few threads with all tests that run beside it.
        var limit = timeval(tv_sec: 300, tv_usec: 0)
        setsockopt(socket, SOL_SOCKET, SO_RCVTIMEO, &limit, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(socket) }

    func send(_ text: String) { send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(socket, $0.baseAddress, $0.count) }
            guard count > 0 else { return }
            rest = rest.dropFirst(count)
        }
    }

    /// What comes next; nil where the connection is closed, or nothing comes for 5 minutes.
    func receive() -> String? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = recv(socket, &buffer, buffer.count, 0)
        return count > 0 ? String(decoding: buffer[..<count], as: UTF8.self) : nil
    }

    /// All that comes until the connection is closed.
    func receiveAll() -> String {
        var text = ""
        while let more = receive() { text += more }
        return text
    }

    /// One answer with a body whose length it says.
    func receiveAnswer() -> String {
        var text = ""
        while let more = receive() {
            text += more
            guard let end = text.firstRange(of: "\r\n\r\n"),
                let field = text.lowercased().firstRange(of: "content-length: ")
            else { continue }
            let length = Int(text.lowercased()[field.upperBound...].prefix { $0.isNumber }) ?? 0
            if text[end.upperBound...].utf8.count >= length { break }
        }
        return text
    }

    /// A whole request.
    static func post(_ path: String, json: String, _ fields: String = "") -> String {
        "POST \(path) HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            + "Content-Length: \(json.utf8.count)\r\n\(fields)\r\n\(json)"
    }
}
