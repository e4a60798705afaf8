import CognitronKernels

/// The sums of losses and the metrics that a `SupervisedStep` has measured since a pass began. Sums make the
/// means exact for batches of different sizes.
struct SupervisedMeter {
    private let names: [String]
    private let jointNames: [String]
    /// The metrics of each output.
    private(set) var metrics: [[any Metric]]
    private var samples = 0
    /// Σ loss · samples: of the total, of each output, of each joint loss, of the step's penalties by name.
    private var lossSum = 0.0
    private var outputSums: [Double]
    private var jointSums: [Double]
    private var penaltyNames: [String] = []
    private var penaltySums: [String: Double] = [:]

    init(_ objectives: [Objective], _ joint: [JointLoss]) {
        names = objectives.map(\.name)
        jointNames = joint.map(\.name)
        metrics = objectives.map { objective in objective.allMetrics.map { $0.adapted(toAny: objective.loss) }
        }
        outputSums = objectives.map { _ in 0 }
        jointSums = joint.map { _ in 0 }
    }

    /// Adds the losses of a batch.
    mutating func add(_ batch: Losses, samples count: Int) {
        samples += count
        lossSum += Double(batch.total) * Double(count)
        for (index, loss) in batch.outputs.enumerated() { outputSums[index] += Double(loss) * Double(count) }
        for (index, loss) in batch.joint.enumerated() { jointSums[index] += Double(loss) * Double(count) }
        for name in batch.penalties.names {
            guard let loss = batch.penalties[name] else { continue }
            if penaltySums[name] == nil { penaltyNames.append(name) }
            penaltySums[name, default: 0] += Double(loss) * Double(count)
        }
    }

    /// Adds what another meter has measured.
    mutating func merge(_ other: SupervisedMeter) {
        samples += other.samples
        lossSum += other.lossSum
        for (index, sum) in other.outputSums.enumerated() { outputSums[index] += sum }
        for (index, sum) in other.jointSums.enumerated() { jointSums[index] += sum }
        for name in other.penaltyNames {
            if penaltySums[name] == nil { penaltyNames.append(name) }
            penaltySums[name, default: 0] += other.penaltySums[name] ?? 0
        }
        for (output, own) in other.metrics.enumerated() {
            for (index, metric) in own.enumerated() { metrics[output][index].merge(any: metric) }
        }
    }

    mutating func update(output: Int, metric: Int, _ prediction: Tensor, _ target: Tensor, _ weights: Tensor?)
    {
        metrics[output][metric].update(prediction, target, weights: weights)
    }

    /// The losses of one batch; those of outputs are not multiplied by their weights.
    struct Losses {
        var total: Float = 0
        var outputs: [Float] = []
        var joint: [Float] = []
        var penalties = Scores()

        /// Adds the losses of a part of the batch, times the number of its samples.
        mutating func add(_ part: Losses, samples count: Int) {
            if outputs.isEmpty { outputs = part.outputs.map { _ in 0 } }
            if joint.isEmpty { joint = part.joint.map { _ in 0 } }
            total += part.total * Float(count)
            for (index, loss) in part.outputs.enumerated() { outputs[index] += loss * Float(count) }
            for (index, loss) in part.joint.enumerated() { joint[index] += loss * Float(count) }
        }

        /// Makes sums means.
        mutating func divide(by samples: Int) {
            let factor = 1 / Float(max(1, samples))
            total *= factor
            outputs = outputs.map { $0 * factor }
            joint = joint.map { $0 * factor }
        }
    }

    /// The scores, named as Keras names them.
    func scores(_ objectives: [Objective]) -> Scores {
        var scores = Scores()
        let divisor = Double(max(1, samples))
        scores["loss"] = Float(lossSum / divisor)
        let isSole = objectives.count == 1
        for (index, objective) in objectives.enumerated() where !isSole && objective.loss != nil {
            scores["\(objective.name)_loss"] = Float(outputSums[index] / divisor)
        }
        for (index, name) in jointNames.enumerated() { scores[name] = Float(jointSums[index] / divisor) }
        for name in penaltyNames { scores[name] = penaltySums[name].map { Float($0 / divisor) } }
        for (index, objective) in objectives.enumerated() {
            for (metric, name) in zip(metrics[index], objective.metricNames) {
                scores[isSole ? name : "\(objective.name)_\(name)"] = metric.result
            }
        }
        return scores
    }
}

extension SupervisedMeter: ResumableValue {
    var state: StateTree {
        [
            "samples": .integer(samples), "loss": .number(lossSum), "outputs": StateTree(outputSums),
            "joint": StateTree(jointSums), "penaltyNames": StateTree(penaltyNames),
            "penalties": StateTree(penaltySums),
            "metrics": .list(metrics.map { .list($0.map(\.state)) }),
        ]
    }

    mutating func restore(_ state: StateTree) throws {
        samples = try state.get("samples")
        lossSum = try state.get("loss")
        let (outputs, joint): ([Double], [Double]) = (try state.get("outputs"), try state.get("joint"))
        let states: [[StateTree]] = try state.get("metrics")
        guard outputs.count == outputSums.count, joint.count == jointSums.count,
            states.map(\.count) == metrics.map(\.count)
        else {
            throw CognitronError(
                .file, "state", "losses and metrics differ from those it was saved with",
                advice: "compile the model as it was")
        }
        (outputSums, jointSums) = (outputs, joint)
        // Missing in checkpoints of versions without penalties.
        penaltyNames = try state.getIfPresent("penaltyNames") ?? []
        penaltySums = try state.getIfPresent("penalties") ?? [:]
        for (output, own) in states.enumerated() {
            for (index, state) in own.enumerated() { try metrics[output][index].restore(state) }
        }
    }
}

extension Metric {
    /// Takes in what another metric of the same type has measured.
    fileprivate mutating func merge(any other: any Metric) {
        guard let other = other as? Self else { fail("metrics of different types") }
        merge(other)
    }

    /// The metric adapted to a loss, reset. A method of `Metric`, since `any Metric` cannot call
    /// `adapted(to:)`.
    fileprivate func adapted(toAny loss: Loss?) -> any Metric {
        var metric = adapted(to: loss)
        metric.reset()
        return metric
    }
}
