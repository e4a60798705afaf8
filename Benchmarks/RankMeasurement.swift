import Cognitron
import Foundation

/// Steps of a training on several processes of this machine, measured by `cognitron-mpi` under `mpirun`.
struct RankMeasurement: Decodable {
    let ranks: Int
    /// Seconds of each step.
    let steps: [Double]
    /// The share of the time in which a rank waits for gradients.
    let waiting: Double
    /// Bytes of gradients that a step sums.
    let bytes: Int
    /// Seconds of a sum of one number, and bytes a second of a sum of many.
    let latency: Double
    let bandwidth: Double

    var median: Double { steps.sorted()[steps.count / 2] }

    /// - Parameters:
    ///   - batch: the pictures of each rank.
    ///   - steps: the number of steps.
    ///   - threads: those of each rank.
    static func run(model: String, batch: Int, ranks: Int, steps: Int, threads: Int) throws -> RankMeasurement
    {
        let own = Bundle.main.executablePath ?? CommandLine.arguments[0]
        let program = URL(fileURLWithPath: own).deletingLastPathComponent()
            .appendingPathComponent("cognitron-mpi").path
        guard FileManager.default.isExecutableFile(atPath: program) else {
            throw CognitronError(
                .file, program, "is missing", advice: "swift build -c release --product cognitron-mpi")
        }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["mpirun"] + (getuid() == 0 ? ["--allow-run-as-root"] : []) + [
                "--oversubscribe", "--bind-to", "none", "-n", "\(ranks)", program, "measure-scaling", model,
                "\(batch)", "\(steps)",
            ]
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["COGNITRON_THREADS": "\(threads)"]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0,
            let measurement = try? JSONDecoder().decode(RankMeasurement.self, from: text),
            !measurement.steps.isEmpty
        else {
            throw CognitronError(
                .file, program, "mpirun with \(ranks) ranks ended with status \(process.terminationStatus)")
        }
        return measurement
    }
}
