import Cognitron
import CognitronData
import CognitronModels

/// Training by `fit`: generated images, stored as bytes, are converted, mirrored and shifted in the
/// background of the previous step. Samples that are no images, and those with other targets than classes,
/// are random numbers. Its steps are profiled.
final class FitBench: Callback {
    let profile = StepProfile()
    /// Durations of the steps without profile.
    private(set) var plainSeconds: [Double] = []

    private let besidePlainSteps: Bool
    private let measured: Range<Int>
    private var began = ContinuousClock.now

    /// The first two steps warm caches and pools, and the first batch is not prepared in the background.
    private static let stepsBefore = 2
    /// During the last step no batch is prepared.
    private static let stepsAfter = 1

    /// Trains until `repetitions` steps are profiled.
    ///
    /// - Parameter besidePlainSteps: whether to time as many steps without profile, alternating with the
    ///   others.
    init(_ name: ModelName, _ model: Model, batch: Int, repetitions: Int, besidePlainSteps: Bool) throws {
        self.besidePlainSteps = besidePlainSteps
        let steps = besidePlainSteps ? 2 * repetitions : repetitions
        measured = Self.stepsBefore..<Self.stepsBefore + steps
        let shape = model.measuredShape(name) ?? []
        let count = (measured.upperBound + Self.stepsAfter) * batch
        let targets = model.measuredTargets(name, count)
        guard shape.rank == 3, targets.count == 1, targets[0].rank == 1 else {
            try model.fit(
                SampleSource([Tensor.randomUniform(shape.batched(count), seed: 1)], targets),
                batchSize: batch, callbacks: [self], verbose: .silent)
            return
        }
        let data = Shapes.make(count: count, size: shape[0], channels: shape[2] == 1 ? .grey : .rgb)
        try model.fit(
            data.images.augmented(), data.labels, batchSize: batch, callbacks: [self], verbose: .silent)
    }

    /// Time waiting for the batch, in percent of each profiled step.
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
