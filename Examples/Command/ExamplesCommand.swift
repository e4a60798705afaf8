import ArgumentParser
import Cognitron
import CognitronExamples
import Foundation

/// `examples`: runs the package's experiments.
@main
struct ExamplesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "examples", abstract: "Runs an experiment and prints what it found.",
        discussion: """
            Without a name, the experiments are listed. Build with optimisation:

                swift run -c release examples universal-approximation --output pictures
            """)

    @Argument(help: "The experiment.")
    var experiment: String?

    @Option(help: "Decides weights, order and noise.")
    var seed: UInt64 = 1

    @Flag(help: "Trains for seconds instead of minutes, on data that the program makes.")
    var small = false

    @Option(help: "Folder that data sets are searched for in first.")
    var data: String?

    @Option(help: "Folder for the drawings (default: none are written). It is made if it is missing.")
    var output: String?

    @Option(help: "Worker threads (default: $COGNITRON_THREADS, else one per available core).")
    var threads: Int?

    func validate() throws {
        if let threads, threads < 1 {
            throw ValidationError("--threads: expected at least 1, got \(threads)")
        }
    }

    func run() throws {
        guard let experiment else { return Self.list() }
        let chosen = try Experiment(named: experiment)
        try Threads.requireValidEnvironment()
        if let threads { Threads.count = threads }
        if let output {
            try FileManager.default.createDirectory(atPath: output, withIntermediateDirectories: true)
        }
        let start = ContinuousClock.now
        let findings = try chosen.run(
            ExperimentSettings(seed: seed, scale: small ? .small : .full, data: data) { line in
                FileHandle.standardError.write(Data("\(line)\n".utf8))
            })
        print(findings)
        if let output { for path in try findings.writePlots(to: output) { print("Wrote \(path)") } }
        let time = (ContinuousClock.now - start).components
        print("\(time.seconds) s with \(Threads.count) threads, seed \(seed)")
    }

    private static func list() {
        let width = (Experiment.registered.map(\.name.count).max() ?? 0) + 2
        for experiment in Experiment.registered {
            print(experiment.name.padding(toLength: width, withPad: " ", startingAt: 0) + experiment.summary)
        }
    }
}
