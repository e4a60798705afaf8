import Cognitron
import CognitronPrediction
import CognitronText

extension ModelFile {
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
