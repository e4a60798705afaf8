import ArgumentParser
import Cognitron

/// A proven training by its name: options of `train` that were found to go well together.
///
///     cognitron train --recipe cifar10-fast --data DIR --epochs 16
///
/// To add one, write it as `RecipeName+CIFAR10.swift` does and list it here.
struct RecipeName: NamedValue {
    static let table = NameTable<RecipeName>("recipe", [cifar10Fast])

    let name: String

    /// The options' long names without dashes, and their values.
    private let options: [(name: String, value: String)]

    init(_ name: String, _ options: KeyValuePairs<String, String>) {
        self.name = name
        self.options = options.map { (name: $0.key, value: $0.value) }
    }

    /// The options as words of the command line.
    var words: [String] { options.map { "--\($0.name)=\($0.value)" } }

    /// Adds the options of `--recipe NAME` to the arguments of `train`, except those that the other arguments
    /// name.
    ///
    /// - Parameter arguments: those of the program; the first is the command's name. An unknown recipe is
    ///   left to the parser, which lists the known ones.
    static func expanding(_ arguments: [String]) -> [String] {
        let own = CommandWords(arguments.dropFirst())
        guard arguments.first == TrainCommand._commandName, let name = own.value(of: "--recipe"),
            let recipe = try? RecipeName(named: name)
        else { return arguments }
        return [arguments[0]] + own.leaving(recipe.words) + own.words
    }
}
