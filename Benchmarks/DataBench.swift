import ArgumentParser
import Cognitron
import CognitronData
import CognitronImages
import CognitronKernels
import Dispatch
import Foundation

/// `bench data`: measures how many pictures a second are brought from JPEG files to batches.
struct DataBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "data", abstract: "Measures pictures per second from JPEG files to batches.",
        usage: "bench data [<options>]",
        discussion: """
            JPEGs of 500×375 are decoded, cut and resized at random to 224×224 (Inception's crop), mirrored \
            at random and normalised by mean and variance, in batches of 64, by as many threads as \
            --makers says. Scripts/peers/data_loading.py measures torchvision on the same files. The last \
            line is for images of 32×32×3 in memory: normalised, mirrored, shifted and with a square cut out.
            """)

    @OptionGroup var options: BenchOptions

    @Option(parsing: .unconditionalSingleValue, help: "Threads that make batches; may be repeated.")
    var makers = [1, 2]

    @Option(help: "The folder of the pictures; they are drawn where it has none (default: a temporary one).")
    var folder: String?

    private static let batch = 64
    private static let count = 512

    func validate() throws {
        if let wrong = makers.first(where: { $0 < 1 }) {
            throw ValidationError("--makers \(wrong): expected at least 1")
        }
    }

    func run() throws {
        var report = Report(threads: options.threads)
        let folder = folder ?? FileManager.default.temporaryDirectory.path + "/cognitron-bench-\(getpid())"
        defer { if self.folder == nil { try? FileManager.default.removeItem(atPath: folder) } }
        let paths = try Self.pictures(in: folder)
        let source = try PictureSource(
            paths, .classes(paths.map { _ in 0 }), shape: [224, 224, 3], framing: .randomResizedCrop()
        ).augmented([.randomFlip])
        print("makers   pictures/s")
        for makers in makers {
            var epoch = 0
            let timing = try Timing(repetitions: options.repetitions) {
                epoch += 1
                try Self.pass(source, makers: makers, epoch: epoch)
            }
            let figure = Figure(
                "data/jpeg/makers\(makers)", "pictures/s", amount: Double(paths.count), timing)
            report.add(figure)
            print(column("\(makers)", width: 6), column(figure.median, 0, width: 12))
        }
        try AugmentationBench.measureUsual(options, &report)
        try report.write(to: options.json)
    }

    /// Makes every batch once; maker m takes batches m, m + makers and so on, as in training.
    private static func pass(_ source: AugmentedSource, makers: Int, epoch: Int) throws {
        let normalization = Normalization(
            mean: [0.485, 0.456, 0.406], variance: [0.229 * 0.229, 0.224 * 0.224, 0.225 * 0.225])
        let failure = Locked<(any Error)?>(nil)
        let draw = Draw(epoch: epoch, key: RandomKey(seed: 1))
        DispatchQueue.concurrentPerform(iterations: makers) { maker in
            WorkerPool.withoutWorkers {
                for first in stride(from: maker * batch, to: source.sampleCount ?? 0, by: makers * batch) {
                    do {
                        let samples = Array(first..<min(first + batch, source.sampleCount ?? 0))
                        guard let made = try source.batch(samples, draw) else { return }
                        _ = normalization.forward(made.inputs[0], .inference)
                    } catch {
                        failure.withLock { $0 = error }
                    }
                }
            }
        }
        try failure.withLock { error in
            if let error { throw error }
        }
    }

    /// The files of a folder; where there are none, drawn ones: shapes of 250 pixels, enlarged. With their
    /// noise they have about the size of photographs.
    private static func pictures(in folder: String) throws -> [String] {
        let paths = (0..<count).map { "\(folder)/shapes/\($0).jpg" }
        if FileManager.default.fileExists(atPath: paths[count - 1]) { return paths }
        try FileManager.default.createDirectory(
            atPath: "\(folder)/shapes", withIntermediateDirectories: true)
        for (number, path) in paths.enumerated() {
            let drawn = Shapes(seed: 1, size: 250)[number..<number + 1].images.picture(at: 0)
            try PictureFile.write(drawn.resized(height: 375, width: 500), to: path, quality: 90)
        }
        return paths
    }
}
