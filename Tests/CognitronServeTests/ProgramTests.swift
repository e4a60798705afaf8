import Foundation
import Testing

@testable import CognitronServe

@Suite("cognitron-serve, as it is started", .serialized)
struct ProgramTests {
    /// A running server.
    private final class Server {
        let process = Process()
        private let output = Pipe()
        private let errors = Pipe()

        init(_ arguments: [String], environment: [String: String] = [:]) throws {
            let path = Bundle.main.bundleURL.appending(path: "cognitron-serve").path
            try #require(FileManager.default.isExecutableFile(atPath: path), "no \(path)")
            process.executableURL = URL(fileURLWithPath: path)
            process.arguments = ["serve"] + arguments
            process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
            (process.standardOutput, process.standardError) = (output, errors)
            try process.run()
        }

        deinit { if process.isRunning { process.terminate() } }

        /// The line that says where it listens, and the port in it.
        func start() throws -> (line: String, port: Int) {
            var line = ""
            while !line.hasSuffix("\n"), let byte = try output.fileHandleForReading.read(upToCount: 1) {
                line += String(decoding: byte, as: UTF8.self)
            }
            let port = line.split(separator: ":").last.flatMap {
                Int($0.trimmingCharacters(in: .whitespacesAndNewlines))
            }
            return (line, try #require(port, "\(line)"))
        }

        func end() -> (status: Int32, errors: String) {
            let text = errors.fileHandleForReading.readDataToEndOfFile()
            process.waitUntilExit()
            return (process.terminationStatus, String(decoding: text, as: UTF8.self))
        }
    }

    @Test("It says where it listens, on loopback alone, answers, and ends on SIGTERM with status 0")
    func terminate() throws {
        let folder = try ServedFolder()
        let place = try folder.classifier()
        let server = try Server(["--model", place.path, "--port", "0"])
        let (line, port) = try server.start()
        #expect(line == "Serving flowers at http://127.0.0.1:\(port)\n")
        let client = try RawClient(port: port)
        client.send(RawClient.post("/v1/models/flowers/predict", json: #"{"inputs": [1, 0, 2, 0.5]}"#))
        #expect(client.receiveAnswer().hasPrefix("HTTP/1.1 200"))
        server.process.terminate()
        #expect(server.end().status == 0)
    }

    @Test("HTTPS by certificate files, and an API key of the environment")
    func tls() throws {
        let folder = try ServedFolder()
        let place = try folder.classifier()
        let (certificate, key) = (folder.file("cert.pem"), folder.file("key.pem"))
        let openssl = try run(
            "openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes",
            "-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1",
            "-keyout", key, "-out", certificate)
        try #require(openssl.status == 0)
        let server = try Server(
            ["--model", place.path, "--port", "0", "--tls-certificate", certificate, "--tls-key", key],
            environment: ["COGNITRON_API_KEY": "secret"])
        let (line, port) = try server.start()
        #expect(line == "Serving flowers at https://127.0.0.1:\(port)\n")
        let address = "https://127.0.0.1:\(port)/v1/models"
        let refused = try run("curl", "-s", "--cacert", certificate, address)
        #expect(refused.output.contains("API key"), "\(refused.output)")
        let answer = try run(
            "curl", "-s", "--cacert", certificate, "-H", "Authorization: Bearer secret", address)
        #expect(answer.output.contains("flowers"), "\(answer.output)")
        server.process.terminate()
        #expect(server.end().status == 0)
    }

    private func run(_ words: String...) throws -> (status: Int32, output: String) {
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = words
        process.standardOutput = pipe
        process.standardError = FileHandle.nullDevice
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        return (process.terminationStatus, String(decoding: data, as: UTF8.self))
    }

    @Test("What keeps it from starting is said, with a status that is not 0, and nothing stays behind")
    func failures() throws {
        let folder = try ServedFolder()
        let place = try folder.classifier()
        let first = try Server(["--model", place.path, "--port", "0"])
        let port = try first.start().port
        for (arguments, words) in [
            (["--model", place.path, "--port", "\(port)"], "another program listens there"),
            (["--model", folder.file("none.safetensors")], "none.safetensors"),
            (["--model", place.path, "--port", "70000"], "expected 0 to 65535"),
            (["--model", place.path, "--host", "203.0.113.1", "--port", "0"], "203.0.113.1"),
            (["--model", place.path, "--tls-certificate", "none.pem", "--tls-key", "none.pem"], "none.pem"),
            (["--model", place.path, "--tls-certificate", "none.pem"], "or neither"),
            (["--model", place.path, "--api-key-file", "none.key"], "none.key"),
            (["--model", place.path, "--model", place.path], "same name"), ([], "--model"),
        ] {
            let server = try Server(arguments)
            let (status, errors) = server.end()
            #expect(status != 0 && errors.contains(words), "\(arguments): \(errors)")
        }
        first.process.terminate()
        #expect(first.end().status == 0)
    }
}
