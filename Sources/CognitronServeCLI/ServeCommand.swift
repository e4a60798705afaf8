import ArgumentParser
import Cognitron
import CognitronData
import CognitronImages
import CognitronKernels
import CognitronModels
import CognitronServe
import Foundation
import Logging

/// `cognitron-serve`: what `cognitron serve` starts.
@main
struct ServeProgram: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "cognitron", abstract: "Serves models over HTTP.", subcommands: [ServeCommand.self])

    static func main() async {
        signal(SIGPIPE, SIG_IGN)
        DatasetScheme.registerPictureSchemes()
        ModelName.registerLayers()
        raiseFileLimit()
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            exit(withError: error)
        }
    }

    /// Each connection is an open file, of which systems allow 1,024 unless a program asks for more.
    private static func raiseFileLimit() {
        var limit = rlimit()
        #if canImport(Glibc)
            let resource = __rlimit_resource_t(UInt32(RLIMIT_NOFILE.rawValue))
        #else
            let resource = RLIMIT_NOFILE
        #endif
        guard getrlimit(resource, &limit) == 0 else { return }
        limit.rlim_cur = min(limit.rlim_max, 65_536)
        _ = setrlimit(resource, &limit)
    }
}

/// `cognitron serve`: answers requests over HTTP.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Serves models over HTTP: pictures, JSON and arrays in, answers out.",
        usage: "cognitron serve --model <file> ... [<options>]",
        discussion: """
            A model NAME answers at /v1/models/NAME/predict, and at /v2/models/NAME/infer in KServe's \
            protocol; /openapi.json describes all routes, and the page at / takes pictures. A model whose \
            file is replaced is exchanged without an interruption. SIGTERM ends the server when the requests \
            that have begun are answered.

            Examples:
              cognitron serve --model lenet-shapes.safetensors
              cognitron serve --model digits=lenet.safetensors --model unet-pets.safetensors --port 9000
              curl -F file=@a.png http://127.0.0.1:8080/v1/models/digits/predict

            An API key is read from the variable COGNITRON_API_KEY, or from a file.
            """)

    @Option(
        help: ArgumentHelp(
            "File of a model, or NAME=FILE; repeat it for several (default name: the file's).",
            valueName: "file"),
        completion: .file())
    var model: [String] = []

    @Option(help: "Address to listen on; 0.0.0.0 for all of the machine's.")
    var host = "127.0.0.1"

    @Option(parsing: .unconditional, help: "Port to listen on; 0 for a free one.")
    var port = 8080

    @Option(parsing: .unconditional, help: "Most samples that are predicted together.")
    var batchSize = 32

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Most milliseconds that a request waits for others.", valueName: "ms"))
    var batchDelay = 2.0

    @Option(parsing: .unconditional, help: "Most requests that wait; more get status 429.")
    var queue = 256

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Most mebibytes of a request's body; more get status 413.", valueName: "MiB"))
    var bodyLimit = 16

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Most megapixels that a picture may declare.", valueName: "megapixels"))
    var pixelLimit = 16.0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Most seconds from a request to its answer.", valueName: "seconds"))
    var timeout = 30.0

    @Option(
        parsing: .unconditional,
        help: ArgumentHelp("Most seconds that a connection may be silent.", valueName: "seconds"))
    var idleTimeout = 60.0

    @Option(parsing: .unconditional, help: "Most connections; more wait.")
    var connections = 4096

    @Option(
        help: ArgumentHelp("File with the key that requests must know.", valueName: "file"),
        completion: .file())
    var apiKeyFile: String?

    @Option(
        help: ArgumentHelp("PEM file of the certificate, and those above it, for HTTPS.", valueName: "file"),
        completion: .file())
    var tlsCertificate: String?

    @Option(
        help: ArgumentHelp("PEM file of the certificate's private key.", valueName: "file"),
        completion: .file())
    var tlsKey: String?

    @Option(
        parsing: .unconditional,
        help: "Worker threads (default: $COGNITRON_THREADS, else one per available core).")
    var threads: Int?

    func validate() throws {
        guard !model.isEmpty else {
            throw ValidationError("--model: expected the file of a model, got none")
        }
        guard (0...65_535).contains(port) else {
            throw ValidationError("--port: expected 0 to 65535, got \(port)")
        }
        for (option, value) in [
            ("--batch-size", batchSize), ("--queue", queue), ("--body-limit", bodyLimit),
            ("--connections", connections), ("--threads", threads ?? 1),
        ]
        where !(1...1_000_000).contains(value) {
            throw ValidationError("\(option): expected 1 to 1000000, got \(value)")
        }
        for (option, value) in [
            ("--pixel-limit", pixelLimit), ("--timeout", timeout), ("--idle-timeout", idleTimeout),
        ]
        where !(value > 0 && value <= 86_400) {
            throw ValidationError("\(option): expected a number above 0, at most 86400, got \(value)")
        }
        guard (0...10_000).contains(batchDelay) else {
            throw ValidationError("--batch-delay: expected 0 to 10000 milliseconds, got \(batchDelay)")
        }
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("expected both --tls-certificate and --tls-key, or neither")
        }
    }

    func run() async throws {
        try Threads.requireValidEnvironment()
        if let threads { Threads.count = threads }
        LoggingSystem.bootstrap { StreamLogHandler.standardError(label: $0) }
        let logger = Logger(label: "cognitron")
        let settings = try settings
        let server = try ModelServer(settings, logger: logger)
        if !settings.isLoopback, settings.apiKey == nil {
            logger.warning("\(host) can be reached from other machines, and there is no API key")
        }
        let names = settings.models.map(\.name).joined(separator: ", ")
        let scheme = settings.tls == nil ? "http" : "https"
        let address = host.contains(":") ? "[\(host)]" : host
        try await server.run { port in
            try? StandardStream.output.write("Serving \(names) at \(scheme)://\(address):\(port)\n")
        }
    }

    private var settings: ServerSettings {
        get throws {
            var settings = ServerSettings()
            settings.models = try model.map { try ModelPlace($0) }
            (settings.host, settings.port) = (host, port)
            (settings.batchSize, settings.batchDelay) = (batchSize, batchDelay / 1000)
            (settings.queueLimit, settings.bodyLimit) = (queue, bodyLimit << 20)
            settings.memoryLimit = max(settings.memoryLimit, 2 * settings.bodyLimit)
            settings.pixelLimit = Int(pixelLimit * 1e6)
            (settings.timeLimit, settings.idleLimit) = (timeout, idleTimeout)
            settings.connectionLimit = connections
            settings.apiKey = try apiKey
            if let tlsCertificate, let tlsKey { settings.tls = (tlsCertificate, tlsKey) }
            return settings
        }
    }

    private var apiKey: String? {
        get throws {
            guard let apiKeyFile else {
                return ProcessInfo.processInfo.environment["COGNITRON_API_KEY"].flatMap {
                    $0.isEmpty ? nil : $0
                }
            }
            guard let text = try? String(contentsOfFile: apiKeyFile, encoding: .utf8) else {
                throw CognitronError(
                    .file, apiKeyFile, "cannot be read", expected: "a file with the API key in one line")
            }
            let key = text.trimmingCharacters(in: .whitespacesAndNewlines)
            guard !key.isEmpty, !key.contains(where: \.isWhitespace) else {
                throw CognitronError(
                    .file, apiKeyFile, "holds no API key", expected: "one word in one line")
            }
            return key
        }
    }
}

extension ServerSettings {
    /// Whether only programs of this machine can connect.
    fileprivate var isLoopback: Bool { host == "localhost" || host == "::1" || host.hasPrefix("127.") }
}
