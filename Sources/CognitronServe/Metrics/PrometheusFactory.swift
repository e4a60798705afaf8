import CognitronKernels
import CoreMetrics

/// Keeps swift-metrics' counters, gauges and histograms, and writes them in Prometheus's text form.
///
///     let factory = PrometheusFactory(help: ["requests_total": "Requests that were answered."])
///     let requests = Counter(label: "requests_total", dimensions: [("model", "lenet")], factory: factory)
///     requests.increment()
///     factory.text                                        // requests_total{model="lenet"} 1
///
/// Timers are histograms in seconds. Recorders are histograms too, of whole numbers.
///
/// - Source: Prometheus, "Exposition formats", version 0.0.4.
final class PrometheusFactory: MetricsFactory {
    /// What each metric is, by its label.
    private let help: [String: String]
    private let metrics = Locked<[Key: any PrometheusMetric]>([:])

    private struct Key: Hashable {
        let label: String
        /// As the text form has them: `{model="lenet"}`, or nothing.
        let dimensions: String
    }

    /// Upper bounds of times, in seconds.
    static let seconds = [
        0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30,
    ]

    /// Upper bounds of whole numbers.
    static let counts: [Double] = [1, 2, 4, 8, 16, 32, 64, 128, 256]

    init(help: [String: String] = [:]) { self.help = help }

    /// All metrics, sorted by label and dimensions.
    var text: String {
        let all = metrics.withLock { $0 }.sorted {
            ($0.key.label, $0.key.dimensions) < ($1.key.label, $1.key.dimensions)
        }
        var (lines, last): ([String], String?) = ([], nil)
        for (key, metric) in all {
            if key.label != last {
                if let help = help[key.label] { lines.append("# HELP \(key.label) \(help)") }
                lines.append("# TYPE \(key.label) \(metric.type)")
                last = key.label
            }
            lines += metric.lines(key.label, key.dimensions)
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private func metric<Metric: PrometheusMetric>(
        _ label: String, _ dimensions: [(String, String)], _ make: () -> Metric
    ) -> Metric {
        let key = Key(label: label, dimensions: Self.text(of: dimensions))
        return metrics.withLock { metrics in
            if let known = metrics[key] as? Metric { return known }
            let metric = make()
            metrics[key] = metric
            return metric
        }
    }

    private static func text(of dimensions: [(String, String)]) -> String {
        guard !dimensions.isEmpty else { return "" }
        return "{" + dimensions.map { "\($0)=\"\(escaped($1))\"" }.joined(separator: ",") + "}"
    }

    private static func escaped(_ value: String) -> String {
        String(
            value.flatMap { character -> [Character] in
                switch character {
                case "\\": ["\\", "\\"]
                case "\"": ["\\", "\""]
                case "\n": ["\\", "n"]
                default: [character]
                }
            })
    }

    // MARK: - MetricsFactory

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        metric(label, dimensions) { PrometheusCounter() }
    }

    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        metric(label, dimensions) { PrometheusGauge() }
    }

    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler {
        metric(label, dimensions) { PrometheusHistogram(Self.counts) }
    }

    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        metric(label, dimensions) { PrometheusHistogram(Self.seconds) }
    }

    // Metrics stay until the program's end, as Prometheus expects of counters.
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}

/// A metric that can be written.
protocol PrometheusMetric: AnyObject, Sendable {
    var type: String { get }

    /// - Parameter dimensions: `{name="value"}`, or nothing.
    func lines(_ label: String, _ dimensions: String) -> [String]
}

final class PrometheusCounter: CounterHandler, PrometheusMetric {
    private let count = Locked<Int64>(0)

    var type: String { "counter" }
    func increment(by amount: Int64) { count.withLock { $0 += amount } }
    func reset() { count.withLock { $0 = 0 } }

    func lines(_ label: String, _ dimensions: String) -> [String] {
        ["\(label)\(dimensions) \(count.withLock { $0 })"]
    }
}

final class PrometheusGauge: MeterHandler, PrometheusMetric {
    private let value = Locked<Double>(0)

    var type: String { "gauge" }
    func set(_ value: Int64) { set(Double(value)) }
    func set(_ value: Double) { self.value.withLock { $0 = value } }
    func increment(by amount: Double) { value.withLock { $0 += amount } }
    func decrement(by amount: Double) { value.withLock { $0 -= amount } }

    func lines(_ label: String, _ dimensions: String) -> [String] {
        ["\(label)\(dimensions) \(value.withLock { $0 })"]
    }
}

final class PrometheusHistogram: RecorderHandler, TimerHandler, PrometheusMetric {
    private let bounds: [Double]
    private let state: Locked<State>

    private struct State {
        /// Of the values up to each bound and above the one before; the last, of those above all.
        var counts: [Int]
        var sum = 0.0
    }

    init(_ bounds: [Double]) {
        self.bounds = bounds
        state = Locked(State(counts: [Int](repeating: 0, count: bounds.count + 1)))
    }

    var type: String { "histogram" }
    func record(_ value: Int64) { record(Double(value)) }
    func recordNanoseconds(_ duration: Int64) { record(Double(duration) / 1e9) }
    func preferDisplayUnit(_ unit: TimeUnit) {}

    func record(_ value: Double) {
        let place = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[place] += 1
            state.sum += value
        }
    }

    func lines(_ label: String, _ dimensions: String) -> [String] {
        let state = state.withLock { $0 }
        let open = dimensions.isEmpty ? "{" : dimensions.dropLast() + ","
        var total = 0
        var lines = zip(bounds.map { "\($0)" } + ["+Inf"], state.counts).map { bound, count in
            total += count
            return "\(label)_bucket\(open)le=\"\(bound)\"} \(total)"
        }
        lines.append("\(label)_sum\(dimensions) \(state.sum)")
        lines.append("\(label)_count\(dimensions) \(total)")
        return lines
    }
}
