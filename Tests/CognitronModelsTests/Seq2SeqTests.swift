import Cognitron
import CognitronData
import CognitronModels
import CognitronText
import Testing

@Suite("Encoders and decoders")
struct Seq2SeqTests {
    private static func tiny(_ attention: DecoderAttention) throws -> Model {
        try seq2Seq(sourceTokens: 9, targetTokens: 9, attention: attention, embedding: 12, units: 32)
    }

    @Test("Parameters are those of the formula and of the paper")
    func parameters() throws {
        let toy = try seq2Seq(sourceTokens: 40, targetTokens: 40, embedding: 32, units: 128)
        #expect(toy.parameterCount == 172_584)
        let paper = try seq2Seq(
            sourceTokens: 160_000, targetTokens: 80_000, layers: 4, embedding: 1_000, units: 1_000)
        #expect(paper.parameterCount == 384_112_000)
        #expect(throws: CognitronError.self) {
            try seq2Seq(sourceTokens: 9, targetTokens: 9, attention: .luong, layers: 2)
        }
    }

    @Test(
        "Padding of the source changes nothing, later tokens change no earlier output, others do",
        arguments: DecoderAttention.allCases)
    func masks(_ attention: DecoderAttention) throws {
        try expectTranslatorMasks(Self.tiny(attention))
    }

    @Test("Several layers read a padded source as they read it alone")
    func layers() throws {
        let model = try seq2Seq(sourceTokens: 9, targetTokens: 9, layers: 3, embedding: 6, units: 8)
        let alone = try model.predict([[[3, 8, 5]], [[2, 4]]] as [Tensor])[0]
        let padded = try model.predict([[[3, 8, 5, 0, 0]], [[2, 4]]] as [Tensor])[0]
        #expect(alone.maximumDifference(from: padded) < 1e-6)
    }

    @Test("Decoding step by step gives what whole texts give", arguments: DecoderAttention.allCases)
    func decoding(_ attention: DecoderAttention) throws {
        let model = try Self.tiny(attention)
        let source: Tensor = [[3, 8, 5], [4, 7, 0]]
        let tokens: Tensor = [[2, 4, 5, 1], [2, 3, 3, 6]]
        let whole = try model.predict([source, tokens])[0]
        var decoding = try model.decoding(given: [source], stepping: 1)
        for steps in [0..<2, 2..<3, 3..<4] {
            let output = try decoding.next(tokens.slice(axis: 1, steps))
            #expect(output.maximumDifference(from: whole.slice(axis: 1, steps)) < 1e-5)
        }
    }

    @Test(
        "It learns to reverse its source, and to sort it", arguments: DecoderAttention.allCases,
        [true, false])
    func learning(_ attention: DecoderAttention, reverses: Bool) throws {
        var generator = RandomKey(seed: 1).generator()
        let sources = (0..<600).map { _ in (0..<4).map { _ in Int.random(in: 4..<9, using: &generator) } }
        let pairs = TokenSource(
            sources: sources, targets: sources.map { reverses ? $0.reversed() : $0.sorted() }, start: 2,
            end: 3)
        let model = try Self.tiny(attention)
        try model.compile(
            optimizer: Adam(learningRate: 0.01), loss: .sparseCategoricalCrossentropy(fromLogits: true),
            metrics: [.accuracy], seed: 1)
        let history = try model.fit(pairs, batchSize: 20, epochs: 12, verbose: .silent)
        #expect(try #require(history["accuracy"].last) > 0.9)
        // Greedy search writes what teacher forcing has taught.
        let texts = try TokenSearch.greedy.texts(
            model.decoding(given: [TokenSequences.rows(Array(sources[..<50]))], stepping: 1), count: 50,
            start: 2, end: 3, limit: 8)
        let right = zip(texts, sources).count { text, source in
            text[0].tokens == (reverses ? source.reversed() : source.sorted())
        }
        #expect(right >= 35)
    }
}

/// Expects that padding of the source changes no output, later tokens no earlier one, and that all else counts.
///
/// - Parameter model: with two inputs of tokens below 7.
func expectTranslatorMasks(_ model: Model) throws {
    let (source, target): (Tensor, Tensor) = ([[3, 6, 5, 2]], [[2, 4, 5]])
    let output = try model.predict([source, target])[0]
    func difference(_ source: Tensor, _ target: Tensor, steps: Int = 3) throws -> Float {
        try model.predict([source, target])[0].slice(axis: 1, 0..<steps)
            .maximumDifference(from: output.slice(axis: 1, 0..<steps))
    }
    #expect(try difference([[3, 6, 5, 2, 0, 0]], target) < 1e-6)
    #expect(try difference([[3, 6, 5, 2, 1, 1]], target) > 1e-4)
    #expect(try difference(source, [[2, 4, 6]], steps: 2) < 1e-6)
    #expect(try difference(source, [[2, 3, 5]], steps: 2) > 1e-4)
    #expect(try difference([[6, 3, 5, 2]], target) > 1e-4, "the order of the source counts")
    // Texts that are longer than a kernel's tile.
    func tokens(_ seed: UInt64) -> Tensor {
        Tensor.randomUniform([2, 70], in: 2..<7, seed: seed).map { $0.rounded(.down) }
    }
    let (read, one, other) = (tokens(1), tokens(2), tokens(3))
    for cut in [1, 33, 69] {
        let mixed = Tensor.concatenated(
            [one.slice(axis: 1, 0..<cut), other.slice(axis: 1, cut..<70)], axis: 1)
        let (a, b) = (try model.predict([read, one])[0], try model.predict([read, mixed])[0])
        #expect(
            a.slice(axis: 1, 0..<cut).maximumDifference(from: b.slice(axis: 1, 0..<cut)) < 1e-5, "\(cut)")
    }
}
