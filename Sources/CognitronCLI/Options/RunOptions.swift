import ArgumentParser

/// How a training runs: its file of options, what it writes beside the model, and how it is steered.
struct RunOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            File of options in YAML or JSON, such as the one written beside every model. Options on the \
            command line take precedence.
            """, valueName: "file"), completion: .file(extensions: ["yaml", "yml", "json"]))
    var config: String?

    @Option(
        defaultAsFlag: 5, parsing: .scanningForValue,
        help: ArgumentHelp(
            """
            End the training when the validation loss has not improved for so many epochs, and save the \
            weights of the best one.
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

    @Flag(help: "Write a page with the charts and numbers of the training beside the model (MODEL.html).")
    var report = false

    @Option(
        help: ArgumentHelp(
            """
            File of commands for the running training, read when it changes: save, stop-after-epoch, stop, \
            learning-rate 0.001.
            """, valueName: "file"), completion: .file())
    var control: String?

    @Option(
        help: """
            Views of each test picture whose predictions are averaged after the training, beside those of \
            the picture alone: 2 with its mirror image, 6 with these also shifted by a pixel.
            """)
    var views: PictureViews = .one

    @Option(
        size: ArgumentHelp(
            """
            Memory that the training may take, such as 2G: chooses --accumulate so that it fits, with the \
            same batch size.
            """, valueName: "size"))
    var memory: MemorySize?

    @Flag(
        help: """
            Train for some seconds only, and print the peak memory, speed and time that the training would \
            take. Nothing is written.
            """)
    var plan = false

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

    var settings: RunSettings {
        RunSettings(
            earlyStopping: earlyStopping, log: log, tensorboard: tensorboard, report: report ? true : nil,
            control: control, views: views == .one ? nil : views)
    }
}

/// The options of a run that a resumed training keeps.
struct RunSettings: Codable, Equatable {
    /// Epochs without improvement after which the training ends; nil for no such end.
    var earlyStopping: Int?
    var log: String?
    var tensorboard: String?
    /// Whether a report is written; nil for none.
    var report: Bool?
    var control: String?
    /// The views of each test picture to average after the training; nil for the picture alone.
    var views: PictureViews?

    /// The same settings, with other paths.
    func mapPaths(_ change: (String) -> String) -> RunSettings {
        RunSettings(
            earlyStopping: earlyStopping, log: log.map(change), tensorboard: tensorboard.map(change),
            report: report, control: control.map(change), views: views)
    }
}
