import ArgumentParser
import Cognitron
import CognitronData
import CognitronModels
import Foundation

/// `cognitron train`: trains a model and saves it with its history.
struct TrainCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "train", abstract: "Trains a model on a data set and saves it.",
        usage: "cognitron train [<options>]",
        discussion:
            """
            Examples:
              cognitron train --model lenet --dataset shapes --epochs 3
              cognitron train --model lenet --dataset folder:pets --augment flip,shift
              cognitron train --model mlp --dataset csv:prices.csv --target price
              cognitron train --model lenet --from digits.safetensors --freeze body --dataset folder:letters

            The model is saved after every epoch. Ctrl-C, SIGTERM or a lost terminal ends the training after \
            the current step and saves the model; a second signal ends it at once. Output that cannot be \
            written does not stop the training.

            With --checkpoint DIR a training can be killed at any moment: --resume DIR continues it, with \
            any number of threads, and ends with the same model file, byte for byte.

            A file of all options is written beside the model (MODEL.yaml): --config FILE repeats the \
            training, to the same model file, byte for byte. SIGUSR1 makes it print its status.

            When the loss or a gradient is not finite, training ends; the error names the layer and the \
            images where it began, and cognitron replay repeats the step.

            mpirun -n 4 cognitron train … trains on four processes, also of several machines: each batch is \
            cut into as many parts. It needs the program cognitron-mpi beside this one.
            """
    )

    @OptionGroup(title: "Model and recipe") var recipe: RecipeOptions
    @OptionGroup(title: "Transfer learning") var transfer: TransferOptions
    @OptionGroup(title: "Data") var samples: SampleOptions
    @OptionGroup(title: "Data") var data: DataOptions
    @OptionGroup(title: "Output") var output: OutputOptions
    @OptionGroup(title: "Checkpoints") var checkpoints: CheckpointOptions
    @OptionGroup(title: "Running") var running: RunOptions

    @Option(number: "Threads that prepare batches while the network trains.")
    var makers = 1

    @OptionGroup var threads: ThreadOptions

    func validate() throws {
        guard makers >= 1 else { throw ValidationError("--makers: expected at least 1, got \(makers)") }
        try requireOnlyResume()
    }

    func run() throws {
        try threads.apply()
        guard let resume = checkpoints.resume else {
            var plan = try fittedPlan()
            if running.plan {
                return try TrainingSession(plan: plan, makers: makers, isTrial: true).run(data)
            }
            try keepConfiguration(&plan)
            if Ranks.isFirst { try plan.writeToFolder() }
            return try TrainingSession(plan: plan, makers: makers).run(data)
        }
        let plan = try TrainingPlan(folder: resume)
        var data = data
        data.data = plan.data
        try TrainingSession(plan: plan, makers: makers).run(data)
    }

    /// The plan, with batches in parts that fit into the memory of --memory.
    private func fittedPlan() throws -> TrainingPlan {
        guard let memory = running.memory else { return try plan }
        if Ranks.count > 1 { try Ranks.refuse("--memory") }
        var command = self
        command.recipe.accumulate = 1
        command.recipe.accumulate = try TrainingSession(plan: command.plan, makers: makers).parts(
            within: memory, data)
        return try command.plan
    }

    private var plan: TrainingPlan {
        get throws {
            let recipe = try recipe.recipe(samples, transfer.recipe)
            let model = recipe.model.name.prefix { $0 != ":" }
            var plan = TrainingPlan(
                recipe: recipe, output: output.output ?? "\(model)-\(recipe.dataset.stem).safetensors",
                data: data.data, checkpoint: checkpoints.checkpoint,
                checkpointEvery: checkpoints.checkpointEvery, from: transfer.from, run: running.settings)
            plan.configuration = ConfigurationText.text(Setting.all(of: self), path: plan.configurationPath)
            return plan
        }
    }

    /// Leaves the file of `--config` as it is where the new model's would replace it.
    ///
    /// - Throws: `CognitronError` where the training has other options than that file.
    private func keepConfiguration(_ plan: inout TrainingPlan) throws {
        func file(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
        guard let config = running.config, file(config) == file(plan.configurationPath) else { return }
        let own = try TrainCommand.parse(ConfigurationFile(config).words(for: TrainCommand.self))
        guard try own.plan.configuration == plan.configuration else {
            throw CognitronError(
                .file, config, "would be replaced by the options of this training, which differ",
                advice: "name another model's file with --output")
        }
        plan.configuration = nil
    }

    /// Throws where options are given that the folder to resume from determines.
    private func requireOnlyResume() throws {
        for (option, isGiven) in [("--plan", running.plan), ("--memory", running.memory != nil)]
        where checkpoints.resume != nil && isGiven {
            throw ValidationError("\(option): does not go with --resume")
        }
        guard checkpoints.resume != nil, try plan != TrainCommand.parse([]).plan else { return }
        throw ValidationError(
            "--resume: the settings are those of the folder; leave out all options but --threads and --makers"
        )
    }
}
