/// Something that watches a training run and may act on it.
///
///     final class PrintWorst: Callback {
///         func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws { … }
///     }
///
/// All methods are optional. Set `model.stopTraining` to end the run after the current batch or epoch. A
/// trainer of several networks gives the first; `model.trainer` has them all. A callback that keeps something
/// from epoch to epoch conforms to `Stateful` too: then checkpoints keep it.
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
    ///   - scores: of the epoch, those of the validation data with `val_` before their names.
    func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws
    /// Called at the end of every training that began, also of one that an error ends.
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
