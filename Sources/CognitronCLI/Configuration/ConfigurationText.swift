import Foundation

/// Writes options as a configuration file, which `--config` reads.
enum ConfigurationText {
    /// Options that the results do not depend on, or that would not hold for a second run.
    private static let unrecorded: Set = [
        "config", "plan", "resume", "checkpoint", "checkpoint-every", "threads", "makers", "memory",
        "control",
    ]

    /// - Parameter path: the file's name, for the comment that says how to use it.
    static func text(_ settings: [Setting], path: String) -> String {
        let head = """
            # The options of a training. Repeat it, to the same bytes of the model, with
            #     cognitron train --config \(path.shellWord)
            # Options beside it on the command line take precedence: --epochs 20. Options that are left out or
            # have no value have their defaults. Relative paths start at the folder in which the command runs.
            """
        let lines = settings.filter { !unrecorded.contains($0.name) }.map { setting in
            switch setting.value {
            case .flag(let isOn): "\(setting.name): \(isOn)"
            case .text(let text): "\(setting.name):\(text.map { " \(scalar($0))" } ?? "")"
            case .list(let texts): "\(setting.name): [\(texts.listed.map(scalar).joined(separator: ", "))]"
            }
        }
        return ([head] + lines).joined(separator: "\n") + "\n"
    }

    /// The text as a YAML value: plain where that means the same, else as a JSON string.
    private static func scalar(_ text: String) -> String {
        let words: Set = ["null", "true", "false", "yes", "no", "on", "off"]
        let isPlain =
            text.wholeMatch(of: /[A-Za-z0-9_.\/+-][A-Za-z0-9_.\/+%@=-]*(:[A-Za-z0-9_.\/+%@=-]+)*/) != nil
        if isPlain, !text.hasPrefix("-") || Double(text) != nil, !words.contains(text.lowercased()) {
            return text
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .withoutEscapingSlashes
        return (try? encoder.encode(text)).map { String(decoding: $0, as: UTF8.self) } ?? "\"\""
    }
}
