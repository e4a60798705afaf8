import Cognitron
import CognitronData

/// A network that gives a tag to each word of a sentence, such as its part of speech.
///
///     x = [embed(word), embed(ending)];   h = BiLSTM(dropout(x));   tags = softmax(dropout(h) · W + b)
///
/// Words and endings have one vocabulary (`TaggedSentences`); of a word that training did not meet, the ending
/// tells whether it is a plural, an adverb, a number. Padding is masked.
///
/// - Parameters:
///   - coding: how words become tokens.
///   - classCount: the number of tags.
/// - Returns: a model with inputs `(N, T)`, words and endings, and output `(N, T, classCount)`.
/// - Source: Huang, Xu and Yu, "Bidirectional LSTM-CRF Models for Sequence Tagging" (2015), without the CRF.
public func tagger(_ coding: TextCoding, classCount: Int, units: Int = 96) throws -> Model {
    let (words, endings) = (Input(nil), Input(nil))
    let embedding = Embedding(try readTokens(coding, "tagger"), 64, maskZero: true)
    let joined = Concatenate()(embedding(words), embedding(endings))
    let states = Bidirectional(LSTM(units, returnSequences: true))(Dropout(0.3)(joined))
    let tags = Dense(classCount, activation: .softmax)(Dropout(0.3)(states))
    return try Model(inputs: [words, endings], outputs: tags, name: "tagger")
}

/// The number of tokens that a network reads.
///
/// - Throws: `CognitronError` where the coding is none of texts to read.
func readTokens(_ coding: TextCoding, _ name: String) throws -> Int {
    guard let inputs = coding.inputs else {
        throw CognitronError(.argument, name, "reads texts", expected: "samples that are texts")
    }
    return inputs.vocabularySize
}
