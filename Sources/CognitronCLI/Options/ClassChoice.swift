import Cognitron

extension [String] {
    /// The number of the class that a word of the command line names, by its name or number.
    ///
    /// - Throws: `CognitronError` where there is no such class.
    func classIndex(_ word: String) throws -> Int {
        if let index = firstIndex(of: word) { return index }
        guard let number = Int(word), indices.contains(number) else {
            throw CognitronError(
                .argument, "--class", "there is none called \(word)",
                expected: "one of \(joined(separator: ", ")), or 0 to \(count - 1)", got: word)
        }
        return number
    }
}
