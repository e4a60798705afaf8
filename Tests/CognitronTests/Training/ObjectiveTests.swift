import Testing

@testable import Cognitron

@Suite("Losses and metrics as users write them")
struct ObjectiveTests {
    private let x = Tensor.randomNormal([8, 4], seed: 1)

    @Test("A softmax that is only reshaped before the loss learns as one that is not, however sure it is")
    func reshapedSoftmax() throws {
        let tails: [[any AnyLayer]] = [
            [Flatten(), Softmax()], [Softmax(), Flatten()], [Softmax(), Reshape([1, 3]), Flatten()],
            [Sequential([Softmax(), Flatten()])], [Sequential([Softmax()]), Flatten()],
        ]
        let y = Tensor((0..<8).map { $0 % 3 })
        var expected: (weights: [Tensor], history: History)?
        for tail in tails {
            let model = Sequential([Input(1, 1, 4), Conv2D(3, kernelSize: 1, name: "filters")] + tail)
            try model.compile(
                optimizer: SGD(learningRate: 0.1), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy],
                seed: 1)
            // Probabilities of 0, whose logarithm says nothing any more.
            model.parameters[0].value *= 300
            let history = try model.fit(
                x.reshaped([8, 1, 1, 4]), y, batchSize: 4, epochs: 2, verbose: .silent)
            #expect(history.loss[0] > 30)
            let weights = model.parameters.map(\.value)
            if let expected { #expect(expected.weights == weights && expected.history == history) }
            expected = (weights, history)
        }
    }

    @Test("A sigmoid that is only reshaped before the loss learns as one that is not")
    func reshapedSigmoid() throws {
        let y = Tensor((0..<8).map { $0 % 2 })
        let losses = try [[Reshape([1, 1])], [Flatten()], []].map { (tail: [any AnyLayer]) in
            let model = Sequential([Input(4), Dense(1, activation: .sigmoid, name: "d")] + tail)
            try model.compile(optimizer: SGD(learningRate: 0.1), loss: .binaryCrossentropy, seed: 1)
            model.parameters[0].value *= 300
            return try model.fit(
                x, tail.first is Reshape ? y.reshaped([8, 1, 1]) : y.reshaped([8, 1]), verbose: .silent
            ).loss[0]
        }
        #expect(losses[0] > 16 && losses[0] == losses[1] && losses[1] == losses[2], "\(losses)")
    }

    @Test(
        "A softmax whose axis is lost by reshaping, or that another output reads, is not taken with the loss")
    func notFused() throws {
        let input = Input(2, 4)
        let softmax = Softmax()(input)
        let model = try Model(inputs: input, outputs: Flatten()(softmax))
        let shapes = try #require(model.valueShapes)
        #expect(model.graph.activation(ofOutput: 0, shapes) == nil)
        let both = try Model(inputs: input, outputs: [Reshape([2, 4])(softmax), softmax])
        let bothShapes = try #require(both.valueShapes)
        #expect(both.graph.activation(ofOutput: 0, bothShapes) == nil)
        #expect(both.graph.activation(ofOutput: 1, bothShapes) == nil)
    }

