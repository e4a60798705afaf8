/// The words of a command line, without the command.
struct CommandWords {
    let words: [String]

    init(_ words: some Sequence<String>) { self.words = Array(words) }

    /// The value of the last option of this name: `--epochs 3`, `--epochs=3`; nil without the option or its
    /// value.
    func value(of option: String) -> String? {
        guard let place = words.lastIndex(where: { Self.name($0) == option }) else { return nil }
        guard words[place].contains("=") else { return words.dropFirst(place + 1).first }
        return String(words[place].drop { $0 != "=" }.dropFirst())
    }

    /// Those of other words, each an option with its value, whose option is not among these.
    func leaving(_ others: [String]) -> [String] {
        let given = Set(words.map(Self.name))
        return others.filter { !given.contains(Self.name($0)) }
    }

    /// `--epochs=3` → `--epochs`
    private static func name(_ word: String) -> String { String(word.prefix { $0 != "=" }) }
}

extension [String] {
    /// The values of an option that may be repeated, and that takes several with commas between them.
    var listed: [String] {
        flatMap { $0.split(separator: ",") }.map { String($0.trimmingPrefix(while: \.isWhitespace)) }
    }
}
