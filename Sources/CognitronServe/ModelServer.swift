import Cognitron
import CognitronKernels
import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import ServiceLifecycle
import UnixSignals

/// A server of models over HTTP.
///
///     var settings = ServerSettings()
///     settings.models = [try ModelPlace("lenet-shapes.safetensors")]
///     try await ModelServer(settings).run()               // until SIGTERM or SIGINT
package struct ModelServer: Sendable {
    let settings: ServerSettings
    let shelf: ModelShelf
    let queue: PredictionQueue
    let metrics: ServerMetrics
    let state = ServerState()
    private let logger: Logger

    /// How long the last requests may take at the end, beside the draining, in seconds.
    private static let endTime = 30.0

    /// Loads the models.
    ///
    /// - Throws: `CognitronError` where one cannot be loaded.
    package init(_ settings: ServerSettings, logger: Logger = Logger(label: "cognitron")) throws {
        (self.settings, self.logger) = (settings, logger)
        shelf = try ModelShelf(settings.models)
        let metrics = ServerMetrics(models: shelf.names)
        self.metrics = metrics
        queue = PredictionQueue(
            batchSize: settings.batchSize, delay: settings.batchDelay, limit: settings.queueLimit
        ) { model, samples in metrics.countBatch(model.name, samples: samples) }
    }

    var responder: Responder { Responder(settings, shelf, queue, metrics, state) }

    /// Serves until SIGTERM or SIGINT, and then answers the requests that have begun.
    ///
    /// - Parameter started: is told the port.
    /// - Throws: `CognitronError` where the port cannot be listened on, or the certificate not be read.
    package func run(started: @escaping @Sendable (Int) -> Void = { _ in }) async throws {
        defer { queue.finish() }
        try await tryModels()
        let watcher = ModelWatcher(
            shelf: shelf, queue: queue, metrics: metrics, interval: settings.exchangeInterval, logger: logger)
        var group = ServiceGroupConfiguration(
            services: [watcher, try application(started)], gracefulShutdownSignals: [.sigterm, .sigint],
            logger: quiet)
        group.maximumGracefulShutdownDuration = .seconds(settings.drainTime + Self.endTime)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch let error as IOError {
            throw CognitronError(
                .argument, "--port", "\(settings.host):\(settings.port) cannot be listened on (\(error))",
                advice: error.errnoCode == EADDRINUSE
                    ? "another program listens there; choose another port, or 0 for a free one" : nil)
        } catch let error as SocketAddressError {
            throw CognitronError(
                .argument, "--host", "\(settings.host) is no address of this machine (\(error))",
                expected: "127.0.0.1, ::1, 0.0.0.0 or another address of this machine")
        }
    }

    /// The libraries' own notes on every start and stop would hide the server's.
    private var quiet: Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }

    /// Predicts once with each model, so that what does not work fails before the first request.
    private func tryModels() async throws {
        for name in shelf.names {
            guard let model = shelf[name], let trial = model.trial else { continue }
            _ = try await queue.ask(trial, of: model, deadline: .distantFuture)
        }
    }

    func application(_ started: @escaping @Sendable (Int) -> Void) throws -> some Service {
        var configuration = ApplicationConfiguration(
            address: .hostname(settings.host, port: settings.port), serverName: nil, backlog: 1024)
        configuration.availableConnectionsDelegate = MaximumAvailableConnections(settings.connectionLimit)
        let application = Application(
            responder: responder, server: try serverBuilder, configuration: configuration,
            onServerRunning: { channel in
                started(channel.localAddress?.port ?? 0)
            }, logger: quiet)
        return EndingService(base: application, state: state)
    }

    private var serverBuilder: HTTPServerBuilder {
        get throws {
            let limits = ConnectionHandler.Limits(
                bodyLimit: settings.bodyLimit, stall: .seconds(settings.timeLimit),
                drain: .seconds(settings.drainTime), closesHalf: settings.tls == nil)
            let plain = HTTPServerBuilder.http1(
                configuration: HTTP1Channel.Configuration(
                    additionalChannelHandlers: [ConnectionHandler(limits)],
                    idleTimeout: .seconds(settings.idleLimit)))
            guard let tls = settings.tls else { return plain }
            return try .tls(plain, tlsConfiguration: Self.tls(tls.certificate, tls.key))
        }
    }

    private static func tls(_ certificate: String, _ key: String) throws -> TLSConfiguration {
        func read<Value>(_ option: String, _ path: String, _ read: () throws -> Value) throws -> Value {
            if let obstacle = CognitronError.obstacle(toReading: path) { throw obstacle }
            do {
                return try read()
            } catch {
                throw CognitronError(
                    .file, path, "cannot be read as PEM (\(error))", expected: "a PEM file for \(option)")
            }
        }
        let chain = try read("--tls-certificate", certificate) {
            try NIOSSLCertificate.fromPEMFile(certificate)
        }
        let privateKey = try read("--tls-key", key) { try NIOSSLPrivateKey(file: key, format: .pem) }
        return .makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(privateKey))
    }
}

extension TimeAmount {
    fileprivate static func seconds(_ seconds: Double) -> TimeAmount { .milliseconds(Int64(seconds * 1000)) }
}

/// A service that says to the others when it is to end.
private struct EndingService<Base: Service>: Service {
    let base: Base
    let state: ServerState

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await base.run()
        } onGracefulShutdown: {
            state.end()
        }
    }
}
