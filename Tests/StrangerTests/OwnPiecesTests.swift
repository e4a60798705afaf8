import Cognitron
import Testing

/// A model whose layers, loss, metric, optimizer and rules come from outside the package.
@Suite("A model of pieces from another module")
struct OwnPiecesTests {
    init() { registerStrangers() }

    /// Sequences of up to six steps, a number that depends on their mean step, and whether it is positive.
    private static func data(count: Int, seed: UInt64) -> (x: Tensor, y: [Tensor]) {
        var generator = RandomKey(seed: seed).generator()
        var (x, levels): ([Float], [Float]) = ([], [])
        for _ in 0..<count {
            let length = Int.random(in: 2...6, using: &generator)
            var level: Float = 0
            for step in 0..<6 {
                let values = (0..<3).map { _ in
                    step < length ? Float.random(in: -1...1, using: &generator) : 0
                }
                x += values
                level += (values[0] - 2 * values[1] + 0.5 * values[2]) / Float(length)
            }
            levels.append(level)
        }
        let target = Tensor(levels, shape: [count, 1])
        return (Tensor(x, shape: [count, 6, 3]), [target, target .> 0])
    }

    private static func model() throws -> Model {
        let input = Input(6, 3)
        let mean = MeanOfSteps()(SkipZeros()(input))
        let heads = TwoHeads(
            Dense(16, activation: .squareplus, kernelRegularizer: .quartic(1e-4), kernelConstraint: .box(2))
        ).outputs(of: mean)
        let level = Dense(1)(Quiet(1e-3)(heads[0]))
        let sign = Dense(1, activation: .sigmoid)(heads[1])
        return try Model(inputs: [input], outputs: ["level": level, "sign": sign])
    }

    private static func compiled(_ model: Model, seed: UInt64 = 1) throws -> Model {
        try model.compile(
            optimizer: HeavyBall(learningRate: .halving(0.05, every: 200)),
            losses: ["level": .softDistance, "sign": .binaryCrossentropy],
            metrics: ["level": [.worstError], "sign": [.accuracy]],
            gradients: [.clip(globalNorm: 5), .shaken(1e-3, seed: 3)], seed: seed)
        return model
    }

    @discardableResult
    private static func train(
        _ model: Model, epochs: Int, callbacks: [any Callback] = [], resumeFrom: String? = nil
    ) throws -> History {
        let (x, y) = data(count: 320, seed: 1)
        return try model.fit(
            [Jittered(clean: x)], y, batchSize: 32, epochs: epochs, callbacks: callbacks, verbose: .silent,
            resumeFrom: resumeFrom)
    }

    @Test("It learns, and tells so on data it has not seen")
    func learns() throws {
        let model = try Self.compiled(Self.model())
        let history = try Self.train(model, epochs: 40)
        let (first, last) = (try #require(history.loss.first), try #require(history.loss.last))
        #expect(last < first / 4)
        let (x, y) = Self.data(count: 200, seed: 2)
        let scores = try model.evaluate([x], y)
        #expect(try #require(scores["level_worst_error"]) < 0.5)
        #expect(try #require(scores["sign_accuracy"]) > 0.9)
        let factor = try #require(model.parameters.first { $0.name.hasSuffix("/factor") })
        #expect(factor.value.absolute.max() <= 0.75)
        #expect(factor.regularizer == .quartic(1e-3))
    }

    @Test("A loaded model predicts the same and trains on")
    func savesAndLoads() throws {
        let folder = try TemporaryFolder()
        let model = try Self.compiled(Self.model())
        try Self.train(model, epochs: 2)
        try model.save(folder.file("own.safetensors"))
        let loaded = try Model.load(folder.file("own.safetensors"))
        let (x, y) = Self.data(count: 50, seed: 3)
        #expect(try loaded.predict([x]) == model.predict([x]))
        #expect(loaded.parameters.map(\.name) == model.parameters.map(\.name))
        #expect(loaded.parameters.map(\.regularizer) == model.parameters.map(\.regularizer))
        #expect(loaded.parameters.map(\.constraint) == model.parameters.map(\.constraint))
        #expect(loaded.parameters.compactMap(\.regularizer) == [.quartic(1e-3), .quartic(1e-4)])
        let before = try Self.compiled(loaded).evaluate([x], y).loss
        try Self.train(loaded, epochs: 10)
        #expect(try loaded.evaluate([x], y).loss < before)
    }

    @Test("The mask leaves padding out of the mean")
    func masksPadding() throws {
        let input = Input(3, 1)
        let model = try Model(inputs: input, outputs: MeanOfSteps()(SkipZeros()(input)))
        #expect(try model.predict(Tensor([2, 4, 0, 3, 3, 3], shape: [2, 3, 1])).scalars == [3, 3])
    }

    @Test("Pullbacks agree with finite differences")
    func gradientsAreRight() throws {
        let cases: [(layer: any AnyLayer, input: Shape)] = [
            (TwoHeads(Dense(4, activation: .squareplus)), [5, 3]), (MeanOfSteps(), [2, 4, 3]),
            (Quiet(0.5), [5, 3]),
            (Activation(.squareplus), [5, 3]),
        ]
        for (layer, shape) in cases {
            let report = try GradientChecker.check(layer, input: .randomNormal(shape, seed: 4))
            #expect(report.largestError < 1e-2, "\(type(of: layer))\n\(report)")
        }
    }

    @Test(
        "A training that is stopped within an epoch and resumed has the same history and state",
        arguments: [1, 7, 10])
    func resumes(afterBatch batch: Int) throws {
        let folder = try TemporaryFolder()
        let (straightLog, log) = (LossLog(), LossLog())
        let straight = try Self.compiled(Self.model())
        let history = try Self.train(straight, epochs: 4, callbacks: [straightLog])

        let stopped = try Self.compiled(Self.model())
        try Self.train(
            stopped, epochs: 4,
            callbacks: [LossLog(), StopAfter(epoch: 2, batch: batch), BackupAndRestore(folder.path)])
        let resumed = try Self.compiled(Self.model(), seed: 99)
        let resumedHistory = try Self.train(resumed, epochs: 4, callbacks: [log], resumeFrom: folder.path)
        #expect(resumed.trainer?.saveState() == straight.trainer?.saveState())
        #expect(resumedHistory == history)
        #expect(log.losses == straightLog.losses)
    }
}
