import ArgumentParser
import Cognitron
import CognitronKernels
import CognitronModels

/// A network for texts with a batch of random tokens, none of them padding.
struct TextBench {
    let name: ModelName
    let model: Model
    private let inputs: [Tensor]
    private let targets: [Tensor]

    init(_ name: ModelName, batch: Int) throws {
        self.name = name
        model = try name.make(task: name.exampleTask)
        let (length, counts) = (name.inputShape[0], name.tokenCounts)
        func tokens(_ count: Int, seed: UInt64) -> Tensor {
            let first = min(4, count - 1)  // behind padding, the unknown token and the marks
            let numbers = Tensor.randomUniform([batch, length], in: Float(first)..<Float(count), seed: seed)
            return Tensor(numbers.scalars.map { $0.rounded(.down) }, shape: numbers.shape)
        }
        let read = tokens(counts?.inputs ?? 2, seed: 1)
        switch name.exampleTask.kind {
        case .text:
            let written = tokens(counts?.targets ?? 2, seed: 2)
            (inputs, targets) = ([read, written], [written])
        case .tagging: (inputs, targets) = ([read], [tokens(name.classCount, seed: 2)])
        default: (inputs, targets) = ([read], [read])
        }
        try model.compile(
            optimizer: SGD(learningRate: 1e-4, momentum: 0.9),
            losses: name.recipe(for: name.exampleTask, model).losses, seed: 1)
    }

    /// Times a training step. Its amount is that of the targets' tokens.
    func train(repetitions: Int) throws -> Figure {
        let timing = try Timing(repetitions: repetitions) { try model.trainOnBatch(inputs, targets) }
        let batch = targets[0].shape[0]
        return Figure("train/\(name)/batch\(batch)", "tokens/s", amount: Double(targets[0].count), timing)
    }

    /// Times the steps behind the first token, one token after another, with what the model keeps of those
    /// before.
    func generate(repetitions: Int) throws -> Figure {
        let tokens = inputs[inputs.count - 1]
        let length = tokens.shape[1]
        let steps = (0..<length).map { tokens.slice(axis: 1, $0..<$0 + 1) }
        let begun = try model.decoding(given: Array(inputs.dropLast()), stepping: inputs.count - 1)
        let timing = try Timing(repetitions: repetitions, .latency) {
            var decoding = begun
            for step in steps { _ = try decoding.next(step) }
        }
        return Figure(
            "generate/\(name)/batch\(tokens.shape[0])", "tokens/s", amount: Double(tokens.count), timing)
    }
}

extension ModelName {
    /// Whether it reads or writes tokens at each step.
    var isForTexts: Bool { tokenCounts != nil && exampleTask.kind != .classification }
}

/// `bench generate`: measures how fast a network for texts writes.
struct GenerateBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate", abstract: "Measures tokens a second of writing text.",
        usage: "bench generate [<options>]",
        discussion: """
            Tokens are given one after another, as many as the network was designed for; it keeps states, \
            keys and values of those before. Scripts/peers/sequences.py measures the same with PyTorch.
            """)

    @OptionGroup var options: BenchOptions

    @Option(help: "Network for texts to measure; may be repeated.")
    var model: [ModelName] = [.gpt, .transformer]

    @Option(parsing: .unconditionalSingleValue, help: "Texts written at once; may be repeated.")
    var batch = [1]

    func validate() throws {
        try ModelBenchOptions.validate(batches: batch)
        if let other = model.first(where: { !$0.isForTexts }) {
            throw ValidationError("--model \(other): expected a network for texts, such as gpt")
        }
    }

    func run() throws {
        var report = Report(threads: options.threads)
        var limits = MachineLimits()
        print("model".padding(ModelBench.nameWidth), "batch   tokens/s")
        for name in model {
            for batch in batch {
                let figure = try TextBench(name, batch: batch).generate(repetitions: options.repetitions)
                print(
                    name.name.padding(ModelBench.nameWidth), column("\(batch)", width: 5),
                    column(figure.median, 1, width: 10))
                report.add(figure)
                limits.sample()
            }
        }
        print(report.add(limits, repetitions: options.repetitions).line)
        try report.write(to: options.json)
    }
}
