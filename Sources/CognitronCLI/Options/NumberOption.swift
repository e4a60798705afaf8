import ArgumentParser

// Options whose values are numbers or sizes. A word that is none is answered with what was expected.

/// A number that an option takes.
protocol OptionNumber: LosslessStringConvertible, Sendable {
    /// What a word must be, for messages.
    static var form: String { get }
}

extension Int: OptionNumber { static var form: String { "a whole number" } }
extension UInt64: OptionNumber { static var form: String { "a whole number from 0 to \(UInt64.max)" } }
extension Float: OptionNumber { static var form: String { "a number, such as 0.01" } }
extension Double: OptionNumber { static var form: String { "a number, such as 0.2" } }

extension OptionNumber {
    @Sendable fileprivate static func parse(_ word: String) throws -> Self {
        guard let number = Self(word) else { throw ValidationError("expected \(form)") }
        return number
    }
}

// Words are parsed unconditionally, so that -1 is an invalid number and not an unknown option.
extension Option where Value: OptionNumber {
    init(wrappedValue: Value, number help: ArgumentHelp) {
        var help = help
        // ArgumentParser shows no default of an option with a transform.
        help.abstract += " (default: \(wrappedValue))"
        self.init(wrappedValue: wrappedValue, parsing: .unconditional, help: help, transform: Value.parse)
    }
}

extension Option {
    init<T: OptionNumber>(number help: ArgumentHelp) where Value == T? {
        self.init(parsing: .unconditional, help: help, transform: T.parse)
    }
}

/// A size on the command line, of pictures or of memory.
protocol OptionSize: Sendable {
    /// What a word must be, for messages.
    static var form: String { get }
    init?(argument: String)
}

extension Option {
    init<T: OptionSize>(size help: ArgumentHelp) where Value == T? {
        self.init(help: help) { word in
            guard let size = T(argument: word) else { throw ValidationError("expected \(T.form)") }
            return size
        }
    }
}
