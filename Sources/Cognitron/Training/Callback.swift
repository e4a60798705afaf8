/// Something that watches a training run and may act on it.
///
///     final class PrintWorst: Callback {
///         func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws { … }
///     }
///
/// All methods are optional. Set `model.stopTraining` to end the run after the current batch or epoch.
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

/// Whether a watched number should grow or shrink.
public enum MonitorMode: Sendable {
    /// Grow where the name ends in "accuracy", shrink otherwise.
    case automatic
    case minimum
    case maximum

    func isBetter(_ value: Float, than best: Float, by delta: Float, _ name: String) -> Bool {
        let grows = self == .maximum || self == .automatic && name.hasSuffix("accuracy")
        return grows ? value > best + delta : value < best - delta
    }
}

/// The number a callback watches, and the best it has seen.
struct Monitor {
    let name: String
    let mode: MonitorMode
    let minimumDelta: Float
    private(set) var best: Float?

    init(_ name: String, _ mode: MonitorMode, minimumDelta: Float = 0) {
        self.name = name
        self.mode = mode
        self.minimumDelta = minimumDelta
    }

    /// Whether the scores are the best so far.
    mutating func improves(_ scores: Scores, _ callback: String) throws -> Bool {
        guard let value = scores[name] else {
            throw CognitronError(
                .argument, callback, "nothing called \(name) is measured",
                expected: "one of \(scores.names.joined(separator: ", "))", got: name,
                advice: name.hasPrefix("val_") ? "give fit validation data" : "add the metric to compile")
        }
        if let best, !mode.isBetter(value, than: best, by: minimumDelta, name) { return false }
        guard !value.isNaN else { return false }
        best = value
        return true
    }
}
