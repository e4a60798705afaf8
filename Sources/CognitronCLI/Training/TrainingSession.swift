import ArgumentParser
import Cognitron
import CognitronData
import CognitronModels
import Foundation

/// Runs a plan: loads the data, trains, saves the model and its history.
struct TrainingSession {
    let plan: TrainingPlan
    /// Number of threads that prepare batches.
    let makers: Int

    private var recipe: TrainingRecipe { plan.recipe }

    /// - Parameter data: the folder of the data.
    func run(_ data: DataOptions) throws {
        let path = plan.output
        let historyPath = plan.path(ending: ".history.json")
        for path in [path, historyPath] { try Self.requireWritable(path) }
        let inputShape = recipe.dataset.shape ?? recipe.model.inputShape
        let training = try data.load(recipe.dataset, .train, for: inputShape)
        let test = try data.load(recipe.dataset, .test, for: inputShape)
        let batchSize = min(recipe.batchSize, training.count)
        let (network, optimizer) = try makeNetwork(inputShape, training.classNames, batchSize: batchSize)
        let interruption = Interruption()
        let run = RunCallbacks(plan.run, output: path)
        Output.note(
            "Training \(recipe.model) (\(network.parameterCount) parameters) on \(training.count) pictures "
                + "of \(recipe.dataset), \(ThreadOptions.description)")
        let batches = training.count / batchSize + (training.count % batchSize > 0 ? 1 : 0)
        let history = try network.fit(
            try training.augmented(recipe.augmentations), batchSize: batchSize, epochs: recipe.epochs,
            validation: SampleSource(test.images, test.labels), makers: makers,
            callbacks: try callbacks(optimizer, interruption, batches: batches) + run.all)
        try network.save(path)
        try plan.writeConfiguration()
        if interruption.happened || run.control?.hasStopped == true { noteInterruption() }
        // An interrupted epoch has no validation scores, and those of the epoch before are another model's.
        let accuracies = history["val_accuracy"]
        if let last = accuracies.last, accuracies.count == history.epochs.count {
            let accuracy = run.earlyStopping?.bestEpoch.map { accuracies[$0 - 1] } ?? last
            Output.note("Test accuracy \(Self.percent(accuracy)) on \(test.count) pictures")
        }
        Output.note("Wrote \(plan.configurationPath)")
        Output.note("Wrote \(path)")
        try AtomicFile.write(try JSONEncoder().encode(history), to: historyPath)
        Output.note("Wrote \(historyPath)")
        if let status = interruption.status { throw ExitCode(status) }
        Output.note("Next: \(Self.program) predict \(path.shellWord) 0 1 2")
    }

    /// - Parameter batchSize: images per step, at most the data's number: stored in the model's file.
    func makeNetwork(
        _ inputShape: Shape, _ classNames: [String], batchSize: Int
    ) throws -> (Model, any Optimizer) {
        let network = try recipe.model.make(inputShape: inputShape, classCount: classNames.count)
        var recipe = recipe
        recipe.batchSize = batchSize
        try ModelFile.describe(network, recipe, classNames: classNames)
        let optimizer = recipe.optimizer.make(for: network, recipe.learningRate, recipe.weightDecay)
        try network.compile(
            optimizer: optimizer, loss: .sparseCategoricalCrossentropy(labelSmoothing: recipe.labelSmoothing),
            metrics: [.accuracy], seed: recipe.seed)
        return (network, optimizer)
    }

    private func callbacks(
        _ optimizer: any Optimizer, _ interruption: Interruption, batches: Int
    ) throws -> [any Callback] {
        let recorder = FlightRecorder(
            plan.path(ending: ".flight.json"), metadata: ["plan": try plan.text])
        var callbacks: [any Callback] = [EpochSaver(plan), interruption, recorder]
        if let scheduler = recipe.schedule.scheduler(
            optimizer.learningRate, epochs: recipe.epochs, batches: batches)
        {
            callbacks.append(scheduler)
        }
        if let folder = plan.checkpoint {
            callbacks.append(
                BackupAndRestore(
                    folder, saveFrequency: plan.checkpointEvery.map { .steps($0) } ?? .epoch,
                    deleteCheckpoint: false, monitor: "val_accuracy"))
        }
        return callbacks
    }

    private func noteInterruption() {
        Output.note("Interrupted: the model is saved as it was after its last step.")
        if let folder = plan.checkpoint {
            Output.note("Continue: \(Self.program) train --resume \(folder.shellWord)")
        }
    }

    /// Checks before the training that the result can be saved. Existing files are kept.
    private static func requireWritable(_ path: String) throws {
        struct Tried: Error {}
        do {
            try AtomicFile.write(to: path) { _ in throw Tried() }
        } catch is Tried {}
    }

    /// The command for calling this program again from the same folder: through SwiftPM in a checkout, else
    /// as now.
    private static var program: String {
        let path = CommandLine.arguments.first ?? "cognitron"
        guard path.hasPrefix(FileManager.default.currentDirectoryPath + "/.build/") else {
            return path.shellWord
        }
        return path.contains("/release/") ? "swift run -c release cognitron" : "swift run cognitron"
    }

    static func percent(_ share: Float) -> String { String(format: "%.2f %%", share * 100) }
}
