import Cognitron

extension DatasetScheme {
    /// Pairs of texts, one a line with a tab between them: `text-pairs:answers.tsv`. The second is to be written
    /// of the first. Both have one vocabulary, of words unless the options say otherwise.
    public static let textPairs = DatasetScheme(
        "text-pairs", "FILE", "pairs of texts with a tab between them, one a line"
    ) { path, options in
        let file = try LineFile(contentsOf: path)
        let pairs = try file.texts.enumerated().map { number, line in
            let parts = line.split(separator: "\t", maxSplits: 1).map { String($0) }
            guard parts.count == 2 else {
                throw CognitronError(
                    .file, "\(path), text \(number + 1)", "the line is no pair",
                    expected: "TEXT, a tab, TEXT",
                    got: "\"\(line.prefix(40))\"")
            }
            return (source: parts[0], target: parts[1])
        }
        let rows = try TrainTestSplit(count: pairs.count, testShare: options.testShare, seed: options.seed)
        let training = rows.train.map { pairs[$0] }
        let form = (options.tokens ?? .words).form(
            of: training.flatMap { [$0.source, $0.target] }, maxTokens: TextParts.mostWords.vocabulary)
        let coded =
            options.coding.map(TextPairs.init(coding:))
            ?? TextPairs(training, inputs: form, targets: form, sharesVocabulary: true)
        return Dataset(
            "text-pairs:\(path)", "the pairs of \(lastPathComponent(path))", task: .text, shape: nil
        ) { split, _ in
            try coded.part(split == .train ? training : rows.test.map { pairs[$0] }, "text-pairs:\(path)")
        }
    }
}
