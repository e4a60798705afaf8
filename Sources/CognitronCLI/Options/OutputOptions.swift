import ArgumentParser

/// The file of the trained model.
struct OutputOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "File for the trained model (default: MODEL-DATASET.safetensors).", valueName: "file"))
    var output: String?

    func validate() throws {
        if output == "" { throw ValidationError("--output: expected the name of a file, got none") }
        if output == "-" {
            throw ValidationError("--output: expected the name of a file, got -, for standard output")
        }
        if let output, output.contains("{epoch}") {
            // ModelCheckpoint would write one file per epoch for such a name.
            throw ValidationError(
                "--output: expected the name of one file, which every epoch replaces, got \(output)")
        }
    }
}
