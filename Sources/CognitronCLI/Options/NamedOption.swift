import ArgumentParser
import Cognitron

// Options whose values are the names of a table. Help and completion list the names; an unknown one is
// answered with them and the nearest.

extension Option where Value: NamedValue {
    init(wrappedValue: Value, named help: String) {
        self.init(
            wrappedValue: wrappedValue, help: ArgumentHelp(Value.help(help, default: wrappedValue)),
            completion: .list(Value.table.names), transform: Value.parse)
    }
}

extension Option {
    init<T: NamedValue>(named help: String) where Value == T? {
        self.init(help: ArgumentHelp(T.help(help)), completion: .list(T.table.names), transform: T.parse)
    }
}

extension Argument {
    init<T: NamedValue>(named help: String) where Value == T? {
        self.init(help: ArgumentHelp(T.help(help)), completion: .list(T.table.names), transform: T.parse)
    }
}

extension NamedValue {
    /// The help text with the known names, in ArgumentParser's form.
    fileprivate static func help(_ text: String, default standard: Self? = nil) -> String {
        let names = table.names.joined(separator: ", ")
        return "\(text) (values: \(names)\(standard.map { "; default: \($0)" } ?? ""))"
    }

    /// Finds the member for a word of the command line.
    @Sendable fileprivate static func parse(_ word: String) throws -> Self {
        do {
            return try Self(named: word)
        } catch let error as CognitronError {
            let advice = error.advice.map { "; \($0)" } ?? ""
            throw ValidationError("expected \(error.expected ?? "")\(advice)")
        }
    }
}
