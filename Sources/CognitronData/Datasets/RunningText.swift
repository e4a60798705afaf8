import Cognitron

/// A text to be gone on with, token by token: the last tenth is for testing.
struct RunningText: Sendable {
    private let train: [Int]
    private let test: [Int]
    private let length: Int
    private let coding: TextCoding

    private static let usualLength = 100

    /// - Parameter place: the file, for messages.
    /// - Throws: `CognitronError` where there is no sample to train on and one to test with.
    init(_ text: String, place: String, _ options: DatasetOptions) throws {
        let scalars = text.unicodeScalars
        let cut = scalars.index(scalars.startIndex, offsetBy: scalars.count * 9 / 10)
        let parts = [String(scalars[..<cut]), String(scalars[cut...])]
        let units = options.tokens ?? .characters
        let form =
            options.coding?.inputs
            ?? units.vectorization(of: [parts[0]], maxTokens: TextParts.mostWords.vocabulary)
        (train, test) = (form.tokens(of: parts[0]), form.tokens(of: parts[1]))
        length = options.length ?? min(Self.usualLength, max(1, test.count - 1))
        guard length >= 1, min(train.count, test.count) > length else {
            throw CognitronError(
                .file, place, "the text is too short",
                expected: "more than \(length) tokens in its last tenth",
                got: "\(test.count)", advice: "give a longer text, or a smaller --length")
        }
        // A model reads and writes the same tokens.
        coding = TextCoding(inputs: form)
    }

    func part(_ split: DatasetSplit, _ name: String) throws -> DatasetPart {
        try DatasetPart(
            name: name, task: .language, inputShape: [length],
            source: TokenWindows(split == .train ? train : test, length: length), text: coding)
    }
}

extension DatasetScheme {
    /// A text to be gone on with: `text:book.txt`, in UTF-8, by characters unless the options say otherwise.
    /// Tokens that are in its last tenth alone are unknown ones.
    public static let text = DatasetScheme("text", "FILE", "a text to be gone on with, token by token") {
        path, options in
        let bytes = try FileBytes.readUnpacking(path)
        let running = try RunningText(
            TextLines(bytes, path: path).text, place: path, options)
        return Dataset(
            "text:\(path)", "the text \(lastPathComponent(path))", task: .language, shape: nil
        ) { split, _ in try running.part(split, "text:\(path)") }
    }
}
