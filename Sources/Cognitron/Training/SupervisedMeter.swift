/// What a `SupervisedStep` has measured since a pass began: sums, so that means are exact whatever the
/// batches' sizes.
struct SupervisedMeter {
    private let names: [String]
    private let jointNames: [String]
    /// Of each output.
    private(set) var metrics: [[any Metric]]
    private var samples = 0
    /// Σ loss · samples: of the whole, of each output, of each joint loss.
    private var lossSum = 0.0
    private var outputSums: [Double]
    private var jointSums: [Double]

    init(_ objectives: [Objective], _ joint: [JointLoss]) {
        names = objectives.map(\.name)
        jointNames = joint.map(\.name)
        metrics = objectives.map { objective in objective.allMetrics.map { $0.adapted(toAny: objective.loss) }
        }
        outputSums = objectives.map { _ in 0 }
        jointSums = joint.map { _ in 0 }
    }

    /// Takes in the losses of a batch.
    mutating func add(_ batch: Losses, samples count: Int) {
        samples += count
        lossSum += Double(batch.total) * Double(count)
        for (index, loss) in batch.outputs.enumerated() { outputSums[index] += Double(loss) * Double(count) }
        for (index, loss) in batch.joint.enumerated() { jointSums[index] += Double(loss) * Double(count) }
    }

    mutating func update(output: Int, metric: Int, _ prediction: Tensor, _ target: Tensor, _ weights: Tensor?)
    {
        metrics[output][metric].update(prediction, target, weights: weights)
    }

    /// The losses of one batch, those of outputs as they are before their weights.
    struct Losses {
        var total: Float = 0
        var outputs: [Float] = []
        var joint: [Float] = []
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
            "joint": StateTree(jointSums),
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
        for (output, own) in states.enumerated() {
            for (index, state) in own.enumerated() { try metrics[output][index].restore(state) }
        }
    }
}

extension Metric {
    /// `adapted(to:)`, reset, of a metric whose type is not known.
    fileprivate func adapted(toAny loss: Loss?) -> any Metric {
        var metric = adapted(to: loss)
        metric.reset()
        return metric
    }
}
