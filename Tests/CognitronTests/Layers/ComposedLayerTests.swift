import Testing

@testable import Cognitron

@Suite("A layer of several outputs with a layer inside it")
struct ComposedLayerTests {
    private func model(_ fork: Fork = Fork(2, name: "fork")) throws -> Model {
        LayerRegistry.register(Fork.self)
        let input = Input(3)
        let outputs = fork.outputs(of: Dense(4, name: "first")(input))
        return try Model(inputs: input, outputs: ["narrow": outputs[0], "wide": outputs[1]])
    }

    @Test("has parameters under the paths of the layers around them, each once and in order")
    func paths() throws {
        let model = try model()
        let paths = ["first/kernel", "first/bias", "fork/scale", "fork/child/kernel", "fork/child/bias"]
        #expect(model.namedParameters.map(\.path) == paths)
        #expect(model.parameters.map(\.name) == paths)
        let fork = try #require(model.layer(named: "fork"))
        #expect(fork.allParameters.map(\.name) == Array(paths[2...]))
        #expect(fork.parameters.count == 1)
    }

    @Test("is counted with what is inside, and shown with all of its outputs")
    func summary() throws {
        let text = try model().summaryText
        #expect(text.contains("Parameters: 27 (27 trainable, 0 not)"), "\(text)")
        let row = try #require(text.split(separator: "\n").first { $0.contains("fork (Fork)") })
        #expect(row.contains("2, 4") && row.contains("11"), "\(row)")
    }

    @Test("is saved and loaded with what is inside, frozen or not")
    func files() throws {
        let folder = try TemporaryFolder()
        let model = try model()
        let x = Tensor.randomNormal([4, 3], seed: 1)
        try #require(model.layer(named: "fork") as? Fork).child.isTrainable = false
        try model.save(folder.file("m"))
        let loaded = try Model.load(folder.file("m"))
        #expect(try loaded.predict([x]) == model.predict([x]))
        #expect(loaded.outputNames == ["narrow", "wide"])
        let fork = try #require(loaded.layer(named: "fork") as? Fork)
        #expect(!fork.child.isTrainable && fork.isTrainable && fork.scale.isTrainable)
    }

    @Test("is frozen with what is inside")
    func frozen() throws {
        let model = try model()
        let fork = try #require(model.layer(named: "fork"))
        fork.isTrainable = false
        #expect(fork.trainableParameters.isEmpty && !fork.isTrainable)
        #expect(model.trainableParameters.map(\.name) == ["first/kernel", "first/bias"])
        try model.compile(
            optimizer: SGD(learningRate: 0.1), losses: [.meanSquaredError, .meanSquaredError], seed: 1)
        let before = model.parameters.map(\.value)
        try model.fit(
            [Tensor.randomNormal([8, 3], seed: 1)], [Tensor.ones([8, 2]), Tensor.ones([8, 4])],
            verbose: .silent)
        let changed = zip(model.parameters, before).map { $0.value != $1 }
        #expect(changed == [true, true, false, false, false])
    }

    @Test("has the gradients that its forward pass tells")
    func gradients() throws {
        let x = Tensor.randomNormal([4, 3], seed: 1)
        #expect(try GradientChecker.check(Fork(2), input: x).largestError < 1e-2)
        #expect(
            try GradientChecker.check(
                Chain([("a", Dense(4, activation: .tanh)), ("b", Dense(2))]), input: x
            ).largestError < 1e-2)
    }

    @Test("used without saying which output is an error of Model(inputs:outputs:), and so is a model")
    func ambiguous() throws {
        let input = Input(3)
        let forked = Fork(2)(input)
        #expect(errorText { _ = try Model(inputs: input, outputs: forked) }.contains("gives 2 outputs"))
        let behind = Dense(2)(forked)
        #expect(errorText { _ = try Model(inputs: input, outputs: behind) }.contains("layer.outputs(of:"))
        let inner = try model()
        #expect(errorText { _ = try Model(inputs: input, outputs: inner(input)) }.contains("gives 2 outputs"))
        #expect(try Model(inputs: input, outputs: inner.outputs(of: input)).outputCount == 2)
    }

    @Test("reads the data: the layers inside it get the gradients that they get in a row")
    func firstLayer() throws {
        let x = Tensor.randomNormal([6, 3], seed: 1)
        func links() -> [(name: String, layer: any Layer)] {
            [
                ("a", Dense(4, activation: .tanh, name: "a")), ("b", Dense(4, name: "b")),
                ("c", Dense(2, name: "c")),
            ]
        }
        let (chain, row) = (
            Sequential([Input(3), Chain(links())]), Sequential([Input(3)] + links().map(\.layer))
        )
        for model in [chain, row] {
            try model.compile(optimizer: SGD(learningRate: 0.1), loss: .meanSquaredError, seed: 1)
        }
        for (a, b) in zip(chain.parameters, row.parameters) { a.value = b.value }
        for _ in 0..<3 {
            for model in [chain, row] { try model.trainOnBatch(x, .ones([6, 2])) }
            #expect(chain.parameters.map(\.value) == row.parameters.map(\.value))
        }
    }

    @Test("whose children have no name, one name or slashes is refused when the model is made")
    func names() {
        for (a, b) in [("x", "x"), ("x", ""), ("x", "y/z")] {
            let layer = Chain([(a, Dropout(0.5)), (b, Dense(2))], name: "chain")
            let text = errorText { try Sequential([Input(3), layer]).build([3]) }
            #expect(text.hasPrefix("chain: a layer inside it has an invalid name"), "\(text)")
        }
    }
}
