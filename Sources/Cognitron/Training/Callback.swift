/// Code that `fit` calls at the start and end of the training, of each epoch and of each batch.
///
///     final class PrintWorst: Callback {
///         func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws { … }
///     }
///
/// All methods are optional. Set `model.stopTraining` to end the training after the current batch or epoch. A
/// trainer of several networks passes the first; `model.trainer` has them all. The state of a callback that
/// conforms to `Stateful` is saved in checkpoints.
///
/// - Source: Keras `Callback`.
public protocol Callback: AnyObject {
    func onTrainBegin(_ model: Model) throws
    func onEpochBegin(_ epoch: Int, _ model: Model) throws
    /// - Parameter batch: from 1, in every epoch.
    func onTrainBatchBegin(_ batch: Int, _ model: Model) throws
    /// - Parameter scores: the means over the epoch so far.
    func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws
    /// - Parameters:
    ///   - epoch: from 1.
    ///   - scores: those of the epoch, and those of the validation data with the prefix `val_`.
    func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws
    /// Called at the end of every training whose `onTrainBegin` returned, also after an error.
    func onTrainEnd(_ model: Model) throws
}

extension Callback {
    public func onTrainBegin(_ model: Model) throws {}
    public func onEpochBegin(_ epoch: Int, _ model: Model) throws {}
    public func onTrainBatchBegin(_ batch: Int, _ model: Model) throws {}
    public func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws {}
    public func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {}
    public func onTrainEnd(_ model: Model) throws {}
}
