import Cognitron
import CognitronText

extension ModelFile {
    /// What writes texts by the model.
    ///
    /// - Parameter beam: how many texts are followed side by side.
    /// - Throws: `CognitronError` where it writes none.
    func translator(beam: Int = 1) throws -> Translator {
        guard task.kind == .text, let text, text.inputs != nil else {
            throw CognitronError(
                .argument, path, "writes no texts of texts",
                expected: "a model such as seq2seq, trained on pairs of texts", got: task.name)
        }
        return try Translator(
            model: model, coding: text, search: beam == 1 ? .greedy : .beam(width: beam))
    }

    /// The most texts that are written to measure a model.
    static let mostTexts = 500

    /// How good the texts are that the model writes by itself, without being told the tokens before; none of
    /// other models.
    func writtenScores(_ source: any BatchSource) throws -> [Evaluation.Score] {
        guard task.kind == .text, text?.inputs != nil else { return [] }
        let written = try TranslationScores(translator(), on: source, limit: Self.mostTexts)
        let bleu = try BLEU(
            written.texts.map(\.written), references: written.texts.map { [$0.wanted] })
        return [
            Evaluation.Score(
                name: "exact_accuracy", value: written.exact,
                interval: Interval(wilson: written.exact, count: written.texts.count)),
            Evaluation.Score(name: "bleu", value: Float(bleu.score), interval: nil),
        ]
    }
}
