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
            let sizes = try coding.sizes(of: name)
            return try seq2Seq(
                sourceTokens: sizes.sources, targetTokens: sizes.targets, attention: attention)
        }
    }
}

extension TextCoding {
    /// The sizes of the vocabularies of a network that reads a text and writes another.
    fileprivate func sizes(of network: String) throws -> (sources: Int, targets: Int) {
        guard let inputs, let targets else {
            throw CognitronError(
                .data, network, "reads a text and writes one", expected: "pairs of texts, such as dates")
        }
        return (inputs.vocabularySize, targets.vocabularySize)
    }
}
