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
    /// Whether only the first steps are run, to say what the training would take.
    var isTrial = false

    private var recipe: TrainingRecipe { plan.recipe }
    private var historyPath: String { plan.path(ending: ".history.json") }

    /// - Parameter options: the folder of the data.
    func run(_ options: DataOptions) throws {
        let began = ContinuousClock.now
        try requireUsedOptions()
        let results =
            [plan.output, plan.configurationPath, historyPath]
            + (plan.run?.report == true ? [plan.reportPath] : [])
        if Ranks.isFirst { for path in results { try Self.requireWritable(path) } }
        try requireOptionsOfRanks()
        try plan.run?.control.map(ControlFile.requireFolder)
        let base = try plan.base
        // The first rank downloads what is missing.
        let data = try Ranks.oneAfterAnother {
            try TrainingData(recipe, options, in: plan.folder, from: base)
        }
        let (training, test) = (try data.part(.train), try data.part(.test))
        try plan.run?.views?.require(fit: test)
        let batchSize = min(recipe.batchSize, training.count)
        let network = try Network(recipe, training, batchSize: batchSize, from: base)
        let interruption = Interruption()
        let run = RunCallbacks(plan.run, output: plan.output)
        Output.note(
            "\(beginning) \(recipe.model) "
                + "(\(network.model.parameterCount) parameters) on \(training.count) "
                + "\(training.unit) of \(recipe.dataset), \(Ranks.count > 1 ? "\(Ranks.count) ranks, " : "")"
                + ThreadOptions.description)
        if let note = data.note { Output.note(note) }
        for note in network.transferNotes { Output.note(note) }
        if let warning = training.task.warning(of: recipe.augmentations) { Output.warn(warning) }
        let batches = training.batchCount(ofSize: batchSize)
        // Updates take whole batches, and steps their parts.
        let step = max(1, batchSize / (recipe.accumulate ?? 1))
        let (source, validation) = (try network.trainingSource(training), try network.source(test))
        let callbacks = try callbacks(network, interruption, batches: batches)
        if isTrial {
            return try TrainingTrial(
                model: network.model, training: source, validation: validation, batchSize: step,
                epochs: recipe.epochs, makers: makers
            ).printForecast(callbacks, loading: ContinuousClock.now - began)
        }
        guard recipe.model.learnsByGradients else {
            let history = try measured(network.model, source, validation, batchSize: batchSize)
            guard Ranks.isFirst else { return }
            return try finish(network, history, run, interruption, (training, test))
        }
        let (rates, speed) = (LearningRateLog(), SpeedMeter())
        var history = try network.model.fit(
            source, batchSize: step, epochs: recipe.epochs, validation: validation, makers: makers,
            callbacks: [rates, speed] + callbacks + run.all + sheets(of: network.model, run, test))
        guard Ranks.isFirst else { return }
        history.set("learning_rate", rates.values)
        if let speed = speed.samplesPerSecond(ofEpochs: training.count) {
            Output.note("Trained at \(speed.text(speed < 10 ? 2 : 0)) \(training.unit)/s")
        }
        try finish(network, history, run, interruption, (training, test))
    }

    /// Throws where an option is given that each rank would take in another way: a file that they read at
    /// different steps, a measurement of the memory or the speed.
    private func requireOptionsOfRanks() throws {
        guard Ranks.count > 1 else { return }
        let given = [("--control", plan.run?.control != nil), ("--plan", isTrial)]
        for (option, isGiven) in given where isGiven { try Ranks.refuse(option) }
    }

    private var beginning: String {
        isTrial ? "Plan for training" : recipe.model.learnsByGradients ? "Training" : "Learnt"
    }

    /// Saves the model, its options and its history, and prints what came of the training.
    private func finish(
        _ network: Network, _ history: History, _ run: RunCallbacks, _ interruption: Interruption,
        _ data: (training: DatasetPart, test: DatasetPart)
    ) throws {
        let (path, test) = (plan.output, data.test)
        try network.model.save(path)
        try plan.writeConfiguration()
        if interruption.happened || run.control?.hasStopped == true { noteInterruption() }
        // An interrupted epoch has no validation scores, and those of the epoch before are another model's.
        let score = network.recipe.score
        let scores = history["val_\(score)"]
        let detector = try detector(network, test)
        if let detector {
            if !interruption.happened { try noteDetections(detector, test) }
        } else if let last = scores.last, scores.count == history.epochs.count {
            let best = run.earlyStopping?.bestEpoch.map { scores[min($0, scores.count) - 1] }
            Output.note(
                "Test \(score) \(ScoreText.text(best ?? last, of: score)) on \(test.count) \(test.unit)")
            if let views = plan.run?.views { try noteScore(network, test, over: views) }
        }
        if test.task.kind == .text, !interruption.happened { try noteTexts(network.model, test) }
        if plan.configuration != nil { Output.note("Wrote \(plan.configurationPath)") }
        Output.note("Wrote \(path)")
        try AtomicFile.write(try JSONEncoder().encode(history), to: historyPath)
        Output.note("Wrote \(historyPath)")
        if plan.run?.report == true { try writeReport(network.model, history, data.training, test) }
        if let status = interruption.status { throw ExitCode(status) }
        Output.note(
            "Next: \(Self.program) \(next(network.model, path.shellWord, detector != nil, test.task))")
    }

    /// The command to try next.
    private func next(_ model: Model, _ path: String, _ isDetector: Bool, _ task: DataTask) -> String {
        if model.makesPictures { return "generate \(path)" }
        switch task.kind {
        case .text: return "translate \(path) \"a text\""
        case .language: return "generate \(path) --prompt \"the beginning\""
        default: return "\(isDetector ? "detect" : "predict") \(path) 0 1 2"
        }
    }

    private func noteScore(_ network: Network, _ test: DatasetPart, over views: PictureViews) throws {
        let evaluation = try Evaluation(network.model, network.recipe, network.source(test), views: views)
        for score in evaluation.scores where score.name == network.recipe.score {
            let value = ScoreText.text(score.value, of: score.name)
            Output.note("Test \(score.name) \(value) over \(views) views")
        }
    }

    private func callbacks(
        _ network: Network, _ interruption: Interruption, batches: Int
    ) throws -> [any Callback] {
        let recorder = FlightRecorder(
            plan.path(ending: ".flight.json"), metadata: ["plan": try plan.text])
        var callbacks: [any Callback] = [EpochSaver(plan), interruption, recorder]
        if let epochs = recipe.transfer?.thaw {
            callbacks.append(GradualThawing(network.frozen, every: epochs))
        }
        if let scheduler = recipe.schedule.scheduler(
            network.optimizer.learningRate, epochs: recipe.epochs, batches: batches)
        {
            callbacks.append(scheduler)
        }
        if let folder = plan.checkpoint {
            callbacks.append(
                BackupAndRestore(
                    folder, saveFrequency: plan.checkpointEvery.map { .steps($0) } ?? .epoch,
                    deleteCheckpoint: false, monitor: "val_\(network.recipe.score)"))
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

}
