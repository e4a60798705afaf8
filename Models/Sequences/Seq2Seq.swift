import Cognitron

/// How a decoder looks at what the encoder has read.
public enum DecoderAttention: String, Sendable, CaseIterable {
    /// Not at all: it starts with the encoder's last states (Sutskever et al. 2014).
    case none
    /// After each of its steps (Luong et al. 2015).
    case luong
    /// Before each of its steps (Bahdanau et al. 2015).
    case bahdanau
}

/// An encoder that reads a text and a decoder that writes another, both LSTMs.
///
/// | | encoder | decoder |
/// |---|---|---|
/// | none | embedding, LSTMs that read backwards | embedding, LSTMs from the encoder's states |
/// | luong | embedding, LSTM | embedding, LSTM; attention (general) of h; dense, tanh, of context and h |
/// | bahdanau | embedding, LSTM both ways | embedding, `AttentionLSTM`; dense, tanh, of context and h |
///
/// and a dense layer that gives the scores of the next token, not a softmax of them.
///
/// Inputs: tokens of the source `(N, S)`, and of the text written so far behind a start mark `(N, T)`; output
/// `(N, T, targetTokens)`.
///
/// - Parameters:
///   - sourceTokens, targetTokens: the sizes of the vocabularies.
///   - layers: LSTMs above each other, without attention.
/// - Source: Sutskever et al., "Sequence to Sequence Learning with Neural Networks" (2014); Bahdanau et al.
///   (2015); Luong et al., "Effective Approaches to Attention-based Neural Machine Translation" (2015).
public func seq2Seq(
    sourceTokens: Int, targetTokens: Int, attention: DecoderAttention = .none, layers: Int = 1,
    embedding: Int = 64, units: Int = 256
) throws -> Model {
    guard layers == 1 || attention == .none && layers > 1 else {
        throw CognitronError(
            .argument, "seq2seq", "invalid number of layers",
            expected: "at least 1, with attention exactly 1", got: "\(layers)")
    }
    let (source, written) = (Input(nil, name: "source"), Input(nil, name: "written"))
    let x = Embedding(sourceTokens, embedding, maskZero: true, name: "source.embedding")(source)
    let y = Embedding(targetTokens, embedding, maskZero: true, name: "target.embedding")(written)
    let features =
        switch attention {
        case .none: plainFeatures(x, y, layers: layers, units: units)
        case .luong: luongFeatures(x, y, units: units)
        case .bahdanau: bahdanauFeatures(x, y, units: units)
        }
    let scores = Dense(targetTokens, name: "scores")(features)
    return try Model(inputs: [source, written], outputs: scores, name: "seq2seq")
}

extension DecoderAttention {
    /// A model that shares the layers of one of `seq2Seq`, and gives the weights `(N, T, S)` that its decoder
    /// gives to the places of the source before it writes each token.
    ///
    /// - Throws: `CognitronError` where the model has no such attention.
    public func alignment(of model: Model) throws -> Model {
        switch self {
        case .none:
            throw CognitronError(
                .model, "alignment", "the model has no attention", expected: "luong or bahdanau")
        case .luong: try model.featureExtractor(["attention"], outputs: [1])
        case .bahdanau: try model.featureExtractor(["decoder"], outputs: [2])
        }
    }
}

private func plainFeatures(
    _ x: SymbolicTensor, _ y: SymbolicTensor, layers: Int, units: Int
) -> SymbolicTensor {
    var (x, y) = (x, y)
    for layer in 0..<layers {
        // The first reads backwards, and the others in its order.
        let read = LSTM(
            units, returnSequences: layer < layers - 1, returnState: true, goBackwards: layer == 0,
            name: "encoder.\(layer)"
        ).outputs(of: x)
        x = read[0]
        y = LSTM(units, returnSequences: true, name: "decoder.\(layer)")(y, read[1], read[2])
    }
    return y
}

private func luongFeatures(_ x: SymbolicTensor, _ y: SymbolicTensor, units: Int) -> SymbolicTensor {
    let read = LSTM(units, returnSequences: true, returnState: true, name: "encoder").outputs(of: x)
    let h = LSTM(units, returnSequences: true, name: "decoder")(y, read[1], read[2])
    let key = Dense(units, useBias: false, name: "attention.key")(read[0])
    let attended = Attention(returnAttentionScores: true, name: "attention").outputs(of: h, read[0], key)
    return Dense(units, activation: .tanh, name: "attention.output")(Concatenate()(attended[0], h))
}

private func bahdanauFeatures(_ x: SymbolicTensor, _ y: SymbolicTensor, units: Int) -> SymbolicTensor {
    let read = Bidirectional(
        LSTM(units / 2, returnSequences: true, returnState: true), name: "encoder"
    ).outputs(of: x)
    let (h, c) = (Concatenate()(read[1], read[3]), Concatenate()(read[2], read[4]))
    let written = AttentionLSTM(units, returnAttentionScores: true, name: "decoder")
        .outputs(of: y, read[0], h, c)
    return Dense(units, activation: .tanh, name: "attention.output")(Concatenate()(written[1], written[0]))
}