    @Test("Losses and last layers that do not go together are found")
    func mismatches() {
        func problem(
            _ loss: Loss, _ found: ActivationFunction?, units: Int = 3
        ) -> String {
            guard let wanted = loss.probabilities else { return "takes no probabilities" }
            return SupervisedStep.mismatch(
                loss, wanted.activation, fromLogits: wanted.fromLogits, found, units: units) ?? "none"
        }
        let (plain, logits) = (
            Loss.sparseCategoricalCrossentropy, Loss.sparseCategoricalCrossentropy(fromLogits: true)
        )
        #expect(problem(plain, .softmax) == "none" && problem(logits, .linear) == "none")
        #expect(problem(plain, .softmax, units: 1).contains("always 1"))
        #expect(problem(logits, .softmax).contains("takes probabilities for logits"))
        #expect(problem(plain, .linear).contains("end in an activation or use fromLogits: true"))
        #expect(problem(plain, nil).contains("rounded to 0 or 1"))
        #expect(problem(logits, nil) == "none" && problem(logits, .relu) == "none")
        #expect(problem(.binaryCrossentropy, .sigmoid, units: 1) == "none")
        #expect(
            problem(.binaryCrossentropy(fromLogits: true), .sigmoid, units: 1).contains(
                "probabilities for logits"))
        #expect(problem(.meanSquaredError, .linear) == "takes no probabilities")
    }

    #if compiler(>=6.2)
        @Test("A loss that does not fit the last layer is warned of once, without an Input when data come")
        func warnings() async throws {
            let result = await #expect(processExitsWith: .success, observing: [\.standardErrorContent]) {
                let (x, y) = (Tensor.randomNormal([8, 4], seed: 1), Tensor((0..<8).map { $0 % 3 }))
                let known = Sequential([Input(4), Dense(3)], name: "known")
                let unknown = Sequential([Dense(3)], name: "unknown")
                for model in [known, unknown] {
                    try model.compile(optimizer: SGD(), loss: .sparseCategoricalCrossentropy)
                }
                for model in [known, unknown] {
                    try model.fit(x, y, batchSize: 4, epochs: 2, validationData: (x, y), verbose: .silent)
                }
            }
            let text = String(decoding: try #require(result).standardErrorContent, as: UTF8.self)
            let lines = text.split(separator: "\n").filter { $0.contains("for probabilities") }
            #expect(lines.map { $0.prefix { $0 != "," } } == ["known", "unknown"], "\(text)")
        }
    #endif

    static let shapes: [(output: Shape, target: Shape)] = [
        ([8, 1], [8]), ([8, 3, 1], [8, 3]), ([8, 3], [8, 3, 1]), ([8, 4], [8, 4]),
    ]

    @Test("A user's loss and metric see the targets in the output's shape", arguments: shapes.indices)
    func alignedTargets(_ number: Int) throws {
        let (output, target) = Self.shapes[number]
        let loss = Loss("mine") { prediction, target in
            #expect(prediction.shape == output && target.shape == output)
            let difference = prediction - target
            return (difference.squared.sum(axes: Array(1..<output.rank)), difference * 2)
        }
        let metric = MeanMetric("worst", direction: .minimize) { prediction, target in
            #expect(prediction.shape == output && target.shape == output)
            return (prediction - target).absolute.reshaped([8, output.sample.elementCount]).max(axis: 1)
        }
        let model = Sequential([
            Input(4), Dense(output.sample.elementCount), Reshape(output.sample),
        ])
        try model.compile(optimizer: SGD(), loss: loss, metrics: [metric], weightedMetrics: [metric], seed: 1)
        let y = Tensor.randomNormal(target, seed: 2)
        let history = try model.fit(x, y, validationData: (x, y), verbose: .silent)
        #expect(
            history.scores.keys.sorted() == [
                "loss", "val_loss", "val_weighted_worst", "val_worst", "weighted_worst", "worst",
            ])
        #expect(try model.evaluate(x, y)["worst"] == history["val_worst"][0])
    }

    @Test("Targets of a loss of anything stay as they are")
    func anyTargets() throws {
        let loss = Loss("mine", targets: .any) { prediction, target in
            #expect(target.shape == [8, 5, 2])
            return (prediction.squared.sum(axis: 1), prediction * 2)
        }
        let metric = MeanMetric("mean") { prediction, target in
            #expect(target.shape == [8, 5, 2])
            return prediction.mean(axis: 1)
        }
        let model = Sequential([Input(4), Dense(3)])
        try model.compile(optimizer: SGD(), loss: loss, metrics: [metric], seed: 1)
        let history = try model.fit(x, Tensor.ones([8, 5, 2]), epochs: 2, verbose: .silent)
        #expect(history.loss[1] < history.loss[0])
    }

    @Test("A user's loss of whole samples bears weights and masks of rows: it counts their mean")
    func sampleLossOfRows() throws {
        let loss = Loss("mine") { prediction, target in
            let difference = prediction - target
            return (difference.squared.sum(axes: [1, 2]), difference * 2)
        }
        let (p, t) = (Tensor.ones([2, 4, 1]), Tensor.zeros([2, 4, 1]))
        let weights: Tensor = [[1, 1, 0, 0], [1, 0, 0, 0]]
        let (value, gradient) = loss(p, t, sampleWeight: weights)
        #expect(value == (4 * 0.5 + 4 * 0.25) / 2)
        #expect(gradient.scalars == [0.5, 0.5, 0.5, 0.5, 0.25, 0.25, 0.25, 0.25])
    }

    @Test("Measuring in the middle of an epoch leaves the epoch's scores as they are")
    func measuringWithin() throws {
        final class Measure: Callback {
            let body: () throws -> Void
            init(_ body: @escaping () throws -> Void) { self.body = body }
            func onTrainBatchEnd(_ batch: Int, _ scores: Scores, _ model: Model) throws { try body() }
        }
        let (x, y) = FitTests.makeData()
        let histories = try [false, true].map { isMeasuring in
            let model = try FitTests.makeModel()
            let measure = Measure { if isMeasuring { _ = try model.evaluate(x, y) } }
            return try model.fit(x, y, batchSize: 8, epochs: 2, callbacks: [measure], verbose: .silent)
        }
        #expect(histories[0] == histories[1])
    }

    @Test("evaluate goes the way of predict: the loss and metrics are those of its predictions")
    func evaluatesPredictions() throws {
        let model = Sequential([
            Input(6, 6, 2), Conv2D(4, kernelSize: 3, padding: .same), BatchNormalization(), ReLU(), Flatten(),
            Dropout(0.5), Dense(3, activation: .softmax),
        ])
        try model.compile(
            optimizer: SGD(learningRate: 0.05), loss: .sparseCategoricalCrossentropy, metrics: [.accuracy],
            seed: 1)
        let (x, y) = FitTests.makeData(30)
        try model.fit(x, y, epochs: 2, verbose: .silent)
        let scores = try model.evaluate(x, y)
        #expect(abs(scores.loss - Loss.sparseCategoricalCrossentropy(try model.predict(x), y).loss) < 1e-5)
        #expect(try model.testOnBatch(x, y) == scores)
    }
}
