import ArgumentParser
import Cognitron
import CognitronKernels
import CognitronModels

/// `bench train`: images a second of a training step.
struct TrainBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Images a second while training.",
        usage: "bench train [<options>]")

    @OptionGroup var options: BenchOptions
    @OptionGroup var work: ModelBenchOptions

    func run() throws {
        try work.measure("train", options) { model, x, y in try model.trainOnBatch(x, y) }
    }
}

/// `bench predict`: images a second of a prediction.
struct PredictBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "predict", abstract: "Images a second while predicting.",
        usage: "bench predict [<options>]")

    @OptionGroup var options: BenchOptions
    @OptionGroup var work: ModelBenchOptions

    func run() throws {
        try work.measure("predict", options) { model, x, _ in
            _ = try model.predict(x, batchSize: x.sampleCount)
        }
    }
}

struct ModelBenchOptions: ParsableArguments {
    @Option(help: "What to measure; may be given several times.")
    var model: [ModelName] = [.lenet, .vggLite, .resnet18]

    @Option(parsing: .unconditionalSingleValue, help: "Images a batch; may be given several times.")
    var batch: [Int] = [128]

    func validate() throws {
        if let wrong = batch.first(where: { $0 < 1 }) {
            throw ValidationError("--batch \(wrong): expected at least 1")
        }
    }

    /// Times `work` for every model and batch size, and prints and writes images a second.
    func measure(
        _ kind: String, _ options: BenchOptions, _ work: (Model, Tensor, Tensor) throws -> Void
    ) throws {
        var report = Report(threads: options.threads)
        print("model     batch   images/s      ms")
        for name in model {
            let model = try name.makeCompiled()
            for batch in batch {
                let x = Tensor.randomUniform((model.inputShape ?? []).batched(batch), seed: 1)
                let y = Tensor((0..<batch).map { Float($0 % 10) })
                let timing = try Timing(repetitions: options.repetitions) { try work(model, x, y) }
                let figure = Figure(
                    "\(kind)/\(name.rawValue)/batch\(batch)", "images/s", amount: Double(batch), timing)
                print(
                    name.rawValue.padding(9), column("\(batch)", width: 5),
                    column(figure.median, 1, width: 10),
                    column(timing.median * 1e3, 2, width: 8))
                report.add(figure)
            }
        }
        try report.write(to: options.json)
    }
}
