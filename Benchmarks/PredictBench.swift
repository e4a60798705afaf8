import ArgumentParser
import Cognitron
import CognitronModels

/// `bench predict`: measures prediction latency (median and 99th percentile) and images per second.
struct PredictBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict", abstract: "Measures images per second and latency of prediction.",
        usage: "bench predict [<options>]",
        discussion: """
            p50 is the median latency and p99 the 99th percentile. A prediction is repeated at least 100 \
            times and for half a second, or for two seconds if it is slow, and at least --repeat times.
            """)

    @OptionGroup var options: BenchOptions
    @OptionGroup var work: ModelBenchOptions

    @Option(
        parsing: .unconditionalSingleValue,
        help: """
            Images per batch; may be repeated (default: 1 and 128; 32 for images of 128 pixels and more, 1 \
            alone for those of 400).
            """)
    var batch: [Int] = []

    func validate() throws { try ModelBenchOptions.validate(batches: batch) }

    func run() throws {
        var report = Report(threads: options.threads)
        var limits = MachineLimits()
        print("model".padding(ModelBench.nameWidth), "batch   images/s    p50 ms    p99 ms")
        for name in work.model {
            let model = try name.makeCompiled()
            for batch in batch.isEmpty ? Set([1, name.usualBatch]).sorted() : batch {
                try measure(ModelBench(name, model, batch: batch), &report)
                limits.sample()
            }
        }
        print(report.add(limits, repetitions: options.repetitions).line)
        try report.write(to: options.json)
    }

    private func measure(_ bench: ModelBench, _ report: inout Report) throws {
        let timing = try bench.predict(repetitions: options.repetitions, .latency)
        let batch = bench.x.sampleCount
        let figure = bench.figure("predict/\(bench.name)/batch\(batch)", timing)
        let p50 = Figure("\(figure.name)/p50", "ms", samples: timing.seconds.map { $0 * 1e3 })
        let p99 = Figure("\(figure.name)/p99", "ms", samples: [timing.percentile99 * 1e3])
        print(
            bench.name.name.padding(ModelBench.nameWidth), column("\(batch)", width: 5),
            column(figure.median, 1, width: 10),
            column(p50.median, 3, width: 9), column(p99.median, 3, width: 9))
        for figure in [figure, p50, p99] { report.add(figure) }
    }
}
