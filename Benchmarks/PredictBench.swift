import ArgumentParser
import Cognitron
import CognitronModels

/// `bench predict`: measures prediction latency (median and 99th percentile) and images per second.
struct PredictBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict", abstract: "Images a second and latency while predicting.",
        usage: "bench predict [<options>]",
        discussion: """
            A prediction is repeated until its slowest hundredth (p99) can be told: 100 times and for half a second, \
            or for two seconds where it takes long; --repeat times at least.
            """)

    @OptionGroup var options: BenchOptions
    @OptionGroup var work: ModelBenchOptions

    @Option(parsing: .unconditionalSingleValue, help: "Images a batch; may be given several times.")
    var batch = [1, 128]

    func validate() throws { try ModelBenchOptions.validate(batches: batch) }

    func run() throws {
        var report = Report(threads: options.threads)
        var limits = MachineLimits()
        print("model     batch   images/s    p50 ms    p99 ms")
        for name in work.model {
            let model = try name.makeCompiled()
            for batch in batch {
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
        let figure = bench.figure("predict/\(bench.name.rawValue)/batch\(batch)", timing)
        let p50 = Figure("\(figure.name)/p50", "ms", samples: timing.seconds.map { $0 * 1e3 })
        let p99 = Figure("\(figure.name)/p99", "ms", samples: [timing.percentile99 * 1e3])
        print(
            bench.name.rawValue.padding(9), column("\(batch)", width: 5), column(figure.median, 1, width: 10),
            column(p50.median, 3, width: 9), column(p99.median, 3, width: 9))
        for figure in [figure, p50, p99] { report.add(figure) }
    }
}
