import Cognitron
import CognitronData
import CognitronPrediction
import CognitronText

extension TrainingSession {
    private static let shownTexts = 3

    /// Says after a training how many texts of the test part are written exactly, and shows some.
    func noteTexts(_ model: Model, _ test: DatasetPart) throws {
        guard let coding = test.text, coding.inputs != nil else { return }
        let translator = try Translator(model: model, coding: coding)
        let scores = try TranslationScores(translator, on: test.source, limit: ModelFile.mostTexts)
        for text in scores.texts.prefix(Self.shownTexts) {
            Output.note("  \(text.source) → \(text.written)")
        }
        let bleu = try BLEU(
            scores.texts.map(\.written), references: scores.texts.map { [$0.wanted] })
        Output.note(
            "Test exact \(ScoreText.percent(scores.exact)), BLEU \(bleu.score.text(1)) of "
                + "\(scores.texts.count) texts")
    }
}
