import Cognitron
import CognitronData
import CognitronModels

/// Training as `fit` does it: drawn pictures, kept as bytes, become numbers, are mirrored and shifted beside the step
/// before. Its steps are profiled.
final class FitBench: Callback {
    let profile = StepProfile()
    /// The times of the steps that were not profiled.
    private(set) var plainSeconds: [Double] = []

    private let besidePlainSteps: Bool
    private let measured: Range<Int>
    private var began = ContinuousClock.now

    /// The first two fill caches and pools, and the first batch is made beside nothing.
    private static let stepsBefore = 2
    /// No batch is made beside the last.
    private static let stepsAfter = 1

    /// Trains until `repetitions` steps are profiled.
    ///
    /// - Parameter besidePlainSteps: whether as many steps are timed without a profile, in turn with the others.
    init(_ model: Model, batch: Int, repetitions: Int, besidePlainSteps: Bool) throws {
        self.besidePlainSteps = besidePlainSteps
        let steps = besidePlainSteps ? 2 * repetitions : repetitions
        measured = Self.stepsBefore..<Self.stepsBefore + steps
        let shape = model.inputShape ?? []
        let data = Shapes.make(
            count: (measured.upperBound + Self.stepsAfter) * batch, size: shape[0],
            channels: shape[2] == 1 ? .grey : .rgb)
        try model.fit(
            data.images.augmented(), data.labels, batchSize: batch, callbacks: [self], verbose: .silent)
    }

    /// The share of each profiled step that was spent waiting for its batch, in percent.
    var waiting: [Double] { zip(profile.seconds(in: .data), profile.seconds).map { $0 / $1 * 100 } }

    func onTrainBatchBegin(_ batch: Int, _ model: Model) {
        let step = batch - 1
        let isProfiled = measured.contains(step) && !(besidePlainSteps && step.isMultiple(of: 2))
        model.profile = isProfiled ? profile : nil
        began = .now
        model.profile?.begin()
    }

    func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) {
        if let profile = model.profile {
            profile.end()
        } else if measured.contains(batch - 1) {
            plainSeconds.append((.now - began) / .seconds(1))
        }
    }

    func onTrainEnd(_ model: Model) { model.profile = nil }
}
