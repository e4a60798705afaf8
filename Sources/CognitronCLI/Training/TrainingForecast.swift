import Cognitron

/// What a training will take: extrapolated from its first steps.
///
///     seconds = loading + warm-up + epochs · (training + validation + saving)
struct TrainingForecast {
    /// The number of steps and of batches of validation data that were measured.
    let steps: Int
    let validationBatches: Int
    let epochs: Int
    let samplesPerSecond: Double
    /// Seconds of each epoch.
    let trainingSeconds: Double
    let validationSeconds: Double
    let savingSeconds: Double
    /// What the first steps take longer than later ones.
    let warmUpSeconds: Double
    /// The process's peak, with data; nil where the system does not tell it.
    let peakMebibytes: Double?
    let unit: String

    var secondsOfEpoch: Double { trainingSeconds + validationSeconds + savingSeconds }

    /// - Parameter loading: seconds from the program's start to the first step.
    func lines(loading: Double) -> [String] {
        let total = loading + warmUpSeconds + Double(epochs) * secondsOfEpoch
        let memory = peakMebibytes.map { "\($0.text(0)) MiB" } ?? "not known on this system"
        let measured = count(steps, "step")
        let tested =
            validationBatches > 0 ? " and \(count(validationBatches, "batch", "batches")) of test data" : ""
        return [
            "peak memory  \(memory)",
            "speed        \(samplesPerSecond.text(samplesPerSecond < 10 ? 2 : 0)) \(unit)/s",
            "time         \(TrainingStatus.clock(total)): \(count(epochs, "epoch")) of "
                + "\(TrainingStatus.clock(trainingSeconds)) for training and "
                + "\(TrainingStatus.clock(validationSeconds + savingSeconds)) for the test data and the file",
            "Estimated from \(measured)\(tested). Other work on this machine, samples of other sizes, "
                + "checkpoints and charts come on top.",
        ]
    }
}
