import ArgumentParser
import CognitronData

/// `cognitron datasets`: lists the data sets and their locations.
struct DatasetsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "datasets", abstract: "Shows which data sets can be trained on, and where they are.",
        discussion: "With a name, the exit status says whether that one is here or can be downloaded.")

    @Argument(help: "The data set to look for (default: all).")
    var dataset: Dataset?

    @OptionGroup var data: DataOptions

    func run() throws {
        var isMissing = false
        for name in dataset.map({ [$0] }) ?? Dataset.allCases {
            switch try name.locate(.train, from: data.data) {
            case .builtIn: try Output.result("\(name.rawValue): drawn by the program")
            case .local(let path): try Output.result("\(name.rawValue): \(path)")
            case .download(let byteCount, let folder):
                let size = "\(byteCount / 1_000_000) MB"
                if name.isAvailable(.train, from: data.data) {
                    try Output.result("\(name.rawValue): not here; can be downloaded (\(size)) to \(folder)")
                } else {
                    try Output.result(
                        "\(name.rawValue): not here, and its server does not answer; expected in \(folder)")
                    isMissing = true
                }
            }
        }
        if isMissing && dataset != nil { throw ExitCode.failure }
    }
}
