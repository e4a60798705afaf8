import Synchronization
import Testing

@testable import Cognitron

@Suite("Freezing, heads and blocks")
struct FreezingTests {
    /// Passes values on, and counts the backward passes through it.
    private final class Counter: Layer {
        let passes = Atomic<Int>(0)
        init() {}
        convenience init(from decoder: any Decoder) throws { self.init() }
        func encode(to encoder: any Encoder) throws {}
        var name: String? { nil }
        func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape { input }
        func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
            (
                input,
                { [self] dy in
                    passes.add(1, ordering: .relaxed)
                    return dy
                }
            )
        }
    }

    private func network(_ counters: [Counter]) throws -> Sequential {
        let model = Sequential([
            Input(8, 8, 1), Conv2D(3, kernelSize: 3, padding: .same, name: "conv1"), counters[0],
            BatchNormalization(name: "bn1"), ReLU(), MaxPooling2D(),
            Conv2D(4, kernelSize: 3, padding: .same, name: "conv2"), counters[1],
            BatchNormalization(name: "bn2"), ReLU(), Conv2D(4, kernelSize: 3, padding: .same, name: "conv3"),
            Flatten(), Dense(6, activation: .relu, name: "hidden"),
            Dense(3, activation: .softmax, name: "head"),
        ])
        try model.compile(
            optimizer: SGD(learningRate: 0.1), loss: .sparseCategoricalCrossentropy, seed: 1)
        return model
    }

    private func fit(_ model: Model) throws {
        try model.fit(
            Tensor.randomNormal([12, 8, 8, 1], seed: 2), Tensor([0, 1, 2, 0, 1, 2, 0, 1, 2, 0, 1, 2]),
            batchSize: 4, epochs: 2, verbose: .silent)
    }

    @Test("Frozen weights and statistics stay equal bit for bit, all others move")
    func frozenStay() throws {
        let model = try network([Counter(), Counter()])
        try model.setTrainable(false, matching: ["^conv1/", "^bn1/", "conv3/bias"])
        let before = model.parameters.map(\.value)
        try fit(model)
        let frozen = [
            "conv1/kernel", "conv1/bias", "bn1/gamma", "bn1/beta", "bn1/moving_mean",
            "bn1/moving_variance", "conv3/bias",
        ]
        for (parameter, value) in zip(model.parameters, before) {
            #expect((parameter.value == value) == frozen.contains(parameter.name), "\(parameter.name)")
        }
    }

    @Test("The backward pass ends at the first layer that is trained")
    func backwardEnds() throws {
        let counters = [Counter(), Counter()]
        let model = try network(counters)
        try model.setTrainable(false, matching: ["conv1", "bn1"])
        try fit(model)
        // Six steps: conv2 is trained, so the gradient reaches the layer behind it only.
        #expect(counters.map { $0.passes.load(ordering: .relaxed) } == [0, 6])
        try model.freezeBody()
        try fit(model)
        #expect(counters.map { $0.passes.load(ordering: .relaxed) } == [0, 6])
        try model.setTrainable(true, matching: ["conv1/kernel"])
        try fit(model)
        #expect(counters.map { $0.passes.load(ordering: .relaxed) } == [6, 12])
    }

    @Test("The head is the last layer with weights before each output, also inside a model")
    func heads() throws {
        let model = try network([Counter(), Counter()])
        #expect(model.headLayers == ["head"])
        let frozen = try model.freezeBody()
        #expect(model.trainableParameters.map(\.name) == ["head/kernel", "head/bias"])
        #expect(frozen.count == model.parameters.count - 2)
        #expect(try model.freezeBody().isEmpty)
        let input = Input(4)
        let x = Sequential([Input(4), Dense(3, name: "a"), Dense(2, name: "b")], name: "inner")(input)
        let two = try Model(inputs: input, outputs: [ReLU()(x), Softmax()(Dense(2, name: "c")(x))])
        #expect(Set(two.headLayers) == ["inner/b", "c"])
        try two.freezeBody()
        #expect(two.trainableParameters.count == 4)
    }

    @Test("Layers of one size of maps are a block, others one each, with the normalisation after them")
    func blocks() throws {
        let model = try network([Counter(), Counter()])
        #expect(
            model.parameterBlocks.map { $0.filter { $0.shape.rank > 1 }.map(\.name) } == [
                ["conv1/kernel"], ["conv2/kernel", "conv3/kernel"], ["hidden/kernel"], ["head/kernel"],
            ])
        #expect(model.parameterBlocks.flatMap { $0 }.count == model.parameters.count)
    }

    @Test("A pattern that matches nothing or is none is an error, and freezes nothing")
    func wrongPatterns() throws {
        let model = try network([Counter(), Counter()])
        for pattern in ["conv9", "("] {
            #expect(throws: CognitronError.self) {
                try model.setTrainable(false, matching: ["conv1", pattern])
            }
        }
        #expect(model.parameters.allSatisfy { !$0.isFrozen })
        #expect(throws: CognitronError.self) { try Sequential([Dense(2)]).freezeBody() }
    }

    @Test("Blocks thaw from the last to the first, one every two epochs")
    func thawing() throws {
        let model = try network([Counter(), Counter()])
        let frozen = try model.freezeBody()
        var trained: [[String]] = []
        let log = LambdaCallback(onEpochEnd: { _, _, model in
            trained.append(
                model.trainableParameters.filter { $0.shape.rank > 1 }.map {
                    String($0.name.prefix { $0 != "/" })
                })
        })
        try model.fit(
            Tensor.randomNormal([4, 8, 8, 1], seed: 2), Tensor([0, 1, 2, 0]), epochs: 7,
            callbacks: [GradualThawing(frozen, every: 2), log], verbose: .silent)
        let (one, two, three) = (
            ["head"], ["hidden", "head"], ["conv2", "conv3", "hidden", "head"]
        )
        #expect(trained == [one, one, two, two, three, three, ["conv1"] + three])
    }

    @Test("A checkpoint within an epoch remembers what had thawed")
    func thawingResumes() throws {
        let model = try network([Counter(), Counter()])
        let thawing = GradualThawing(try model.freezeBody(), every: 1)
        let stop = LambdaCallback(onTrainBatchEnd: { _, _, model in
            model.stopTraining = model.trainer?.stepsTaken == 2
        })
        let (x, y) = (Tensor.randomNormal([4, 8, 8, 1], seed: 2), Tensor([0, 1, 2, 0]))
        try model.fit(x, y, epochs: 3, callbacks: [thawing, stop], verbose: .silent)
        let state = thawing.saveState()
        let other = try network([Counter(), Counter()])
        let resumed = GradualThawing(try other.freezeBody(), every: 1)
        try other.fit(
            x, y, epochs: 1,
            callbacks: [
                resumed,
                LambdaCallback(onTrainBatchBegin: { _, _ in try resumed.restore(state) }),
            ], verbose: .silent)
        #expect(other.trainableParameters.map(\.name) == model.trainableParameters.map(\.name))
        #expect(throws: CognitronError.self) {
            try other.fit(x, y, callbacks: [GradualThawing([], every: 1)], verbose: .silent)
        }
    }
}
