import Testing

@testable import Cognitron

@Suite("Networks of several outputs, with masks and penalties, train as Keras's do")
struct NetworkGoldenTests {
    @Test("Histories, last weights and the scores of evaluate", arguments: try GoldenCase.all("networks"))
    func fit(_ golden: GoldenCase) throws {
        let model = try model(golden.name)
        for parameter in model.parameters { parameter.value = try golden["before/\(parameter.name)"] }
        let source = SampleSource(
            tensors(golden, "x", ["a", "b"]), tensors(golden, "y", ["boxes", "extra", "kinds"]),
            weights: tensors(golden, "weight", ["boxes", "extra", "kinds"]))
        let history = try model.fit(source, batchSize: 4, epochs: 2, shuffle: false, verbose: .silent)
        #expect(history.scores.keys.sorted() == names(golden, "history/"))
        for name in names(golden, "history/") {
            expectClose(Tensor(history[name]), try golden["history/\(name)"], name, absolute: 1e-5)
        }
        for parameter in model.parameters {
            expectClose(parameter.value, try golden["after/\(parameter.name)"], parameter.name)
        }
        let scores = try model.evaluate(source, batchSize: 4)
        #expect(scores.names.sorted() == names(golden, "scores/"))
        for name in names(golden, "scores/") {
            expectClose(
                Tensor(try #require(scores[name])), try golden["scores/\(name)"], name, absolute: 1e-5)
        }
        guard golden.name == "outputs" else { return }
        let order = ["loss", "boxes_loss", "kinds_loss", "boxes_mean_absolute_error"]
        #expect(scores.names.starts(with: order))
    }

    private func names(_ golden: GoldenCase, _ prefix: String) -> [String] {
        golden.tensors.keys.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
            .sorted()
    }

    /// Those of the names that the case has; where it has none, the one without a name.
    private func tensors(_ golden: GoldenCase, _ kind: String, _ names: [String]) -> [any Samples] {
        let named = names.compactMap { golden.tensors["\(kind)/\($0)"] }
        return named.isEmpty ? golden.tensors["\(kind)/"].map { [$0] } ?? [] : named
    }

    private func model(_ name: String) throws -> Model {
        switch name {
        case "outputs", "outputs-weights": try outputs()
        case "penalties": try penalties()
        default: try masked(name)
        }
    }

    private func outputs() throws -> Model {
        let (a, b) = (Input(5), Input(3))
        let hidden = Dense(6, activation: .tanh, name: "hidden")(a)
        let both = Concatenate()(hidden, b)
        let model = try Model(
            inputs: [a, b],
            outputs: [
                "boxes": Dense(2, name: "boxes")(both), "extra": Dense(1, name: "extra")(hidden),
                "kinds": Dense(4, activation: .softmax, name: "kinds")(both),
            ])
        try model.compile(
            optimizer: SGD(learningRate: 0.1),
            losses: ["kinds": .sparseCategoricalCrossentropy, "boxes": .meanSquaredError],
            lossWeights: ["boxes": 2, "kinds": 0.5],
            metrics: [
                "boxes": [.meanAbsoluteError], "extra": [.meanSquaredError], "kinds": [.accuracy],
            ], weightedMetrics: ["boxes": [.meanSquaredError], "kinds": [.accuracy]])
        return model
    }

    private func masked(_ name: String) throws -> Model {
        let isOfClasses = name == "masked-classes"
        let model = Sequential([
            Input(5, 3), Masking(), Dense(4, name: "each"),
            Dense(2, activation: isOfClasses ? .softmax : .linear, name: "output"),
        ])
        let isWeighted = name == "masked-weights"
        try model.compile(
            optimizer: SGD(learningRate: 0.1),
            loss: isOfClasses ? .sparseCategoricalCrossentropy : .meanSquaredError,
            metrics: isWeighted ? [] : [isOfClasses ? .accuracy : .meanAbsoluteError],
            weightedMetrics: isWeighted ? [.meanAbsoluteError] : [])
        return model
    }

    private func penalties() throws -> Model {
        let frozen = Ruled(4, regularizer: .l2(0.1), name: "frozen")
        let model = Sequential([
            Input(3), frozen,
            Ruled(
                4, regularizer: .l1l2(l1: 0.02, l2: 0.05), constraint: .maxNorm(0.8),
                biasConstraint: .nonNeg, name: "hidden"), Dense(2, name: "output"),
        ])
        frozen.isTrainable = false
        try model.compile(optimizer: SGD(learningRate: 0.1), loss: .meanSquaredError)
        return model
    }
}
