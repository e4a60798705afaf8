import Cognitron

/// Measures the time of the training steps, with the waits for their batches, over whole epochs.
final class SpeedMeter: Callback {
    private var (epochs, seconds) = (0, 0.0)
    /// Seconds of the epoch so far; nil for one that a resumed training began in the middle.
    private var current: Double?
    private var began = ContinuousClock.now

    /// Nil before the end of a whole epoch.
    func samplesPerSecond(ofEpochs count: Int) -> Double? {
        epochs > 0 && seconds > 0 ? Double(epochs * count) / seconds : nil
    }

    func onEpochBegin(_ epoch: Int, _ model: Model) throws { current = 0 }

    func onTrainBatchBegin(_ batch: Int, _ model: Model) throws { began = .now }

    func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws {
        current = current.map { $0 + (ContinuousClock.now - began) / .seconds(1) }
    }

    func onEpochEnd(_ epoch: Int, _ scores: Scores, _ model: Model) throws {
        guard let current else { return }
        (epochs, seconds, self.current) = (epochs + 1, seconds + current, nil)
    }
}
