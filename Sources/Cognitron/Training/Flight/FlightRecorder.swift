import Foundation

/// Records the last 64 steps, and says where a number that is not finite came from.
///
///     try model.fit(x, y, callbacks: [FlightRecorder("run.flight.json")])
///
/// When a loss, gradient or statistic is not finite, in training or in its validation, the failed step is run
/// again layer by layer, without updates: the error then names the first layer, forward or backward, whose
/// numbers are not finite, and the samples that cause it. Where the numbers are not those of single samples
/// (the loss, a parameter's gradient), each sample is run by itself, unless the training step is one of your
/// own. The steps are written to a file (`FlightRecord`), and the training's state before the failed step
/// beside it, as `run.flight.safetensors`: `FlightRecord.replay` runs the step again.
///
/// While all is finite, a step's number, samples and loss are kept. Ranges and norms take passes over the
/// parameters: they are computed in every 32nd step, and for the failed one. The recorded steps are those
/// since the program began; a training step of your own must update weights through `Trainer.update` only,
/// and is run again from the weights it has changed.
public final class FlightRecorder: Callback {
    private let path: String
    private let metadata: [String: String]
    /// The last steps; `oldest` is where the next one is written once there are `capacity`.
    private var steps: [FlightRecord.Step] = []
    private var oldest = 0
    private var measuresGradients = false

    private static let capacity = 64
    private static let interval = 32

    /// - Parameters:
    ///   - path: the file to write when training fails.
    ///   - metadata: texts to write into it, such as what is needed to make the model again.
    public init(_ path: String, metadata: [String: String] = [:]) {
        self.path = path
        self.metadata = metadata
    }

    public func onTrainBegin(_ model: Model) throws {
        guard !path.isEmpty else { throw CognitronError.withoutName }
        (steps, oldest) = ([], 0)
        try model.requireRunningTrainer("FlightRecorder").recorder = self
    }

    public func onTrainEnd(_ model: Model) throws { model.trainer?.recorder = nil }

    // MARK: - While all is finite

    /// Called before a step, or after one for a batch of its validation that has failed.
    func began(
        _ batch: Batch, _ samples: [Int], epoch: Int, number: Int, isValidation: Bool = false,
        _ trainer: Trainer
    ) {
        var step = FlightRecord.Step(
            step: trainer.stepsTaken + (isValidation ? 0 : 1), epoch: epoch, batch: number, samples: samples)
        if isValidation { step.isValidation = true }
        measuresGradients = !isValidation && trainer.stepsTaken % Self.interval == 0
        if measuresGradients { measure(&step, batch, trainer) }
        if steps.count < Self.capacity {
            steps.append(step)
        } else {
            steps[oldest] = step
            oldest = (oldest + 1) % Self.capacity
        }
    }

    /// Called before an optimizer's update.
    func updating(_ network: String, _ trainer: Trainer) {
        guard measuresGradients, !steps.isEmpty else { return }
        var norms = steps[latest].gradientNorms ?? [:]
        // A failed step is run again, sample by sample too.
        for (path, parameter) in trainer.paths(ofNetwork: network)
        where parameter.hasGradient && norms[path] == nil {
            norms[path] = Float(parameter.gradient.sumOfSquares.squareRoot())
        }
        steps[latest].gradientNorms = norms
    }

    /// Called after a step.
    func ended(loss: Float) { steps[latest].loss = loss }

    private var latest: Int {
        steps.count < Self.capacity ? steps.count - 1 : (oldest + Self.capacity - 1) % Self.capacity
    }

    private func measure(_ step: inout FlightRecord.Step, _ batch: Batch, _ trainer: Trainer) {
        step.inputs = batch.inputs.map(FlightRecord.Bounds.init)
        let all = trainer.networks.names.flatMap { trainer.paths(ofNetwork: $0) }
        step.parameters = Dictionary(all.map { ($0.path, FlightRecord.Bounds($0.parameter.value)) }) { a, _ in
            a
        }
    }

    // MARK: - After a failed step

    /// Writes the record of a failed step, or of a failed batch of the validation.
    ///
    /// - Returns: the error, with where the numbers stopped being finite.
    func failed(_ error: CognitronError, _ batch: Batch, _ samples: [Int], _ trainer: Trainer)
        -> CognitronError
    {
        measure(&steps[latest], batch, trainer)
        measuresGradients = true
        let origin = trainer.originOfNonFinite(
            batch, samples: samples, isTraining: steps[latest].isValidation != true)
        measuresGradients = false
        let explained = error.explained(by: origin)
        let base = path.hasSuffix(".json") ? String(path.dropLast(5)) : path
        let statePath = base + ".safetensors"
        let record = FlightRecord(
            steps: Array(steps[oldest...] + steps[..<oldest]), error: "\(explained)", origin: origin,
            epochsBefore: trainer.epochsTrained - 1, metadata: metadata,
            stateFile: URL(fileURLWithPath: statePath).lastPathComponent)
        do {
            try trainer.saveState().write(to: statePath)
            try record.write(to: path)
        } catch {
            return explained.advising("the last steps could not be recorded: \(error)")
        }
        return explained.advising("the last steps are in \(path)")
    }
}

extension FlightRecord.Bounds {
    fileprivate init(_ tensor: Tensor) {
        let isEmpty = tensor.count == 0
        self.init(least: isEmpty ? .nan : tensor.min(), greatest: isEmpty ? .nan : tensor.max())
    }
}

extension Trainer {
    /// The parameters of a network, with their paths; after its name where there are several networks.
    func paths(ofNetwork name: String) -> [(path: String, parameter: Parameter)] {
        let prefix = networks.count == 1 ? "" : "\(name)/"
        return networks[name].namedParameters.map { (prefix + $0.path, $0.parameter) }
    }
}

extension CognitronError {
    fileprivate func explained(by origin: NonFiniteOrigin?) -> CognitronError {
        let cause = origin.map { "it begins in \($0)" } ?? "run again, the step gives finite numbers"
        return CognitronError(
            kind, place, "\(problem); \(cause)", expected: expected, got: received, advice: advice)
    }
}
