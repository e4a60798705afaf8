import ArgumentParser
import Cognitron

/// An amount of memory on the command line: `2G`, `800M`, `1.5GiB`.
struct MemorySize: OptionSize, Equatable, CustomStringConvertible {
    let mebibytes: Double

    static let form = "1M or more, as 800M or 2G"

    init?(argument: String) {
        guard let match = argument.wholeMatch(of: /([0-9.]+) ?([KMGT])(?:i?B)?/.ignoresCase()),
            let number = Double(match.1), number.isFinite
        else { return nil }
        let factors: [String: Double] = ["K": 1 / 1024, "M": 1, "G": 1024, "T": 1024 * 1024]
        mebibytes = number * (factors[match.2.uppercased()] ?? 1)
        guard mebibytes >= 1 else { return nil }
    }

    var description: String { "\(mebibytes.shortText)M" }
}

extension TrainingSession {
    /// Steps of a trial for each size.
    private static let steps = 3

    /// The number of parts into which each batch must be divided for the training to fit into the memory.
    func parts(within memory: MemorySize, _ options: DataOptions) throws -> Int {
        let recipe = plan.recipe
        try requireGradients("--memory")
        let base = try plan.base
        let data = try TrainingData(recipe, options, in: plan.folder, from: base)
        let (training, test) = (try data.part(.train), try data.part(.test))
        let batchSize = min(recipe.batchSize, training.count)
        let fit = MemoryFit(limit: memory.mebibytes, batchSize: batchSize) { samples in
            PeakMemory.reset()
            var recipe = recipe
            recipe.accumulate = samples < batchSize ? 2 : 1
            let network = try Network(recipe, training, batchSize: batchSize, from: base)
            let source = try network.trainingSource(training)
            // The second time with the memory that the validation data have used.
            for _ in 0..<2 {
                try network.model.fit(
                    source, batchSize: samples, stepsPerEpoch: Self.steps, makers: makers,
                    callbacks: [FlightRecorder(plan.path(ending: ".flight.json"))], verbose: .silent)
                _ = try network.model.evaluate(network.source(test), batchSize: samples, steps: 1)
            }
            guard let peak = PeakMemory.mebibytes else {
                throw CognitronError(
                    .argument, "--memory", "this system does not tell the memory of a process",
                    advice: "choose --accumulate by hand")
            }
            return peak
        }
        let (parts, peak) = try fit.parts()
        Memory.releaseUnused()
        Output.note(
            "Batches of \(batchSize) in \(count(parts, "part")) of \(batchSize / parts): "
                + "\(peak.text(0)) of \(memory.mebibytes.text(0)) MiB")
        return parts
    }
}
