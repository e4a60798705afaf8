import ArgumentParser

/// Checkpoints of a training, and the training to resume.
struct CheckpointOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("New folder for checkpoints, which --resume continues from.", valueName: "dir"))
    var checkpoint: String?

    @Option(
        number: ArgumentHelp(
            "Training steps between checkpoints (default: one checkpoint per epoch).", valueName: "steps"))
    var checkpointEvery: Int?

    @Option(
        help: ArgumentHelp(
            "Continue the training whose checkpoints are in this folder, with its settings.", valueName: "dir"
        ))
    var resume: String?

    func validate() throws {
        if let checkpointEvery {
            guard checkpoint != nil else {
                throw ValidationError("--checkpoint-every: needs --checkpoint DIR")
            }
            guard checkpointEvery >= 1 else {
                throw ValidationError("--checkpoint-every: expected at least 1, got \(checkpointEvery)")
            }
        }
        for (option, value) in [("--checkpoint", checkpoint), ("--resume", resume)] where value == "" {
            throw ValidationError("\(option): expected the name of a folder, got none")
        }
    }
}
