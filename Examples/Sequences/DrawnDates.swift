import Cognitron
import CognitronData
import CognitronModels
import CognitronText

/// Fewer dates than the data set `dates` has.
struct DrawnDates {
    let train: DatasetPart
    let test: DatasetPart
    let testPairs: [(source: String, target: String)]

    init(training: Int, test count: Int) throws {
        let form = TextVectorization(standardize: .lower, split: .character)
        let known = Dates().pairs(count: training)
        testPairs = Dates(split: .test).pairs(count: count)
        let pairs = TextPairs(known, inputs: form, targets: form)
        (train, test) = (try pairs.part(known, "dates"), try pairs.part(testPairs, "dates"))
    }

    /// The network of that attention, smaller in the small form.
    func network(_ attention: DecoderAttention, _ settings: ExperimentSettings) throws -> Model? {
        guard settings.scale == .small else { return nil }
        return try train.seq2Seq(attention, embedding: 24, units: 64)
    }

    /// The share of the test dates that are written exactly.
    func exact(_ model: Model, _ search: TokenSearch = .greedy) throws -> Double {
        try test.exact(model, search)
    }
}

extension DatasetPart {
    /// An encoder and a decoder of the part's vocabularies.
    func seq2Seq(_ attention: DecoderAttention, embedding: Int, units: Int) throws -> Model {
        try CognitronModels.seq2Seq(
            sourceTokens: text?.inputs?.vocabularySize ?? 1,
            targetTokens: text?.targets?.vocabularySize ?? 1, attention: attention, embedding: embedding,
            units: units)
    }

    /// What a model writes for the part's texts, and how many are those wanted.
    func written(by model: Model, _ search: TokenSearch = .greedy, limit: Int = .max) throws
        -> TranslationScores
    {
        try TranslationScores(
            Translator(model: model, coding: text ?? TextCoding(), search: search), on: source, limit: limit)
    }

    /// The share of the texts that a model writes as they are wanted.
    func exact(_ model: Model, _ search: TokenSearch = .greedy) throws -> Double {
        Double(try written(by: model, search).exact)
    }
}
