import ArgumentParser
import Cognitron
import CognitronModels

/// `bench scaling`: measures images per second by threads and batch size.
struct ScalingBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scaling", abstract: "Measures images per second by number of threads and batch size.",
        usage: "bench scaling [<options>]",
        discussion: """
            Trains and predicts with 1, 2, … threads up to --threads, for each batch size. Takes minutes; \
            --model and --batch limit the work. With --mpi it trains with 1, 2, … processes, each on --batch \
            pictures, and says what a model of the measured times expects of many machines.
            """)

    @OptionGroup var options: BenchOptions
    @OptionGroup var work: ModelBenchOptions

    @Option(parsing: .unconditionalSingleValue, help: "Images per batch; may be repeated.")
    var batch = (0...8).map { 1 << $0 }

    @Flag(help: "Measure processes under mpirun, which train together, instead of threads.")
    var mpi = false

    @Option(parsing: .unconditionalSingleValue, help: "Processes with --mpi; may be repeated.")
    var ranks: [Int] = []

    func validate() throws {
        try ModelBenchOptions.validate(batches: batch)
        if let wrong = ranks.first(where: { $0 < 1 }) {
            throw ValidationError("--ranks \(wrong): expected at least 1")
        }
        guard mpi || ranks.isEmpty else { throw ValidationError("--ranks: goes with --mpi") }
    }

    func run() throws {
        var report = Report(threads: options.threads)
        let threads = Array(1...Threads.count)
        guard !mpi else { return try measureRanks(threads, &report) }
        for name in work.model {
            for kind in Kind.allCases {
                print("\n\(name), \(kind.rawValue), images/s")
                printRow("batch", threads.map { $0 == 1 ? "1 thread" : "\($0) threads" })
                let model = try name.makeCompiled()
                for batch in batch {
                    let figures = try measure(kind, ModelBench(name, model, batch: batch), threads)
                    printRow("\(batch)", figures.map { column($0.median, 1, width: 1) })
                    for figure in figures { report.add(figure) }
                }
            }
        }
        addLimits(threads, to: &report)
        try report.write(to: options.json)
    }

    /// Measures 1, 2, … processes, as many as there are threads.
    private func measureRanks(_ threads: [Int], _ report: inout Report) throws {
        for name in work.model {
            for batch in batch {
                try RankScalingBench(
                    model: name.name, batch: batch, ranks: ranks.isEmpty ? threads : ranks,
                    steps: 4 * options.repetitions
                ).run(&report)
            }
        }
        try report.write(to: options.json)
    }

    private enum Kind: String, CaseIterable { case train, predict }

    private func measure(_ kind: Kind, _ bench: ModelBench, _ threads: [Int]) throws -> [Figure] {
        try threads.map { count in
            Threads.count = count
            let timing =
                switch kind {
                case .train: try bench.train(repetitions: options.repetitions)
                case .predict: try bench.predict(repetitions: options.repetitions)
                }
            let batch = bench.x.sampleCount
            return bench.figure(
                "scaling/\(bench.name)/threads\(count)/batch\(batch)/\(kind.rawValue)", timing)
        }
    }

    /// Prints the machine's own speed-up by threads; the report holds the limits with all threads, as in
    /// every subcommand.
    private func addLimits(_ threads: [Int], to report: inout Report) {
        let limits = threads.map { count in
            Threads.count = count
            return MachineLimits().figures(repetitions: options.repetitions)
        }
        print("\nthe machine")
        printRow("GFLOP/s", limits.map { column($0.sgemm.median, 0, width: 1) })
        printRow("GB/s", limits.map { column($0.bandwidth.median, 1, width: 1) })
        for (sgemm, bandwidth) in limits.suffix(1) {
            report.add(sgemm)
            report.add(bandwidth)
        }
    }

    private func printRow(_ head: String, _ cells: [String]) {
        print(head.padding(7), cells.map { column($0, width: 11) }.joined())
    }
}
