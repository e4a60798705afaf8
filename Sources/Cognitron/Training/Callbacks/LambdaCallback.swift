/// A callback made of closures.
///
///     LambdaCallback(onEpochEnd: { epoch, scores, model in print(epoch, scores) })
///
/// - Source: Keras `LambdaCallback`.
public final class LambdaCallback: Callback {
    public typealias Moment = (_ model: Model) throws -> Void
    /// The epoch or batch counts from 1.
    public typealias Beginning = (_ number: Int, _ model: Model) throws -> Void
    public typealias End = (_ number: Int, _ scores: Scores, _ model: Model) throws -> Void
    public typealias Measured = (_ scores: Scores, _ model: Model) throws -> Void
    public typealias Predicted = (_ batch: Int, _ outputs: [Tensor], _ model: Model) throws -> Void

    private let epochs: (begin: Beginning?, end: End?)
    private let training: (begin: Moment?, end: Moment?)
    private let trainBatches: (begin: Beginning?, end: End?)
    private let test: (begin: Moment?, end: Measured?)
    private let testBatches: (begin: Beginning?, end: End?)
    private let prediction: (begin: Moment?, end: Moment?)
    private let predictBatches: (begin: Beginning?, end: Predicted?)

    /// - Parameters: closures for the methods of `Callback`; nil for nothing.
    public init(
        onEpochBegin: Beginning? = nil, onEpochEnd: End? = nil, onTrainBegin: Moment? = nil,
        onTrainEnd: Moment? = nil, onTrainBatchBegin: Beginning? = nil, onTrainBatchEnd: End? = nil,
        onTestBegin: Moment? = nil, onTestEnd: Measured? = nil, onTestBatchBegin: Beginning? = nil,
        onTestBatchEnd: End? = nil, onPredictBegin: Moment? = nil, onPredictEnd: Moment? = nil,
        onPredictBatchBegin: Beginning? = nil, onPredictBatchEnd: Predicted? = nil
    ) {
        epochs = (onEpochBegin, onEpochEnd)
        training = (onTrainBegin, onTrainEnd)
        trainBatches = (onTrainBatchBegin, onTrainBatchEnd)
        test = (onTestBegin, onTestEnd)
        testBatches = (onTestBatchBegin, onTestBatchEnd)
        prediction = (onPredictBegin, onPredictEnd)
        predictBatches = (onPredictBatchBegin, onPredictBatchEnd)
    }

    public func onTrainBegin(_ model: Model) throws { try training.begin?(model) }
    public func onEpochBegin(_ epoch: Int, _ model: Model) throws { try epochs.begin?(epoch, model) }
    public func onTrainBatchBegin(_ batch: Int, _ model: Model) throws {
        try trainBatches.begin?(batch, model)
    }
    public func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws {
        try trainBatches.end?(batch, scores, model)
    }
    public func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        try epochs.end?(epoch, scores, model)
    }
    public func onTrainEnd(_ model: Model) throws { try training.end?(model) }

    public func onTestBegin(_ model: Model) throws { try test.begin?(model) }
    public func onTestBatchBegin(_ batch: Int, _ model: Model) throws {
        try testBatches.begin?(batch, model)
    }
    public func onTestBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws {
        try testBatches.end?(batch, scores, model)
    }
    public func onTestEnd(_ scores: Scores, _ model: Model) throws { try test.end?(scores, model) }

    public func onPredictBegin(_ model: Model) throws { try prediction.begin?(model) }
    public func onPredictBatchBegin(_ batch: Int, _ model: Model) throws {
        try predictBatches.begin?(batch, model)
    }
    public func onPredictBatchEnd(_ batch: Int, _ outputs: [Tensor], _ model: Model) throws {
        try predictBatches.end?(batch, outputs, model)
    }
    public func onPredictEnd(_ model: Model) throws { try prediction.end?(model) }
}
