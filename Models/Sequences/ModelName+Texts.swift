import Cognitron
import CognitronData

// Networks that read texts: tags of words, classes of texts, the next token.

extension ModelName {
    static let textNetworks: [ModelName] =
        [.tagger, .sentiment] + SentimentNetwork.allCases.map(sentiment) + [.charLM]

    public static let tagger = ModelName(
        "tagger", "a bidirectional LSTM that tags words", tasks: [.tagging], tokenCounts: (20_000, nil),
        classCount: 36, paper: "Huang et al. 2015",
        training: TrainingDefaults(
            optimizer: "adam", learningRate: 0.003, schedule: "cosine", clipNorm: 1, batchSize: 32, epochs: 3)
    ) { try CognitronModels.tagger($0, classCount: $2.classNames.count) }

    /// The LSTM, which is best of a few thousand sentences.
    public static let sentiment = sentiment("sentiment", .recurrent)

    /// The four kinds by their own names, to be compared: `sentiment-bag`.
    private static func sentiment(_ kind: SentimentNetwork) -> ModelName { sentiment(kind.name, kind) }

    private static func sentiment(_ name: String, _ kind: SentimentNetwork) -> ModelName {
        ModelName(
            name, kind.summary, tasks: [.classification], tokenCounts: (20_000, nil), paper: kind.paper,
            training: TrainingDefaults(
                optimizer: "adam", learningRate: 0.002, schedule: "cosine", clipNorm: 1, batchSize: 32,
                epochs: kind == .transformer ? 6 : 3)
        ) { try kind.model($0, classCount: $2.classNames.count) }
    }

    public static let charLM = ModelName(
        "char-lm", "an LSTM that goes on with a text", tasks: [.language], tokenCounts: (100, nil),
        length: 100, paper: "Graves 2013",
        training: TrainingDefaults(
            optimizer: "adam", learningRate: 0.003, schedule: "cosine", clipNorm: 1, batchSize: 16, epochs: 8)
    ) { coding, _, _ in try characterModel(coding) }
}

extension SentimentNetwork {
    fileprivate var summary: String {
        switch self {
        case .bag: "classes of texts by the mean of their words"
        case .convolution: "classes of texts by convolutions over words"
        case .recurrent: "classes of texts by a bidirectional LSTM"
        case .transformer: "classes of texts by a transformer's encoder block"
        }
    }

    fileprivate var paper: String {
        switch self {
        case .bag: "Iyyer et al. 2015"
        case .convolution: "Kim 2014"
        case .recurrent: "Graves and Schmidhuber 2005"
        case .transformer: "Vaswani et al. 2017"
        }
    }
}
