import ArgumentParser
import Cognitron
import CognitronKernels

/// `bench rnn`: measures recurrent layers.
struct RNNBench: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rnn", abstract: "Sequences a second of recurrent layers.",
        usage: "bench rnn [<options>]",
        discussion: """
            forward is a prediction that gives the outputs of all steps; training is a forward and a \
            backward pass, with the gradients of the input and of all weights. Inputs are as wide as the \
            layer. Scripts/peers/recurrent.py measures the same with PyTorch.
            """)

    enum Kind: String, CaseIterable, ExpressibleByArgument {
        case simpleRNN = "simple-rnn"
        case lstm
        case gru

        func layer(_ units: Int) -> any AnyLayer {
            switch self {
            case .simpleRNN: SimpleRNN(units, returnSequences: true)
            case .lstm: LSTM(units, returnSequences: true)
            case .gru: GRU(units, returnSequences: true)
            }
        }
    }

    @OptionGroup var options: BenchOptions

    @Option(help: "What to measure; may be given several times.")
    var layer = Kind.allCases

    @Option(parsing: .unconditionalSingleValue, help: "Units of the layer; may be given several times.")
    var units = [128, 512]

    @Option(parsing: .unconditional, help: "Sequences a batch.")
    var batch = 64

    @Option(parsing: .unconditional, help: "Time steps of a sequence.")
    var steps = 128

    func validate() throws {
        for (option, value) in [("batch", batch), ("steps", steps)] + units.map({ ("units", $0) })
        where value < 1 {
            throw ValidationError("--\(option) \(value): expected at least 1")
        }
    }

    func run() throws {
        var report = Report(threads: options.threads)
        var limits = MachineLimits()
        print("layer       units    forward   training   (sequences/s, batch \(batch), \(steps) steps)")
        for units in units {
            for kind in layer {
                let figures = try measure(kind, units)
                print(
                    kind.rawValue.padding(11), column("\(units)", width: 5),
                    column(figures[0].median, 1, width: 10), column(figures[1].median, 1, width: 10))
                for figure in figures { report.add(figure) }
                limits.sample()
            }
        }
        print(report.add(limits, repetitions: options.repetitions).line)
        try report.write(to: options.json)
    }

    private func measure(_ kind: Kind, _ units: Int) throws -> [Figure] {
        let model = Sequential([Input(steps, units), kind.layer(units)])
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
        let x = Tensor.randomNormal([batch, steps, units], seed: 1)
        let weighting = Tensor.randomNormal([batch, steps, units], seed: 2)
        let forward = try Timing(repetitions: options.repetitions, .latency) {
            _ = try model.predict(x, batchSize: batch)
        }
        let training = Timing(repetitions: options.repetitions, .latency) {
            let (_, pullback) = model.forward(x, .training)
            _ = pullback(weighting)
            for parameter in model.parameters { parameter.clearGradient() }
        }
        return [("forward", forward), ("training", training)].map { name, timing in
            Figure(
                "rnn/\(kind.rawValue)/units\(units)/\(name)", "sequences/s", amount: Double(batch), timing)
        }
    }
}
