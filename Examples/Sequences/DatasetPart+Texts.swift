import Cognitron
import CognitronData
import CognitronModels
import CognitronText

// Parts of the task `.text`: pairs of texts, and what models write for them.

extension DatasetPart {
    /// An encoder and a decoder of the part's vocabularies.
    func seq2Seq(_ attention: DecoderAttention, embedding: Int, units: Int) throws -> Model {
        try CognitronModels.seq2Seq(
            sourceTokens: text?.inputs?.vocabularySize ?? 1,
            targetTokens: text?.targets?.vocabularySize ?? 1, attention: attention, embedding: embedding,
            units: units)
    }

    /// What a model writes for the part's texts, and how many are those wanted.
    func written(by model: Model, _ search: TokenSearch = .greedy) throws -> TranslationScores {
        try TranslationScores(
            Translator(model: model, coding: text ?? TextCoding(), search: search), on: source)
    }

    /// The share of the texts that a model writes as they are wanted.
    func exact(_ model: Model, _ search: TokenSearch = .greedy) throws -> Double {
        Double(try written(by: model, search).exact)
    }

    /// The tokens of sources and targets, without marks and padding.
    func tokenPairs() throws -> (sources: [[Int]], targets: [[Int]]) {
        let end = text?.targets?.mark(TextVectorization.end)
        func rows(_ tensor: Tensor?) -> [[Int]] {
            guard let tensor else { return [] }
            let numbers = tensor.scalars.map { Int($0) }
            return (0..<tensor.shape[0]).map { row in
                numbers[row * tensor.shape[1]..<(row + 1) * tensor.shape[1]].filter { $0 != 0 && $0 != end }
            }
        }
        let batch = try source.batch(Array(0..<count), nil)
        return (rows(batch?.inputs[0]), rows(batch?.targets[0]))
    }

    /// Sources and targets as texts.
    func textPairs() throws -> [(source: String, target: String)] {
        let (sources, targets) = try tokenPairs()
        return zip(sources, targets).map { source, target in
            (text?.inputs?.text(of: source) ?? "", text?.targets?.text(of: target) ?? "")
        }
    }
}
