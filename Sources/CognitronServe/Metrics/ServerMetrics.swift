import CognitronKernels
import CoreMetrics

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// What a server counts.
final class ServerMetrics: Sendable {
    let factory = PrometheusFactory(help: [
        "cognitron_requests_total": "Requests of predictions that were answered, by model and status.",
        "cognitron_request_seconds": "Time from a request's head to its answer.",
        "cognitron_batch_samples": "Samples that were predicted together.",
        "cognitron_queue_requests": "Requests that wait for their prediction.",
        "cognitron_model_exchanges_total": "Files that were replaced, by model and result.",
        "process_resident_memory_bytes": "Memory of the process.",
    ])
    let latency = LatencyHistory()

    private let models: [String: ModelMetrics]
    private let queueLength: Meter
    private let memory: Meter

    /// The metrics of one model.
    private final class ModelMetrics: Sendable {
        let seconds: CoreMetrics.Timer
        let samples: Recorder
        private let name: String
        private let factory: PrometheusFactory
        private let statuses = Locked<[Int: Counter]>([:])

        init(_ name: String, _ factory: PrometheusFactory) {
            (self.name, self.factory) = (name, factory)
            let dimensions = [("model", name)]
            seconds = CoreMetrics.Timer(
                label: "cognitron_request_seconds", dimensions: dimensions, factory: factory)
            samples = Recorder(
                label: "cognitron_batch_samples", dimensions: dimensions, aggregate: true, factory: factory)
        }

        func count(_ status: Int) {
            statuses.withLock { statuses in
                if let counter = statuses[status] { return counter.increment() }
                let counter = Counter(
                    label: "cognitron_requests_total",
                    dimensions: [("code", "\(status)"), ("model", name)], factory: factory)
                counter.increment()
                statuses[status] = counter
            }
        }
    }

    init(models names: [String]) {
        let factory = factory
        models = Dictionary(uniqueKeysWithValues: names.map { ($0, ModelMetrics($0, factory)) })
        queueLength = Meter(label: "cognitron_queue_requests", factory: factory)
        memory = Meter(label: "process_resident_memory_bytes", factory: factory)
    }

    /// Counts the answer to a request for a prediction.
    func record(_ model: String, status: Int, _ time: Duration) {
        guard let metrics = models[model] else { return }
        let nanoseconds =
            time.components.seconds * 1_000_000_000 + time.components.attoseconds / 1_000_000_000
        metrics.count(status)
        metrics.seconds.recordNanoseconds(nanoseconds)
        latency.record(
            minute: Self.currentMinute, milliseconds: Double(nanoseconds) / 1e6, isError: status >= 400)
    }

    func countBatch(_ model: String, samples: Int) { models[model]?.samples.record(samples) }

    func countExchange(_ model: String, succeeded: Bool) {
        Counter(
            label: "cognitron_model_exchanges_total",
            dimensions: [("model", model), ("result", succeeded ? "done" : "refused")], factory: factory
        ).increment()
    }

    /// The text form, with gauges as they are now.
    func text(queueLength count: Int) -> String {
        queueLength.set(count)
        if let bytes = Self.residentBytes { memory.set(bytes) }
        return factory.text
    }

    static var currentMinute: Int { Int(time(nil)) / 60 }

    /// The memory of this process; nil where the system does not say.
    static var residentBytes: Int? {
        guard let file = fopen("/proc/self/statm", "r") else { return nil }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 128)
        guard fgets(&line, Int32(line.count), file) != nil else { return nil }
        let words = String(decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            .split(separator: " ")
        return words.count > 1 ? Int(words[1]).map { $0 * Int(getpagesize()) } : nil
    }
}
