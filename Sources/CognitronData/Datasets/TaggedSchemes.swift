import Cognitron

extension DatasetScheme {
    /// Sentences with a tag for each word: `words:FILE`, `word/TAG` several a line, or a word, a tab and its tag
    /// a line and an empty line between sentences. The last tenth of the sentences is for testing.
    public static let words = DatasetScheme("words", "FILE", "sentences with a tag for each word") {
        path, options in
        let sentences = try TaggedSentences(lines: FileBytes.readUnpacking(path), path: path)
        return try tagged(sentences, "words:\(path)", path, options)
    }

    /// Words with their universal parts of speech: `conllu:FILE`; with the target `xpos`, those of the language.
    /// The last tenth of the sentences is for testing.
    public static let conllu = DatasetScheme("conllu", "FILE", "sentences with parts of speech, as CoNLL-U") {
        path, options in
        let field = options.targets.first ?? "upos"
        guard ["upos", "xpos"].contains(field), options.targets.count <= 1 else {
            throw CognitronError(
                .argument, "targets", "a word of CoNLL-U has no such tag", expected: "upos or xpos",
                got: options.targets.joined(separator: ", "))
        }
        let sentences = try CoNLLU.read(contentsOf: path).map { sentence in
            sentence.words.map { (word: $0.form, tag: field == "upos" ? $0.upos : $0.xpos) }
        }
        return try tagged(TaggedSentences(sentences), "conllu:\(path)", path, options)
    }

    private static func tagged(
        _ sentences: TaggedSentences, _ name: String, _ path: String, _ options: DatasetOptions
    ) throws -> Dataset {
        // Too few sentences are an error at once.
        let training = try sentences.part(.train, name, coding: options.coding)
        return Dataset(
            name, "the tagged words of \(lastPathComponent(path))", task: training.task, shape: nil
        ) { split, _ in
            split == .train ? training : try sentences.part(split, name, coding: training.text)
        }
    }
}
