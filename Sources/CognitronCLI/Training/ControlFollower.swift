import Cognitron

/// Follows a control file. The answers go to standard error.
final class ControlFollower: Callback {
    private var file: ControlFile
    /// The file of the command `save`.
    private let output: String
    private var stopsAfterEpoch = false
    /// Whether the command `stop` has ended the training.
    private(set) var hasStopped = false
    /// The rate of the command `learning-rate`; nil before it.
    private var learningRate: Float?

    /// A control file may hold more lines than one wants to read answers to.
    private static let maximumLines = 20

    /// - Parameters:
    ///   - path: the control file, which need not exist.
    ///   - output: the model's file.
    init(_ path: String, output: String) {
        file = ControlFile(path)
        self.output = output
    }

    /// After a scheduler's, whose rate it replaces.
    func onTrainBatchBegin(_ batch: Int, _ model: Model) throws { applyLearningRate(model) }

    func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws { look(model) }

    func onTestBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws { look(model) }

    func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        if stopsAfterEpoch || hasStopped { model.stopTraining = true }
    }

    private func look(_ model: Model) {
        let lines = file.newLines()
        for line in lines.prefix(Self.maximumLines) {
            // Without what a terminal would take for a command.
            let text = String(
                line.unicodeScalars.prefix(80).filter { $0.properties.generalCategory != .control }.map(
                    Character.init))
            answer("\(text): \(follow(line, model))", model)
        }
        if lines.count > Self.maximumLines {
            answer("only the first \(Self.maximumLines) of \(lines.count) lines are followed", model)
        }
    }

    /// Does what a line says.
    ///
    /// - Returns: the answer.
    private func follow(_ line: String, _ model: Model) -> String {
        switch ControlFile.Command(line) {
        case .save:
            do {
                try model.save(output)
                return "wrote \(output)"
            } catch {
                return "\(error)"
            }
        case .stopAfterEpoch:
            stopsAfterEpoch = true
            return "the training ends after epoch \(model.trainer?.status?.epoch ?? 0)"
        case .stop:
            (hasStopped, model.stopTraining) = (true, true)
            return "the training ends"
        case .learningRate(let rate):
            learningRate = rate
            return "from step \((model.trainer?.stepsTaken ?? 0) + 1) on"
        case nil: return "is no command; expected \(ControlFile.Command.known)"
        }
    }

    private func applyLearningRate(_ model: Model) {
        guard let learningRate, let optimizers = model.trainer?.optimizers else { return }
        for (_, optimizer) in optimizers { optimizer.learningRate = learningRate }
    }

    private func answer(_ text: String, _ model: Model) {
        model.trainer?.interruptProgress()
        Output.answer(text)
    }
}

extension ControlFollower: Stateful {
    func saveState() -> StateTree { ["learningRate": StateTree(learningRate.map { [$0] } ?? [])] }

    func restore(_ state: StateTree) throws {
        let rates: [Float] = try state.get("learningRate")
        learningRate = rates.first
    }
}
