/// Code that `fit`, `evaluate` and `predict` call at the start and end of their work, of each epoch and of
/// each batch.
///
///     final class PrintWorst: Callback {
///         func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws { … }
///     }
///
/// All methods are optional. Epochs and batches count from 1. Set `model.stopTraining` to end the training
/// after the current batch or epoch. A trainer of several networks passes the first; `model.trainer` has them
/// all. The state of a callback that conforms to `Stateful` is saved in checkpoints.
///
/// Keras's `TerminateOnNaN` is built in: a loss, gradient or statistic that is not finite ends `fit` with a
/// `CognitronError` of kind `.notFinite`, and the failed step changes nothing. `FlightRecorder` says where
/// the number came from. Keras's `ProgbarLogger` is `fit(verbose:)`, its `History` what `fit` returns.
///
/// - Source: Keras `Callback`. Its `logs` of the beginnings, which are empty, are left out.
public protocol Callback: AnyObject {
    /// Whether only the first of several ranks that train together calls it: true of callbacks that write
    /// files, false of those that decide, which must decide the same on every rank. Default: false.
    var isForFirstRank: Bool { get }

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

    /// Called by `evaluate`, and by `fit` before it measures the validation data. Not called after an error:
    /// `onTestEnd`.
    func onTestBegin(_ model: Model) throws
    func onTestBatchBegin(_ batch: Int, _ model: Model) throws
    /// - Parameter scores: the means over the batches so far, without prefix.
    func onTestBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws
    func onTestEnd(_ scores: Scores, _ model: Model) throws

    /// Called by `predict`. Not called after an error: `onPredictEnd`.
    func onPredictBegin(_ model: Model) throws
    func onPredictBatchBegin(_ batch: Int, _ model: Model) throws
    /// - Parameter outputs: the batch's, one tensor for each output of the model.
    func onPredictBatchEnd(_ batch: Int, _ outputs: [Tensor], _ model: Model) throws
    func onPredictEnd(_ model: Model) throws
}

extension Callback {
    public var isForFirstRank: Bool { false }
    public func onTrainBegin(_ model: Model) throws {}
    public func onEpochBegin(_ epoch: Int, _ model: Model) throws {}
    public func onTrainBatchBegin(_ batch: Int, _ model: Model) throws {}
    public func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws {}
    public func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {}
    public func onTrainEnd(_ model: Model) throws {}
    public func onTestBegin(_ model: Model) throws {}
    public func onTestBatchBegin(_ batch: Int, _ model: Model) throws {}
    public func onTestBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws {}
    public func onTestEnd(_ scores: Scores, _ model: Model) throws {}
    public func onPredictBegin(_ model: Model) throws {}
    public func onPredictBatchBegin(_ batch: Int, _ model: Model) throws {}
    public func onPredictBatchEnd(_ batch: Int, _ outputs: [Tensor], _ model: Model) throws {}
    public func onPredictEnd(_ model: Model) throws {}
}
