import ArgumentParser
import Cognitron
import Foundation

/// The first steps of a training, run to predict how long all of it takes and how much memory. Changes the
/// model's weights.
struct TrainingTrial {
    let model: Model
    let training: any BatchSource
    let validation: (any BatchSource)?
    let batchSize: Int
    let epochs: Int
    /// Threads that prepare batches.
    let makers: Int

    /// Seconds for which the validation data are measured.
    private static let validationSeconds = 1.5

    /// Runs the trial and prints what the training will take.
    ///
    /// - Parameters:
    ///   - callbacks: the training's. Those that write files are left out.
    ///   - loading: the time that loading the data has taken.
    func printForecast(_ callbacks: [any Callback], loading: Duration) throws {
        let callbacks = callbacks.filter { !($0 is EpochSaver) && !($0 is BackupAndRestore) }
        let forecast = try run(callbacks: callbacks)
        if let status = callbacks.lazy.compactMap({ ($0 as? Interruption)?.status }).first {
            throw ExitCode(status)
        }
        for line in forecast.lines(loading: loading / .seconds(1)) { try Output.result(line) }
    }

    /// - Throws: what the training would throw in these steps.
    func run(callbacks: [any Callback]) throws -> TrainingForecast {
        let clock = TrialClock()
        try model.fit(
            training, batchSize: batchSize, epochs: epochs, makers: makers, callbacks: callbacks + [clock],
            verbose: .silent)
        let (validationBatches, validationSeconds) = try measureValidation()
        let saving = try measureSaving()
        if epochs > 1 {
            // Memory that the validation data have used is then divided anew: the peak is that of an epoch after
            // the first.
            try model.fit(
                training, batchSize: batchSize, stepsPerEpoch: 2, makers: makers, verbose: .silent)
        }
        let samples = training.sampleCount ?? 0
        return TrainingForecast(
            steps: clock.stepCount, validationBatches: validationBatches, epochs: epochs,
            samplesPerSecond: 1 / max(clock.secondsPerSample, 1e-9),
            trainingSeconds: Double(samples) * clock.secondsPerSample, validationSeconds: validationSeconds,
            savingSeconds: saving, warmUpSeconds: clock.warmUpSeconds, peakMebibytes: PeakMemory.mebibytes,
            unit: training.unit)
    }

    /// - Returns: how many batches were measured, and the seconds for all.
    private func measureValidation() throws -> (batches: Int, seconds: Double) {
        guard let validation, let samples = validation.sampleCount else { return (0, 0) }
        let batches = (samples + batchSize - 1) / batchSize
        let first = try Self.seconds { _ = try model.evaluate(validation, batchSize: batchSize, steps: 1) }
        let measured = max(1, min(batches, Int(Self.validationSeconds / max(first, 1e-4))))
        let seconds = try Self.seconds {
            _ = try model.evaluate(validation, batchSize: batchSize, steps: measured)
        }
        return (measured, seconds * Double(samples) / Double(min(samples, measured * batchSize)))
    }

    private func measureSaving() throws -> Double {
        let path = FileManager.default.temporaryDirectory
            .appending(path: "cognitron-plan-\(UUID().uuidString).safetensors").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        return try Self.seconds { try model.save(path) }
    }

    private static func seconds(_ body: () throws -> Void) rethrows -> Double {
        let began = ContinuousClock.now
        try body()
        return (ContinuousClock.now - began) / .seconds(1)
    }
}
