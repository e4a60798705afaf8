import ArgumentParser

/// How a training runs: its file of options, what it writes beside the model, and how it is steered.
struct RunOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            File of options in YAML or JSON, such as the one written beside every model. Options on the command \
            line take precedence.
            """, valueName: "file"), completion: .file(extensions: ["yaml", "yml", "json"]))
    var config: String?

    @Option(
        defaultAsFlag: 5, parsing: .scanningForValue,
        help: ArgumentHelp(
            """
            End the training when the validation loss has not improved for so many epochs, and save the weights \
            of the best one.
            """, valueName: "epochs"))
    var earlyStopping: Int?

    @Option(
        help: ArgumentHelp("File for the scores of every epoch, one line of JSON each.", valueName: "file"),
        completion: .file(extensions: ["jsonl"]))
    var log: String?

    @Option(
        help: ArgumentHelp("Folder for logs that TensorBoard shows.", valueName: "dir"),
        completion: .directory)
    var tensorboard: String?

    @Option(
        help: ArgumentHelp(
            """
            File of commands for the running training, read when it changes: save, stop-after-epoch, stop, \
            learning-rate 0.001.
            """, valueName: "file"), completion: .file())
    var control: String?

    func validate() throws {
        for (option, value) in [
            ("--config", config), ("--log", log), ("--tensorboard", tensorboard), ("--control", control),
        ] where value == "" {
            throw ValidationError("\(option): expected a name, got none")
        }
        if let earlyStopping, earlyStopping < 1 {
            throw ValidationError("--early-stopping: expected at least 1, got \(earlyStopping)")
        }
    }
}
