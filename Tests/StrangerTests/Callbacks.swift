import Cognitron
import Foundation

/// Keeps the loss of every batch, over interruptions too.
final class LossLog: Callback, Stateful {
    private(set) var losses: [Float] = []

    func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws { losses.append(scores.loss) }

    func saveState() -> StateTree { ["losses": StateTree(losses)] }

    func restore(_ state: StateTree) throws { losses = try state.get("losses") }
}

/// Stops the training after a batch of an epoch.
final class StopAfter: Callback {
    private let stop: (epoch: Int, batch: Int)
    private var epoch = 0

    init(epoch: Int, batch: Int) { stop = (epoch, batch) }

    func onEpochBegin(_ epoch: Int, _ model: Model) throws { self.epoch = epoch }

    func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws {
        if (epoch, batch) == stop { model.stopTraining = true }
    }
}

/// Copies a folder after a batch of an epoch: what a program that is killed then leaves.
final class CopyFolder: Callback {
    private let moment: (epoch: Int, batch: Int)
    private let folder: String
    private let copy: String
    private var epoch = 0

    init(_ folder: String, to copy: String, epoch: Int, batch: Int) {
        self.folder = folder
        self.copy = copy
        moment = (epoch, batch)
    }

    func onEpochBegin(_ epoch: Int, _ model: Model) throws { self.epoch = epoch }

    func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws {
        guard (epoch, batch) == moment else { return }
        try FileManager.default.copyItem(atPath: folder, toPath: copy)
    }
}

/// Remembers the weights of all networks after an epoch.
final class KeepWeights: Callback {
    private let epoch: Int
    private(set) var weights: [[Tensor]] = []

    init(ofEpoch epoch: Int) { self.epoch = epoch }

    func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        guard epoch == self.epoch, let trainer = model.trainer else { return }
        weights = trainer.networks.map { $0.value.parameters.map(\.value) }
    }
}
