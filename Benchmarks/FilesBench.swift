import ArgumentParser
import Cognitron
import CognitronKernels
import CognitronModels
import Foundation

/// `bench files`: measures how fast models are saved and loaded.
struct FilesBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "files", abstract: "Megabytes a second of saving and loading a model.",
        usage: "bench files [--model <model>] [<options>]",
        discussion: """
            load is of a file that the system has in memory: Safetensors alone, and Model.load with its layers. \
            A save counts until the numbers are on the disk (fsync). Scripts/peers/files.py measures the same \
            with the Python package safetensors.
            """)

    @Option(help: "The network (default: resnet50).")
    var model: ModelName?

    @Option(
        help: ArgumentHelp(
            "Folder to write to (default: the system's for temporary files).", valueName: "folder"))
    var folder: String?

    @OptionGroup var options: BenchOptions

    func run() throws {
        var report = Report(threads: options.threads)
        var limits = MachineLimits()
        let model = try model ?? ModelName(named: "resnet50")
        let network = try model.make(task: model.exampleTask)
        let place = folder ?? FileManager.default.temporaryDirectory.path
        let path = "\(place)/bench-\(UUID().uuidString).safetensors"
        defer { try? FileManager.default.removeItem(atPath: path) }
        try network.save(path)
        let bytes = Double(network.parameterCount * MemoryLayout<Float>.size) / 1e6
        print("\(model.name), \(bytes.formatted(.number.precision(.fractionLength(1)))) MB       MB/s")
        let works: [(name: String, run: () throws -> Void)] = [
            ("save", { try network.save(path) }),
            ("load tensors", { _ = try Safetensors(contentsOf: path) }),
            ("load model", { _ = try Model.load(path) }),
        ]
        for (name, work) in works {
            var failure: (any Error)?
            let timing = Timing(repetitions: options.repetitions, .latency) {
                do { try work() } catch { failure = error }
            }
            if let failure { throw failure }
            print(name.padding(32), column(bytes / timing.median, 0, width: 10))
            report.add(Figure("files/\(name)/\(model.name)", "MB/s", amount: bytes, timing))
            limits.sample()
        }
        print(report.add(limits, repetitions: options.repetitions).line)
        try report.write(to: options.json)
    }
}
