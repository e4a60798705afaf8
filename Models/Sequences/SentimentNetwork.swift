import Cognitron
import CognitronData

/// What stands between the embedded words of a text and its class.
public enum SentimentNetwork: String, Sendable, CaseIterable {
    /// The words' mean: their order does not count.
    case bag
    /// The strongest answer of each filter over three, four and five words.
    case convolution = "conv"
    /// The last states of an LSTM in both directions.
    case recurrent = "lstm"
    /// The mean of the words after an encoder block, each with its place.
    case transformer

    /// A network that gives a class to a text.
    ///
    ///     class = softmax(dropout(summary(embed(words))) · W + b)
    ///
    /// Padding is masked; convolutions see it as a word of its own.
    ///
    /// - Returns: a model with input `(N, T)` and output `(N, classCount)`.
    /// - Source: of the convolutions, Kim, "Convolutional Neural Networks for Sentence Classification" (2014).
    public func model(_ coding: TextCoding, classCount: Int) throws -> Model {
        let words = Input(nil)
        // Beside the places' sines, words must not be small.
        let embedding = Embedding(
            try readTokens(coding, name), 64,
            embeddingsInitializer: self == .transformer ? .randomNormal(stddev: 0.5) : .randomUniform,
            maskZero: true)
        let summary = try summary(Dropout(0.4)(embedding(words)))
        let classes = Dense(classCount, activation: .softmax)(Dropout(0.5)(summary))
        return try Model(inputs: words, outputs: classes, name: name)
    }

    var name: String { "sentiment-\(rawValue)" }

    /// From embedded words `(N, T, 64)` to one vector a text.
    private func summary(_ x: SymbolicTensor) throws -> SymbolicTensor {
        switch self {
        case .bag: return GlobalAveragePooling1D()(x)
        case .convolution:
            return Concatenate()(
                [3, 4, 5].map { size in
                    GlobalMaxPooling1D()(Conv1D(64, kernelSize: size, padding: .same, activation: .relu)(x))
                })
        case .recurrent: return Bidirectional(LSTM(64))(x)
        case .transformer:
            let placed = Add()(x, SinePositionEncoding()(x))
            return GlobalAveragePooling1D()(
                TransformerEncoder(
                    intermediateDim: 128, numHeads: 4, dropout: 0.2, normalizeFirst: true)(placed))
        }
    }
}
