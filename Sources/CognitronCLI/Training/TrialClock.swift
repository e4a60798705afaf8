import Cognitron

/// Measures the steps of a trial, and ends it when there are enough.
final class TrialClock: Callback {
    /// The least duration and number of steps of a trial that the training itself does not end.
    private static let duration = Duration.seconds(4)
    private static let leastSteps = 8
    /// Steps before the measured ones: they allocate memory and prepare caches.
    private static let warmUpSteps = 3

    private let began = ContinuousClock.now
    private var mark = ContinuousClock.now
    private var samplesBefore = 0
    private var steps: [(samples: Int, seconds: Double)] = []

    var stepCount: Int { steps.count }

    func onEpochBegin(_ epoch: Int, _ model: Model) throws { (mark, samplesBefore) = (.now, 0) }

    func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws {
        let now = ContinuousClock.now
        let samples = model.trainer?.status?.samples ?? 0
        steps.append((samples - samplesBefore, (now - mark) / .seconds(1)))
        (mark, samplesBefore) = (now, samples)
        if now - began >= Self.duration, steps.count >= Self.leastSteps { model.stopTraining = true }
    }

    /// Seconds for each sample of a step, without those of the first steps.
    var secondsPerSample: Double {
        let measured = steps.count > 2 * Self.warmUpSteps ? steps.dropFirst(Self.warmUpSteps) : steps[...]
        let samples = measured.reduce(0) { $0 + $1.samples }
        return measured.reduce(0) { $0 + $1.seconds } / Double(max(1, samples))
    }

    /// The seconds that the first steps take longer than the later ones.
    var warmUpSeconds: Double {
        let first = steps.prefix(Self.warmUpSteps)
        let usual = secondsPerSample * Double(first.reduce(0) { $0 + $1.samples })
        return max(0, first.reduce(0) { $0 + $1.seconds } - usual)
    }
}
