import ArgumentParser
import Cognitron

extension ConfigurationFile {
    /// Adds the options in the file of `--config FILE` to the arguments of `command`, except those that the
    /// other arguments name.
    ///
    /// - Parameter arguments: those of the program; the first is the command's name.
    static func expanding<Command: ParsableCommand>(
        _ arguments: [String], of command: Command.Type
    ) throws -> [String] {
        guard arguments.first == command._commandName else { return arguments }
        let own = CommandWords(arguments.dropFirst())
        // Without a value, ArgumentParser says so.
        guard let path = own.value(of: "--config") else { return arguments }
        let words = try ConfigurationFile(path).words(for: command)
        return [command._commandName] + own.leaving(words) + own.words
    }

    /// The file's options as words of the command line.
    ///
    /// - Throws: `CognitronError`, with the line, where a key is no option or its value does not fit.
    func words<Command: ParsableCommand>(for command: Command.Type) throws -> [String] {
        let known = Setting.all(of: try command.parse([])).filter { $0.name != "config" }
        let words = try entries.map { entry -> [String] in
            guard let option = known.first(where: { $0.name == entry.key }) else {
                throw unknown(entry, known.map(\.name))
            }
            return try self.words(entry, like: option.value)
        }
        do {
            _ = try command.parse(words.flatMap { $0 })
        } catch {
            throw located(error, words, command)
        }
        return words.flatMap { $0 }
    }

    private func words(_ entry: Entry, like option: Setting.Value) throws -> [String] {
        switch (entry.value, option) {
        case (.text(nil), _): return []
        case (.text(let text?), .flag):
            guard text == "true" || text == "false" else {
                throw CognitronError(
                    .file, place(entry), "is no switch", expected: "true or false", got: text)
            }
            return Setting(name: entry.key, value: .flag(text == "true")).words
        case (.list([]), _): return []
        case (.list, .flag):
            throw CognitronError(
                .file, place(entry), "is no switch", expected: "true or false", got: "a list")
        // Options that take several values in one word have commas between them.
        case (.list(let texts), .text):
            return Setting(name: entry.key, value: .text(texts.joined(separator: ","))).words
        default: return Setting(name: entry.key, value: entry.value).words
        }
    }

    private func place(_ entry: Entry) -> String { "\(path), line \(entry.line): \(entry.key)" }

    private func unknown(_ entry: Entry, _ names: [String]) -> CognitronError {
        let nearest = entry.key.replacing("_", with: "-").nearest(of: names)
        return CognitronError(
            .file, "\(path), line \(entry.line)", "there is no option \"\(entry.key.prefix(80))\"",
            expected: "one of \(names.joined(separator: ", "))",
            advice: nearest.map { "did you mean \($0)?" } ?? "see --help")
    }

    /// The parser's error with the line of the entry that causes it: the first that fails alike alone.
    private func located<Command: ParsableCommand>(
        _ error: any Error, _ words: [[String]], _ command: Command.Type
    ) -> CognitronError {
        let message = command.message(for: error)
        let number = words.firstIndex { words in
            do {
                _ = try command.parse(words)
                return false
            } catch {
                return command.message(for: error) == message
            }
        }
        let position = number.map { place(entries[$0]) } ?? path
        let lines = message.split(separator: "\n")
        return CognitronError(.file, position, lines.first.map(String.init) ?? "does not fit")
    }
}
