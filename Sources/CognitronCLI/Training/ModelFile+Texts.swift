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
}
