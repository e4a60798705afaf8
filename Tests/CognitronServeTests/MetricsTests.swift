import CoreMetrics
import Foundation
import Testing

@testable import CognitronServe

@Suite("Metrics")
struct MetricsTests {
    @Test("Counters, gauges and histograms in Prometheus's text form")
    func text() {
        let factory = PrometheusFactory(help: ["a_total": "All."])
        let counter = Counter(label: "a_total", dimensions: [("x", "q\"\\\n")], factory: factory)
        counter.increment(by: 2)
        Counter(label: "a_total", dimensions: [("x", "q\"\\\n")], factory: factory).increment()
        Meter(label: "b", factory: factory).set(2.5)
        let timer = CoreMetrics.Timer(label: "c_seconds", factory: factory)
        for milliseconds in [0, 3, 3, 40_000] { timer.recordMilliseconds(milliseconds) }
        let lines = factory.text.split(separator: "\n").map(String.init)
        for line in [
            "# HELP a_total All.", "# TYPE a_total counter", #"a_total{x="q\"\\\n"} 3"#, "# TYPE b gauge",
            "b 2.5", "# TYPE c_seconds histogram", #"c_seconds_bucket{le="0.0025"} 1"#,
            #"c_seconds_bucket{le="0.005"} 3"#, #"c_seconds_bucket{le="30.0"} 3"#,
            #"c_seconds_bucket{le="+Inf"} 4"#, "c_seconds_sum 40.006", "c_seconds_count 4",
        ] {
            #expect(lines.contains(line), "\(line) is not in \(factory.text)")
        }
        #expect(factory.text.hasSuffix("\n"))
    }

    @Test("The history has the last 60 minutes, with quantiles right to a tenth")
    func history() {
        let history = LatencyHistory()
        for minute in [100, 101, 159, 160] {
            for milliseconds in 1...100 {
                history.record(
                    minute: minute, milliseconds: Double(milliseconds), isError: milliseconds == 1)
            }
        }
        let hour = history.lastHour(now: 160)
        #expect(hour.map(\.number) == [101, 159, 160])
        for minute in hour {
            #expect(minute.requests == 100 && minute.errors == 1)
            #expect((50...55).contains(minute.median) && (99...109).contains(minute.percentile99))
        }
        #expect(history.lastHour(now: 1000).isEmpty)
    }

    @Test("Requests are counted by model and status, batches by their samples")
    func server() async throws {
        let folder = try ServedFolder()
        let server = try folder.server([folder.classifier()])
        _ = await server.post("/v1/models/flowers/predict", json: #"{"inputs": [1, 2, 3, 4]}"#)
        _ = await server.post("/v1/models/flowers/predict", json: "{}")
        _ = await server.post("/v1/models/nobody/predict", json: "{}")
        let answer = await server.get("/metrics")
        #expect(answer.reply.headers[.contentType]?.hasPrefix("text/plain; version=0.0.4") == true)
        for line in [
            #"cognitron_requests_total{code="200",model="flowers"} 1"#,
            #"cognitron_requests_total{code="400",model="flowers"} 1"#,
            #"cognitron_request_seconds_count{model="flowers"} 2"#,
            #"cognitron_batch_samples_bucket{model="flowers",le="1.0"} 1"#, "cognitron_queue_requests 0.0",
        ] {
            #expect(answer.text.contains(line), "\(line) is not in \(answer.text)")
        }
        #expect(!answer.text.contains("nobody"))
        let latency = try await server.get("/v1/latency").json
        #expect(latency["minutes"]?.elements?.first?["requests"] == .number(2))
        #expect(latency["minutes"]?.elements?.first?["errors"] == .number(1))
    }
}
