import ArgumentParser

/// An option of a command: its long name and its value.
struct Setting: Equatable {
    enum Value: Equatable {
        case flag(Bool)
        /// Nil for the default of an option that has none here.
        case text(String?)
        case list([String])
    }

    let name: String
    let value: Value

    /// The options of a parsed command and of its groups, in the order of their declaration.
    static func all(of command: any ParsableArguments) -> [Setting] {
        Mirror(reflecting: command).children.flatMap { label, property -> [Setting] in
            if let group = property as? any SettingsGroup { return all(of: group.arguments) }
            guard let label, let option = property as? any ReadableOption else { return [] }
            return [Setting(name: optionName(label), value: value(option.current))]
        }
    }

    /// The words for the command line; none where the default is meant.
    var words: [String] {
        switch value {
        case .flag(let isOn): isOn ? ["--\(name)"] : []
        case .text(let text): text.map { ["--\(name)=\($0)"] } ?? []
        case .list(let texts): texts.map { "--\(name)=\($0)" }
        }
    }

    /// `_batchSize` → `batch-size`, as ArgumentParser names options.
    private static func optionName(_ label: String) -> String {
        label.drop { $0 == "_" }.map { $0.isUppercase ? "-\($0.lowercased())" : "\($0)" }.joined()
    }

    private static func value(_ value: Any) -> Value {
        switch value {
        case let flag as Bool: .flag(flag)
        case let list as [Any]: .list(list.map { "\($0)" })
        case let optional as any OptionalValue: .text(optional.text)
        default: .text("\(value)")
        }
    }
}

/// An option or flag, whose value can be read.
private protocol ReadableOption { var current: Any { get } }

extension Option: ReadableOption { fileprivate var current: Any { wrappedValue } }
extension Flag: ReadableOption { fileprivate var current: Any { wrappedValue } }

private protocol SettingsGroup { var arguments: any ParsableArguments { get } }

extension OptionGroup: SettingsGroup { fileprivate var arguments: any ParsableArguments { wrappedValue } }

private protocol OptionalValue { var text: String? { get } }

extension Optional: OptionalValue { fileprivate var text: String? { map { "\($0)" } } }
