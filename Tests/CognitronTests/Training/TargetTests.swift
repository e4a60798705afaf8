import Testing

@testable import Cognitron

@Suite("Targets of models with several outputs")
struct TargetTests {
    private static let x = Tensor.randomNormal([24, 3], seed: 1)
    private static let y = x.sum(axis: 1)
    private static let labels = Tensor((0..<24).map { $0 % 2 })

    /// Three outputs, of which `free` has neither loss nor metrics.
    private static func makeModel() throws -> Model {
        let input = Input(3)
        let hidden = Dense(4, activation: .tanh, name: "hidden")(input)
        let model = try Model(
            inputs: [input],
            outputs: [
                "free": Dense(2, name: "a")(hidden), "sum": Dense(1, name: "b")(hidden),
                "kind": Dense(1, name: "c")(hidden),
            ])
        try model.compile(
            optimizer: SGD(learningRate: 0.1), losses: ["sum": .meanSquaredError],
            metrics: ["kind": [.meanAbsoluteError]], weightedMetrics: ["sum": [.meanSquaredError]], seed: 2)
        return model
    }

    private static func fit(_ y: [any Samples], classWeight: [Int: Float]? = nil) throws -> (History, Scores)
    {
        let model = try makeModel()
        let history = try model.fit(
            [x], y, batchSize: 10, epochs: 2, validationData: ([x], y), classWeight: classWeight,
            verbose: .silent)
        return (history, try model.evaluate([x], y))
    }

    @Test("An output without loss and metrics needs no target, by order or by name")
    func optionalTargets() throws {
        let expected = try Self.fit([Tensor.zeros([24, 2]), Self.y, Self.labels])
        let read = try Self.fit([Self.y, Self.labels])
        #expect(read.0 == expected.0 && read.1 == expected.1)

        let targets: [[String: any Samples]] = [
            ["kind": Self.labels, "sum": Self.y],
            ["kind": Self.labels, "sum": Self.y, "free": Tensor.zeros([24, 2])],
        ]
        for targets in targets {
            let model = try Self.makeModel()
            let history = try model.fit(
                [Self.x], targets, batchSize: 10, epochs: 2, validationData: ([Self.x], targets),
                verbose: .silent)
            #expect(try history == expected.0 && model.evaluate([Self.x], targets) == expected.1)
        }
        let (a, b) = (try Self.makeModel(), try Self.makeModel())
        #expect(
            try a.trainOnBatch([Self.x], [Self.y, Self.labels])
                == b.trainOnBatch([Self.x], [Tensor.zeros([24, 2]), Self.y, Self.labels]))
    }

    @Test("Sample weights by name are those of their output")
    func weightsByName() throws {
        let weights = Tensor((0..<24).map { Float($0 % 4) })
        let model = try Self.makeModel()
        let targets: [String: any Samples] = ["kind": Self.labels, "sum": Self.y]
        let byName = try model.evaluate([Self.x], targets, sampleWeights: ["sum": weights])
        let sums = try model.predict([Self.x])[1]
        let expected = Loss.meanSquaredError(sums, Self.y, sampleWeight: weights).loss
        #expect(abs(byName.loss - expected) < 1e-5)
        #expect(abs(try model.evaluate([Self.x], targets).loss - expected) > 1e-3)
    }

    @Test("Class weights count for the output that has the target")
    func classWeights() throws {
        let input = Input(3)
        let model = try Model(
            inputs: [input],
            outputs: ["free": Dense(2)(input), "kind": Dense(1, activation: .sigmoid)(input)])
        let weights: [[Int: Float]?] = [[0: 0, 1: 0], nil, [0: 3, 1: 3]]
        let losses = try weights.map { weights in
            try model.compile(optimizer: SGD(learningRate: 0), losses: ["kind": .binaryCrossentropy], seed: 1)
            return try model.fit(
                [Self.x], ["kind": Self.labels], classWeight: weights, verbose: .silent
            ).loss[0]
        }
        #expect(losses[0] == 0 && abs(losses[2] - 3 * losses[1]) < 1e-5, "\(losses)")
    }

    @Test("A missing target, an unknown name and a wrong number are errors that say what is expected")
    func errors() throws {
        let model = try Self.makeModel()
        func message(_ body: () throws -> Void) -> String {
            do { try body() } catch { return "\(error)" }
            return "no error"
        }
        let missing = message { _ = try model.fit([Self.x], ["kind": Self.labels], verbose: .silent) }
        #expect(missing.contains("output sum has no target; expected sum, kind, got kind"), "\(missing)")
        let unknown = message { _ = try model.evaluate([Self.x], ["colour": Self.y]) }
        #expect(unknown.contains("expected one of free, sum, kind, got colour"), "\(unknown)")
        let wrong = message { _ = try model.evaluate([Self.x], [Self.y]) }
        #expect(
            wrong.contains(
                "1 inputs and 3 targets, or 2 for the outputs with a loss or metrics, got 1 and 1"),
            "\(wrong)")
        let weights = message {
            _ = try model.evaluate(
                [Self.x], ["sum": Self.y, "kind": Self.labels], sampleWeights: ["a": Self.y])
        }
        #expect(weights.contains("sampleWeights names an output"), "\(weights)")
    }

    @Test("A joint loss reads the targets as they were given")
    func jointLoss() throws {
        let input = Input(3)
        let model = try Model(inputs: [input], outputs: ["a": Dense(1)(input), "b": Dense(1)(input)])
        let joint = JointLoss("distance") { outputs, targets in
            #expect(targets.count == 1 && targets[0].shape == [24])
            let distance = outputs[0] - outputs[1]
            let gradient = distance * (2 / Float(distance.count))
            return (distance.squared.mean(), [gradient, gradient * -1])
        }
        try model.compile(
            optimizer: SGD(learningRate: 0.1), losses: ["b": .meanSquaredError], jointLosses: [joint], seed: 1
        )
        let history = try model.fit([Self.x], [Self.y], epochs: 10, verbose: .silent)
        #expect(history["distance"][9] < history["distance"][0])
    }
}
