import Testing

@testable import Cognitron

@Suite("Core layers, positions and preprocessing")
struct CoreTests {
    @Test("Embeddings are gathered, their gradients added where the tokens are, in the order of the batch")
    func embedding() throws {
        let table: Tensor = [[1, 2], [3, 4], [5, 6]]
        let layer = Embedding(3, 2, weights: table)
        let tokens: Tensor = [[2, 0, 2]]
        #expect(try output(of: layer, tokens) == [[[5, 6], [1, 2], [5, 6]]])
        for round in 1...2 {
            _ = layer.forward(tokens, .training).pullback([[[1, 2], [3, 4], [5, 6]]])
            #expect(layer.embeddings.gradient == [[3, 4], [0, 0], [6, 8]] * Float(round))
        }
        let masked = try output(of: Embedding(3, 2, maskZero: true), tokens)
        #expect(masked.shape == [1, 3, 2])
        #expect(Embedding(3, 2, maskZero: true).outputMasks([tokens], []) == [[[1, 0, 1]]])
        #expect(
            buildError(Embedding(3, 2, weights: [[1, 2]]), [4]).contains(
                "expected weights of shape 3 × 2, got 1 × 2"))
        #expect(buildError(Embedding(0, 2), [4]).contains("invalid inputDim"))
    }

    @Test("A token that is not in the vocabulary is named with its sample, in fit, evaluate and predict")
    func wrongTokens() throws {
        let model = Sequential([
            Input(2), Reshape([2, 1]), Sequential([Embedding(4, 3, name: "words")], name: "inner"), Flatten(),
            Dense(1),
        ])
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
        let (good, y) = (Tensor.ones([5, 2]), Tensor.zeros([5, 1]))
        for (wrong, text) in [(Float(4), "4.0"), (-1, "-1.0"), (1.5, "1.5")] {
            var x = good
            x[3, 1] = wrong
            let expected =
                "input: sample 3: holds a token that inner/words does not know, at place 1; expected a whole "
                + "number from 0 to 3, got \(text)"
            for message in [
                errorText { try model.fit(x, y, shuffle: false, verbose: .silent) },
                errorText { _ = try model.evaluate(x, y) },
                errorText { _ = try model.predict(x, batchSize: 2) },
                errorText { try model.trainOnBatch(x, y) },
            ] {
                #expect(message.hasPrefix(expected), "\(message)")
            }
        }
        try model.fit(good, y, verbose: .silent)
        let encoder = Sequential([Input(2), CategoryEncoding(3), Dense(1)])
        #expect(
            errorText { _ = try encoder.predict([[0, 3]] as Tensor) }.contains(
                "category_encoding does not know"))
    }

    @Test("Padding tokens and masked steps do not count in the loss")
    func masks() throws {
        let (probe, masked) = (MaskProbe(), MaskProbe())
        _ = try Sequential([Input(3), Embedding(4, 2, maskZero: true), probe]).predict([[1, 0, 2]] as Tensor)
        #expect(probe.seen == [[1, 0, 1]])
        _ = try Sequential([Input(2, 2), Masking(maskValue: 7), masked]).predict(
            [[[7, 7], [7, 1]]] as Tensor)
        #expect(masked.seen == [[0, 1]])
        #expect(try output(of: Masking(maskValue: 7), [[[7, 7], [7, 1]]]) == [[[0, 0], [7, 1]]])
        let identity = MaskProbe()
        _ = try Sequential([
            Input(2, 2), Masking(), Identity(), Rescaling(2), SinePositionEncoding(), identity,
        ]).predict(
            [[[0, 0], [0, 1]]] as Tensor)
        #expect(identity.seen == [[0, 1]])
    }

    @Test("An output head shares the embedding's table, also after it was saved")
    func tiedWeights() throws {
        func make() -> Model {
            let embedding = Embedding(6, 3, name: "words")
            return Sequential([Input(2), embedding, Dense(3), embedding.reversed(name: "scores")])
        }
        let model = make()
        try model.compile(optimizer: SGD(), loss: .sparseCategoricalCrossentropy(fromLogits: true), seed: 1)
        #expect(model.parameterCount == 6 * 3 + 3 * 3 + 3)
        let x: Tensor = [[1, 2], [3, 4]]
        try model.trainOnBatch(x, x)
        let folder = try TemporaryFolder()
        try model.save(folder.file("m"))
        let loaded = try Model.load(folder.file("m"))
        #expect(try loaded.predict(x) == model.predict(x))
        #expect(loaded.parameterCount == model.parameterCount)
    }

    @Test("A reversible embedding without tied weights has a second table on the way back")
    func untiedWeights() throws {
        func parameters(tieWeights: Bool) throws -> Int {
            let embedding = ReversibleEmbedding(6, 3, tieWeights: tieWeights, logitSoftCap: 2)
            let model = Sequential([Input(2), embedding, embedding.reversed(name: "scores")])
            try model.compile(
                optimizer: SGD(), loss: .sparseCategoricalCrossentropy(fromLogits: true), seed: 1)
            let x: Tensor = [[1, 2], [3, 4]]
            try model.trainOnBatch(x, x)
            let folder = try TemporaryFolder()
            try model.save(folder.file("m"))
            let loaded = try Model.load(folder.file("m"))
            #expect(try loaded.predict(x) == model.predict(x))
            #expect(loaded.parameterCount == model.parameterCount)
            return model.parameterCount
        }
        #expect(try parameters(tieWeights: true) == 18)
        #expect(try parameters(tieWeights: false) == 36)
    }

    @Test("A function as a layer is saved where it is registered, and refused otherwise")
    func lambda() throws {
        let square = Lambda { x, _ in (x.squared, { 2 * x * $0 }) }
        let model = Sequential([Input(2), Dense(2), square])
        #expect(try output(of: square, [[2, 3]]) == [[4, 9]])
        _ = try model.predict([[2, 3]] as Tensor)
        let text = errorText { try model.save("/nowhere/model") }
        #expect(text.contains("its function cannot be saved"), "\(text)")
        Lambda.register("tests.twice") { x, _ in (x * 2, { $0 * 2 }) }
        let twice = Sequential([Input(2), Dense(2), try Lambda(registered: "tests.twice")])
        let x: Tensor = [[2, 3]]
        let expected = try twice.predict(x)
        let folder = try TemporaryFolder()
        try twice.save(folder.file("m"))
        #expect(try Model.load(folder.file("m")).predict(x) == expected)
        #expect(
            errorText { _ = try Lambda(registered: "tests.none") }.contains(
                "no function is called tests.none"))
        let folded = Lambda { x, _ in (x.reshaped([-1, 1]), { $0.reshaped(x.shape) }) }
        #expect(buildError(folded, [3]).contains("changes the number of samples"))
    }

    @Test("Equations that cannot be read or do not fit are refused in words")
    func equations() {
        let cases: [(String, [Int?], Shape, String)] = [
            ("abc", [3], [2, 3], "an equation of the form ab,bc->ac"),
            ("ab,bc", [3], [2], "an equation of the form"),
            ("aab,bc->aac", [3], [2, 3], "each axis as a letter of its own"),
            ("abc,cd->abd", [nil, 5], [4], "an input of 2 axes, the batch being the first"),
            ("...b,bc->ac", [5], [4], "an ellipsis in the input and the output"),
            ("ab,bc->ad", [5], [4], "an output of axes of the input or kernel"),
            ("abc,bd->ad", [5], [3, 4], "every axis of the input in the kernel or the output"),
            ("ab,abc->ac", [5], [4], "the batch as the first axis"),
            ("abc,cd->abd", [5], [3, 4], "expected 2 sizes, for the axes bd, got 1"),
            ("abc,cd->abd", [nil, nil], [3, 4], "a size for axis d, which the input does not have"),
            (
                "abc,cd->abd", [7, 5], [3, 4],
                "its output's axis b is also its input's; expected 3 or nil, got 7"
            ),
        ]
        for (equation, shape, input, message) in cases {
            let text = buildError(EinsumDense(equation, outputShape: shape), input)
            #expect(text.contains(message), "\(equation): \(text)")
        }
        let bias = buildError(EinsumDense("ab,bc->ac", outputShape: [3], biasAxes: "b"), [4])
        #expect(bias.contains("invalid biasAxes; expected letters of c, got \"b\""), "\(bias)")
    }

    @Test(
        "Positions by hand: sines beside cosines; learned rows; rotation keeps products that are as far apart"
    )
    func positions() throws {
        let waves = try output(of: SinePositionEncoding(maxWavelength: 100, startIndex: 1), .ones([1, 2, 4]))
        let expected: Tensor = [
            [[0.841471, 0.540302, 0.0998334, 0.995004], [0.909297, -0.416147, 0.198669, 0.980067]]
        ]
        expectClose(waves, expected, "waves")
        #expect(try output(of: SinePositionEncoding(), .ones([2, 3, 5])).shape == [2, 3, 5])
        let learned = PositionEmbedding(4, startIndex: 1)
        let rows = try output(of: learned, .zeros([2, 2, 3]))
        #expect(rows[0] == learned.positionEmbeddings.value[1..<3] && rows[1] == rows[0])
        let x = Tensor.ones([1, 6, 4])
        let turned = try output(of: RotaryEmbedding(), x)
        let products = turned.matmul(turned, transposingOther: true)[0]
        for step in 0..<4 { #expect(abs(products[step, step + 2] - products[0, 2]) < 1e-5) }
        // The first pair, channels 0 and 2, turns by 1 a step.
        expectClose(turned[0][1], [-0.301169, 0.989950, 1.381773, 1.009950], "second step", absolute: 1e-5)
        #expect(buildError(PositionEmbedding(3), [4, 2]).contains("expected at most 3 steps, got 4"))
        #expect(buildError(RotaryEmbedding(), [4, 3]).contains("turns pairs of channels"))
        #expect(buildError(RotaryEmbedding(sequenceAxis: 2), [4, 2]).contains("invalid sequenceAxis"))
    }

    @Test("Statistics of data survive training and files; what cannot be adapted says so")
    func adapting() throws {
        let x = Tensor.randomNormal([200, 3], mean: 4, standardDeviation: 3, seed: 1)
        let layer = Normalization()
        try layer.adapt(x)
        let model = Sequential([Input(3), layer, Dense(1)])
        try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
        let (mean, variance) = (layer.mean.value, layer.variance.value)
        try model.fit(x, Tensor.zeros([200, 1]), verbose: .silent)
        #expect(layer.mean.value == mean && layer.variance.value == variance)
        let normalized = try output(of: layer, x)
        #expect(abs(normalized.mean()) < 1e-4 && abs(normalized.squared.mean() - 1) < 1e-3)
        let folder = try TemporaryFolder()
        try model.save(folder.file("m"))
        #expect(try Model.load(folder.file("m")).predict(x) == model.predict(x))
        let back = Normalization(mean: mean.scalars, variance: variance.scalars, invert: true)
        expectClose(try output(of: back, normalized), x, "inverted", absolute: 1e-4)
        let given = Normalization(mean: [1], variance: [4])
        #expect(try output(of: given, [[3, 1]]) == [[1, 0]])
        #expect(errorText { try given.adapt(x) }.contains("its mean and variance were given"))
        #expect(errorText { try Normalization(axis: 2).adapt(x) }.contains("invalid axis"))
        #expect(
            buildError(Normalization(mean: [1, 2], variance: [1, 2]), [3]).contains(
                "of one number or 3, got 2"))
        #expect(buildError(Normalization(mean: [1]), [3]).contains("got only one of them"))
        let bins = Discretization(numBins: 4)
        #expect(errorText { try bins.adapt([[1, 2, 3]]) }.contains("at least 4 finite numbers"))
        try bins.adapt(Tensor((0..<100).map { Float($0) }))
        #expect(try output(of: bins, [[0, 30, 60, 99]]) == [[0, 1, 2, 3]])
        let hot = Discretization(binBoundaries: [0, 1], outputMode: .oneHot)
        #expect(try output(of: hot, [[-1, 5]]) == [[[1, 0, 0], [0, 0, 1]]])
        #expect(buildError(Discretization(binBoundaries: [1, 1]), [3]).contains("in ascending order"))
        #expect(buildError(Discretization(numBins: 1), [3]).contains("invalid numBins"))
        #expect(buildError(CategoryEncoding(3), [2, 2]).contains("expected samples with one axis"))
        #expect(buildError(CategoryEncoding(3, outputMode: .int), [2]).contains("invalid outputMode"))
    }
}
