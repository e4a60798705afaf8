import Testing

@testable import Cognitron

/// Decoding step by step equals running the whole sequence.
@Suite("Decoding")
struct DecodingTests {
    private static let vocabulary = 7

    /// Language models: tokens (N, T) to scores (N, T, 7), or (N, 7).
    private static let models: [(name: String, layers: @Sendable (SymbolicTensor) -> SymbolicTensor)] = [
        ("LSTM", { LSTM(5, returnSequences: true)($0) }),
        ("two layers", { GRU(5, returnSequences: true)(LSTM(4, returnSequences: true)($0)) }),
        (
            "a cell at a time",
            { RNN([GRUCell(5), SimpleRNNCell(4, activation: .relu)], returnSequences: true)($0) }
        ),
        ("the last output", { SimpleRNN(5)($0) }),
        (
            "learned positions",
            { x in attention(LayerNormalization()(Add()(x, PositionEmbedding(50)(x)))) }
        ),
        ("waves", { x in attention(Add()(x, SinePositionEncoding()(x))) }),
        (
            "rotary positions and groups",
            { x in
                let y = RotaryEmbedding()(x)
                return GroupQueryAttention(
                    headDim: 3, numQueryHeads: 4, numKeyValueHeads: 2, slidingWindow: 5, useCausalMask: true)(
                        y, x)
            }
        ),
        (
            "blocks",
            { x in
                let y = Add()(x, PositionEmbedding(50)(x))
                let block = TransformerDecoder(intermediateDim: 8, numHeads: 2, normalizeFirst: true)
                return TransformerDecoder(intermediateDim: 8, numHeads: 2)(block(block(y)))
            }
        ),
    ]

    private static func attention(_ x: SymbolicTensor) -> SymbolicTensor {
        MultiHeadAttention(numHeads: 2, keyDim: 3, useCausalMask: true)(x, x)
    }

