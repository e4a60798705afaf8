import Cognitron
import CognitronData

// Networks for texts.

extension ModelName {
    static let sequenceNetworks: [ModelName] =
        [.seq2seq, .seq2seqLuong, .seq2seqBahdanau]

    // MARK: - A text for a text

    public static let seq2seq = writing(
        "seq2seq", "an LSTM reads a text, another writes one", "Sutskever et al. 2014", .none)
    public static let seq2seqLuong = writing(
        "seq2seq-luong", "an encoder and a decoder that looks back after each step", "Luong et al. 2015",
        .luong)
    public static let seq2seqBahdanau = writing(
        "seq2seq-bahdanau", "an encoder and a decoder that looks back before each step",
        "Bahdanau et al. 2015", .bahdanau)

    private static func writing(
        _ name: String, _ summary: String, _ paper: String, _ attention: DecoderAttention
    ) -> ModelName {
        ModelName(
            name, summary, tasks: [.text], tokenCounts: (5_000, 5_000), length: 20, paper: paper,
            training: TrainingDefaults(
                optimizer: "adam", learningRate: 0.002, schedule: "cosine", clipNorm: 1, epochs: 8)
        ) { coding, _, _ in
            try seq2Seq(
                sourceTokens: try coding.requireInputs(name).vocabularySize,
                targetTokens: try coding.requireTargets(name).vocabularySize, attention: attention)
        }
    }
}
