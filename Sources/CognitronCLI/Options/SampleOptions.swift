import ArgumentParser
import Cognitron
import CognitronData

/// How the files of a data set become samples: options of `train`, which the model's file keeps.
struct SampleOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Column of a table to predict (default: the last); repeat it, or put commas between several.",
            valueName: "column"))
    var target: [String] = []

    @Option(
        help: ArgumentHelp(
            "Column of a table that is not used; repeat it, or put commas between several.",
            valueName: "column"))
    var leaveOut: [String] = []

    @Option(help: "Missing values of a table: an error, their rows left out, or filled with the usual value.")
    var missing: MissingValues = .refuse

    @Option(
        help: """
            What a table's target is: classes, numbers, or classes where it is text or few whole numbers.
            """)
    var task: TableTask = .automatic

    @Option(
        number: ArgumentHelp(
            "Share of the samples kept for testing where the files have no such part.", valueName: "share"))
    var validationSplit = 0.2

    @Flag(help: "Leave out damaged files and lines, and count them, instead of ending with an error.")
    var skipDamaged = false

    @Option(
        size: ArgumentHelp(
            """
            Size of the pictures for the network: 64, or height × width as 48x64 (default: theirs, or the \
            network's).
            """, valueName: "pixels"))
    var size: PictureSizeOption?

    @Option(
        help: ArgumentHelp(
            "Class to use (default: all); repeat it, or put commas between several.", valueName: "class"))
    var classes: [String] = []

    @Option(
        number: ArgumentHelp(
            """
            Largest number of training samples of each class, chosen by the seed (default: all). The test \
            part stays whole.
            """, valueName: "samples"))
    var samplesPerClass: Int?

    @Option(
        number: ArgumentHelp(
            """
            Largest number of training samples, chosen by the seed (default: all). The test part stays whole.
            """,
            valueName: "samples"))
    var samples: Int?

    @Option(
        help: """
            Into what texts are split: characters, words or byte-pairs (default: what the form of data has).
            """)
    var tokens: TextUnits?

    @Option(
        number: ArgumentHelp("Tokens of a sample of a running text (default: 100).", valueName: "tokens"))
    var length: Int?

    @Option(
        help: ArgumentHelp(
            "Column of a table with texts, of which the target is the class.", valueName: "column"))
    var text: String?

    func validate() throws {
        guard validationSplit > 0, validationSplit < 1 else {
            throw ValidationError(
                "--validation-split: expected a number between 0 and 1, got \(validationSplit)")
        }
        for (option, names) in [("--target", target), ("--leave-out", leaveOut)] where names.contains("") {
            throw ValidationError("\(option): expected the name of a column, got none")
        }
        if !classes.isEmpty, classes.listed.isEmpty {
            throw ValidationError("--classes: expected the names of classes, got none")
        }
        if let length, length < 1 {
            throw ValidationError("--length: expected at least 1, got \(length)")
        }
        if let samplesPerClass, samplesPerClass < 1 {
            throw ValidationError("--samples-per-class: expected at least 1, got \(samplesPerClass)")
        }
        if let samples, samples < 1 {
            throw ValidationError("--samples: expected at least 1, got \(samples)")
        }
    }

    /// - Parameter seed: chooses the samples for testing.
    func options(seed: UInt64) -> DatasetOptions {
        DatasetOptions(
            targets: target.listed, testShare: validationSplit, seed: seed, skipsDamaged: skipDamaged,
            pictureSize: size?.shape, classes: classes.isEmpty ? nil : classes.listed,
            samplesPerClass: samplesPerClass,
            table: TableOptions(missing: missing, leftOut: leaveOut.listed, task: task), samples: samples,
            tokens: tokens, length: length, text: text)
    }
}

extension MissingValues: ExpressibleByArgument {}
extension TableTask: ExpressibleByArgument {}
extension TextUnits: ExpressibleByArgument {}

/// A height and width on the command line: `64`, `48x64`.
struct PictureSizeOption: OptionSize, Equatable, CustomStringConvertible {
    let shape: Shape

    private static let most = 8192
    static let form = "1 to \(most) pixels a side, as 64, or height × width, as 48x64"

    init?(argument: String) {
        let sizes = argument.split(omittingEmptySubsequences: false) { "x×".contains($0) }.map { Int($0) }
        guard (1...2).contains(sizes.count), sizes.allSatisfy({ (1...Self.most).contains($0 ?? 0) }) else {
            return nil
        }
        let numbers = sizes.compactMap { $0 }
        shape = [numbers[0], numbers[numbers.count - 1]]
    }

    var description: String { shape[0] == shape[1] ? "\(shape[0])" : "\(shape[0])x\(shape[1])" }
}