    /// - Parameter masksZero: whether token 0 is padding.
    private static func model(
        _ layers: (SymbolicTensor) -> SymbolicTensor, masksZero: Bool = false
    ) throws -> Model {
        let tokens = Input(nil)
        let x = Embedding(vocabulary, 6, embeddingsInitializer: .randomNormal, maskZero: masksZero)(tokens)
        let model = try Model(inputs: tokens, outputs: Dense(vocabulary)(layers(x)))
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 3)
        return model
    }

    /// Tokens from 1 on.
    private static func tokens(_ samples: Int, _ steps: Int, seed: UInt64 = 1) -> Tensor {
        let numbers = Tensor.randomUniform([samples, steps], in: 1..<Float(vocabulary), seed: seed)
        return Tensor(numbers.scalars.map { $0.rounded(.down) }, shape: numbers.shape)
    }

    @Test("A prompt, single steps past the first storage, and chosen samples", arguments: models.indices)
    func equalsTheWhole(_ index: Int) throws {
        let model = try Self.model(Self.models[index].layers)
        var tokens = Self.tokens(2, 40)
        var decoding = try model.decoding()
        func check(_ logits: Tensor, _ steps: Range<Int>) throws {
            let whole = try model.predict(tokens.slice(axis: 1, 0..<steps.upperBound))
            let expected = whole.rank == 3 ? whole.slice(axis: 1, steps) : whole
            expectClose(logits, expected, "\(Self.models[index].name), \(steps)", absolute: 1e-5)
        }
        try check(try decoding.next(tokens.slice(axis: 1, 0..<3)), 0..<3)
        for step in 3..<36 {
            try check(try decoding.next(tokens.slice(axis: 1, step..<step + 1)), step..<step + 1)
        }
        let copy = decoding
        decoding.select([1, 0, 1])
        tokens = tokens.gathering([1, 0, 1], axis: 0)
        tokens = .concatenated([tokens.slice(axis: 1, 0..<36), Self.tokens(3, 4, seed: 2)], axis: 1)
        try check(try decoding.next(tokens.slice(axis: 1, 36..<38)), 36..<38)
        try check(try decoding.next(tokens.slice(axis: 1, 38..<39)), 38..<39)
        #expect(decoding.count == 39)

        // The copy has not moved on.
        decoding = copy
        tokens = tokens.gathering([1, 0], axis: 0)
        try check(try decoding.next(tokens.slice(axis: 1, 36..<38)), 36..<38)
    }

    @Test("Padded prompts: what is masked stays masked", arguments: [0, 1, 5, 7])
    func masks(_ index: Int) throws {
        let model = try Self.model(Self.models[index].layers, masksZero: true)
        let tokens: Tensor = [[3, 2, 5, 4, 1, 6], [2, 4, 0, 0, 5, 3]]
        var decoding = try model.decoding()
        _ = try decoding.next(tokens.slice(axis: 1, 0..<4))
        _ = try decoding.next(tokens.slice(axis: 1, 4..<5))
        let last = try decoding.next(tokens.slice(axis: 1, 5..<6))
        let whole = try model.predict(tokens)
        expectClose(last, whole.slice(axis: 1, 5..<6), Self.models[index].name, absolute: 1e-5)
        let other = try model.predict(tokens * ([1, 1, 0, 1, 1, 1] as Tensor))
        #expect(!last.isClose(to: other.slice(axis: 1, 5..<6), absolute: 1e-4))
    }

    /// A translator whose encoder masks padding: a transformer's decoder, or a recurrent one with attention.
    private static func translator(isRecurrent: Bool) throws -> Model {
        let (source, target) = (Input(nil), Input(nil))
        let embedding = Embedding(vocabulary, 6, embeddingsInitializer: .randomNormal, maskZero: true)
        let encoder: Model
        let (tokens, memory) = (Input(nil), Input(nil, 6))
        let x = Embedding(vocabulary, 6, embeddingsInitializer: .randomNormal)(tokens)
        let decoder: Model
        if isRecurrent {
            let states = GRU(6, returnSequences: true, returnState: true).outputs(of: embedding(source))
            encoder = try Model(inputs: source, outputs: states, name: "encoder")
            let h = Input(6)
            let y = GRU(6, returnSequences: true)(x, h)
            let context = Attention()(y, memory)
            decoder = try Model(
                inputs: [tokens, memory, h], outputs: [Dense(vocabulary)(Concatenate()(y, context))],
                name: "decoder")
            let given = encoder.outputs(of: source)
            return try Model(inputs: [source, target], outputs: [decoder(target, given[0], given[1])])
        }
        encoder = try Model(
            inputs: source, outputs: TransformerEncoder(intermediateDim: 8, numHeads: 2)(embedding(source)),
            name: "encoder")
        let y = TransformerDecoder(intermediateDim: 8, numHeads: 2)(x, memory)
        decoder = try Model(inputs: [tokens, memory], outputs: [Dense(vocabulary)(y)], name: "decoder")
        return try Model(inputs: [source, target], outputs: [decoder(target, encoder(source))])
    }

    @Test("A translator reads a masked source once; beams share it", arguments: [false, true])
    func translator(isRecurrent: Bool) throws {
        let model = try Self.translator(isRecurrent: isRecurrent)
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 3)
        var source: Tensor = [[3, 4, 5, 6, 1], [2, 6, 0, 0, 0]]
        var tokens = Self.tokens(2, 6)
        var decoding = try model.decoding(given: [source], stepping: 1)
        func check(_ steps: Range<Int>) throws {
            let whole = try model.predict([source, tokens.slice(axis: 1, 0..<steps.upperBound)])[0]
            let logits = try decoding.next(tokens.slice(axis: 1, steps))
            expectClose(logits, whole.slice(axis: 1, steps), "\(steps)", absolute: 1e-5)
        }
        try check(0..<2)
        try check(2..<3)
        for rows in [[0, 0, 1, 1], [1, 0, 3, 3], [3, 1, 0, 2]] {
            decoding.select(rows)
            (source, tokens) = (source.gathering(rows, axis: 0), tokens.gathering(rows, axis: 0))
            try check(decoding.count..<decoding.count + 1)
        }
    }

    @Test("Layers that need later steps are refused in words")
    func refusals() throws {
        let cases: [(String, (SymbolicTensor) -> SymbolicTensor)] = [
            ("Bidirectional is not known to run step by step", { Bidirectional(LSTM(3))($0) }),
            ("it starts with the last step", { LSTM(3, goBackwards: true)($0) }),
            ("GlobalAveragePooling1D is not known", { GlobalAveragePooling1D()($0) }),
            ("Conv1D is not known", { Conv1D(3, kernelSize: 2, padding: .causal)($0) }),
            ("attend to later ones", { MultiHeadAttention(numHeads: 2, keyDim: 3)($0, $0) }),
            (
                "attend to later ones",
                { x in
                    TransformerDecoder(intermediateDim: 3, numHeads: 2, useCausalMask: false)(x)
                }
            ),
            ("TransformerEncoder is not known", { TransformerEncoder(intermediateDim: 3, numHeads: 2)($0) }),
            ("it keeps no keys", { Attention(useCausalMask: true)($0, $0) }),
            ("along another axis", { Softmax(axis: 1)($0) }),
            ("its initial states come from other steps", { x in GRU(4)(x, GRU(4)(x)) }),
            ("its inputs differ in their steps", { x in Add()(x, LSTM(6)(x)) }),
        ]
        for (expected, layers) in cases {
            let model = try Self.model(layers)
            let text = errorText { _ = try model.decoding() }
            #expect(text.contains(expected), "\(text)")
        }
    }

    @Test("Bad steps are refused and change nothing")
    func badInput() throws {
        let model = try Self.model { Add()($0, PositionEmbedding(4)($0)) }
        var decoding = try model.decoding()
        #expect(decoding.limit == 4)
        _ = try decoding.next([[1, 2]])
        let cases: [(Tensor, String)] = [
            (Tensor([Float](), shape: [1, 0]), "at least one step"), ([1], "takes other steps"),
            ([[1], [2]], "another number of samples; expected 1, got 2"),
            ([[1, 2, 3]], "no positions for so many steps; expected at most 4, got 5"),
            ([[7]], "holds a token that embedding does not know"),
        ]
        for (steps, expected) in cases {
            let text = errorText { _ = try decoding.next(steps) }
            #expect(text.contains(expected), "\(text)")
        }
        #expect(decoding.count == 2)
        #expect(try decoding.next([[3, 4]]).shape == [1, 2, 7])
        let text = errorText { _ = try model.decoding(given: [[[1]]]) }
        #expect(text.contains("has other inputs than those given"), "\(text)")
    }
}
