import ArgumentParser
import Cognitron
import CognitronKernels
import CognitronModels

/// `bench layers`: profiles a training step by layer.
struct LayerBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "layers", abstract: "Profiles a training step by layer and by kind of work.",
        usage: "bench layers [<options>]",
        discussion: """
            Trains with fit, on images that another thread mirrors and shifts. Every second step is \
            profiled; the others show how long a step takes without the profiler. Fused layers have one \
            row, under the first layer's name. gemm is the time in matrix products, transforms the \
            remaining time of layers with products, and elementwise the time of all other layers.
            """)

    @OptionGroup var options: BenchOptions
    @OptionGroup var work: ModelBenchOptions

    @Option(parsing: .unconditionalSingleValue, help: "Images per batch; may be repeated.")
    var batch = [128]

    func validate() throws { try ModelBenchOptions.validate(batches: batch) }

    func run() throws {
        var report = Report(threads: options.threads)
        var limits = MachineLimits()
        for name in work.model {
            for batch in batch {
                let bench = try FitBench(
                    name, try name.makeCompiled(), batch: batch, repetitions: options.repetitions,
                    besidePlainSteps: true)
                let table = StepTable("layers/\(name)/batch\(batch)", bench)
                table.print(title: "\(name), batch \(batch)")
                for figure in table.figures { report.add(figure) }
                limits.sample()
            }
        }
        print("\n" + report.add(limits, repetitions: options.repetitions).line)
        try report.write(to: options.json)
    }
}

/// The medians of a profile's parts, in milliseconds.
private struct StepTable {
    private struct Row {
        let name: String
        var forward: Figure?
        var backward: Figure?
        /// Time that is neither forward nor backward.
        var other: Figure?
        var products: Double?

        var figures: [Figure] { [forward, backward, other].compactMap(\.self) }
        var median: Double { figures.reduce(0) { $0 + $1.median } }
    }

    private let rows: [Row]
    private let kinds: [(name: String, figure: Figure)]
    /// A step without profile.
    private let step: Figure

    init(_ prefix: String, _ bench: FitBench) {
        let profile = bench.profile
        func figure(_ name: String, _ seconds: [Double]) -> Figure? {
            seconds.isEmpty ? nil : Figure("\(prefix)/\(name)", "ms", samples: seconds.map { $0 * 1e3 })
        }
        let layers = profile.layers.map { name in
            Row(
                name: name, forward: figure("\(name)/forward", profile.seconds(in: .forward(name))),
                backward: figure("\(name)/backward", profile.seconds(in: .backward(name))),
                products: figure("", profile.productSeconds(inLayer: name))?.median)
        }
        let others: [(String, StepProfile.Part)] = [
            ("loss", .loss), ("finite-check", .check), ("optimizer", .optimizer), ("data", .data),
            ("rest", .rest),
        ]
        rows = layers + others.map { Row(name: $0, other: figure($0, profile.seconds(in: $1))) }
        kinds = StepProfile.Kind.allCases.compactMap { kind in
            figure("kind/\(kind.rawValue)", profile.seconds(ofKind: kind)).map { (kind.rawValue, $0) }
        }
        step = Figure("\(prefix)/step", "ms", samples: bench.plainSeconds.map { $0 * 1e3 })
    }

    /// The sum of the rows.
    private var sum: Double { rows.reduce(0) { $0 + $1.median } }

    var figures: [Figure] { rows.flatMap(\.figures) + kinds.map(\.figure) + [step] }

    func print(title: String) {
        Swift.print("\n\(title)\nlayer                     forward ms  backward ms  both ms  gemm ms   share")
        for row in rows {
            Swift.print(
                row.name.padding(25), cell(row.forward?.median, width: 10),
                cell(row.backward?.median, width: 12), cell(row.median, width: 8),
                cell(row.products.flatMap { $0 > 0 ? $0 : nil }, width: 8), share(row.median, of: sum))
        }
        let difference = (sum / step.median - 1) * 100
        Swift.print(
            "sum".padding(49), cell(sum, width: 8),
            "  of \(column(step.median, 2, width: 1)) ms that a step takes: "
                + "\(difference < 0 ? "−" : "+")\(column(abs(difference), 1, width: 1)) %")
        let whole = kinds.reduce(0) { $0 + $1.figure.median }
        Swift.print("\nkind               ms   share")
        for kind in kinds {
            Swift.print(
                kind.name.padding(11), cell(kind.figure.median, width: 9),
                share(kind.figure.median, of: whole))
        }
    }

    private func cell(_ milliseconds: Double?, width: Int) -> String {
        milliseconds.map { column($0, 2, width: width) } ?? column("", width: width)
    }

    private func share(_ milliseconds: Double, of whole: Double) -> String {
        column(milliseconds / whole * 100, 1, width: 6) + " %"
    }
}
