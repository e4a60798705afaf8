import ArgumentParser
import Cognitron
import CognitronModels

/// `bench train`: measures images per second of a training step, its memory, and how long `fit` waits for
/// data.
struct TrainBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Measures images or tokens per second and peak memory of training.",
        usage: "bench train [<options>]",
        discussion: """
            Images per second and memory are those of a step on a batch in memory. waiting is the share of \
            a step's time that fit waits for a batch, while another thread mirrors and shifts the images.
            """)

    @OptionGroup var options: BenchOptions
    @OptionGroup var work: ModelBenchOptions

    @Option(
        parsing: .unconditionalSingleValue,
        help: """
            Images per batch; may be repeated (default: 128; 32 for images of 128 pixels and more, 1 for \
             those of 400; 32 texts).
            """)
    var batch: [Int] = []

    func validate() throws { try ModelBenchOptions.validate(batches: batch) }

    func run() throws {
        var report = Report(threads: options.threads)
        var limits = MachineLimits()
        print("model".padding(ModelBench.nameWidth), "batch   images/s      ms  peak MiB  waiting")
        for name in work.model {
            for batch in batch.isEmpty ? [name.usualBatch] : batch {
                try measure(name, batch, &report)
                limits.sample()
            }
        }
        print(report.add(limits, repetitions: options.repetitions).line)
        try report.write(to: options.json)
    }

    /// Uses a new model, so that the memory of one measurement does not count in the next.
    private func measure(_ name: ModelName, _ batch: Int, _ report: inout Report) throws {
        PeakMemory.reset()
        if name.isForTexts { return try measureTexts(name, batch, &report) }
        let bench = try ModelBench(name, try name.makeCompiled(), batch: batch)
        let timing = try bench.train(repetitions: options.repetitions)
        let memory = PeakMemory.mebibytes
        let figure = bench.figure("train/\(name)/batch\(batch)", timing)
        let fit = try FitBench(
            name, bench.model, batch: batch, repetitions: options.repetitions, besidePlainSteps: false)
        let waiting = Figure("\(figure.name)/waiting", "%", samples: fit.waiting)
        print(
            name.name.padding(ModelBench.nameWidth), column("\(batch)", width: 5),
            column(figure.median, 1, width: 10),
            column(timing.median * 1e3, 2, width: 8),
            memory.map { column($0, 0, width: 9) } ?? column("–", width: 9),
            column(waiting.median, 1, width: 6), "%")
        report.add(figure)
        report.add(waiting)
        if let memory { report.add(Figure("\(figure.name)/peak-memory", "MiB", samples: [memory])) }
    }

    private func measureTexts(_ name: ModelName, _ batch: Int, _ report: inout Report) throws {
        let figure = try TextBench(name, batch: batch).train(repetitions: options.repetitions)
        let memory = PeakMemory.mebibytes
        print(
            name.name.padding(ModelBench.nameWidth), column("\(batch)", width: 5),
            column(figure.median, 1, width: 10), column("", width: 8),
            memory.map { column($0, 0, width: 9) } ?? column("–", width: 9), " tokens/s")
        report.add(figure)
        if let memory { report.add(Figure("\(figure.name)/peak-memory", "MiB", samples: [memory])) }
    }
}
