import Testing

@testable import Cognitron

@Suite("Paths of parameters")
struct PathTests {
    @Test("First weights depend on them: a layer more or less elsewhere changes nothing")
    func firstWeights() throws {
        func weights(_ extra: [any AnyLayer]) throws -> [Tensor] {
            let dense = Dense(3, name: "a")
            let inner = Sequential([Dense(3, name: "b"), Dropout(0.1)], name: "inner")
            let model = Sequential([Input(3)] + extra + [dense, inner])
            try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 5)
            return [dense.kernel.value, inner.parameters[0].value]
        }
        let plain = try weights([])
        #expect(try weights([Dense(3, name: "c"), Dropout(0.5)]) == plain)
        #expect(plain[0] != plain[1])
    }

    @Test("Slashes in layers' names, and names twice, are refused when the model is made")
    func clashes() throws {
        let input = Input(3)
        let inner = Sequential([Dense(3, name: "b")], name: "a")
        let slashed = Dense(3, name: "a/b")
        #expect(
            errorText { _ = try Model(inputs: input, outputs: slashed(inner(input))) }.contains("\"a/b\""))
        #expect(
            errorText {
                try Sequential([Input(3), Dense(3, name: "a"), Sequential([Dense(2)], name: "a")]).build([3])
            }
            .contains("two layers are called a"))
        #expect(errorText { try Sequential([Dense(3, name: "")]).build([3]) }.contains("invalid name"))
        let child = Chain([("b", Dense(3))], name: "a")
        #expect(errorText { _ = try Model(inputs: input, outputs: child(inner(input))) }.contains("called a"))
        // A parameter of one's own that is called as one inside.
        #expect(errorText { try Sequential([Input(3), Clash("x")]).build([3]) }.contains("two parameters"))
        #expect(
            errorText { try Sequential([Input(3), Clash("x/y")]).build([3]) }.contains("without slashes"))
    }

    @Test("Tied parameters are one: one gradient, one step, one place in a file, also under two names")
    func tied() throws {
        LayerRegistry.register(Product.self)
        let folder = try TemporaryFolder()
        for second in ["matrix", "table"] {
            let shared = Parameter()
            let model = Sequential([
                Input(3), Product(shared, name: "a"), ReLU(), Product(shared, called: second, name: "b"),
                Sequential([Product(shared, called: second, name: "c")], name: "inner"), Dense(1),
            ])
            try model.compile(optimizer: Adam(learningRate: 0.1), loss: .meanSquaredError, seed: 1)
            let (x, y) = (Tensor.randomNormal([8, 3], seed: 1), Tensor.ones([8, 1]))
            try model.fit(x, y, epochs: 2, verbose: .silent)
            #expect(model.parameters.count == 3 && model.parameterCount == 13)
            try model.save(folder.file("m"))
            #expect(try Safetensors(contentsOf: folder.file("m")).tensors.count == 3)
            let loaded = try Model.load(folder.file("m"))
            #expect(try loaded.predict(x) == model.predict(x))
            #expect(loaded.parameters.count == 3 && loaded.parameterCount == 13)
            for model in [model, loaded] {
                try model.compile(optimizer: Adam(learningRate: 0.1), loss: .meanSquaredError, seed: 2)
                try model.fit(x, y, epochs: 2, verbose: .silent)
            }
            #expect(loaded.parameters.map(\.value) == model.parameters.map(\.value))
            loaded.parameters[0].value = .zeros([3, 3])
            #expect(try loaded.predict(x) == Tensor.zeros([8, 1]) + loaded.parameters[2].value)
        }
    }

    @Test("Gradients that are accumulated are told apart where two models inside were built by themselves")
    func accumulated() throws {
        let inner = (0..<2).map { Sequential([Input(3 + $0), Dense(2)], name: "part\($0)") }
        for model in inner { try model.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1) }
        let (a, b) = (Input(3), Input(4))
        let model = try Model(inputs: [a, b], outputs: Add()(inner[0](a), inner[1](b)))
        func fit(_ gradients: [any GradientTransform]) throws -> [Tensor] {
            let before = model.parameters.map(\.value)
            try model.compile(
                optimizer: SGD(learningRate: 0.1), loss: .meanSquaredError, gradients: gradients)
            for _ in 0..<max(1, 2 * gradients.count) {
                try model.trainOnBatch(
                    [.randomNormal([4, 3], seed: 1), .randomNormal([4, 4], seed: 2)], [.ones([4, 2])])
            }
            defer { for (parameter, value) in zip(model.parameters, before) { parameter.value = value } }
            return model.parameters.map(\.value)
        }
        let (plain, accumulated) = (try fit([]), try fit([.accumulate(2)]))
        for (a, b) in zip(plain, accumulated) { expectClose(a, b, "weights") }
    }

    @Test("What is frozen is frozen after loading: layers, models, single parameters and statistics")
    func frozen() throws {
        let folder = try TemporaryFolder()
        let model = Sequential([
            Input(4), Dense(4, name: "whole"), Sequential([Dense(4), Dense(4)], name: "inner"),
            BatchNormalization(name: "normalization"), Dense(4, name: "half"), Dense(2, name: "free"),
        ])
        try model.build([4])
        for name in ["whole", "inner", "normalization"] { model.layer(named: name)?.isTrainable = false }
        try #require(model.layer(named: "half") as? Dense).kernel.isTrainable = false
        try model.save(folder.file("m"))
        let loaded = try Model.load(folder.file("m"))
        #expect(loaded.trainableParameters.map(\.name) == ["half/bias", "free/kernel", "free/bias"])
        #expect(loaded.parameters.map(\.isFrozen) == model.parameters.map(\.isFrozen))
        try loaded.compile(optimizer: SGD(learningRate: 0.1), loss: .meanSquaredError, seed: 1)
        let before = loaded.parameters.map(\.value)
        try loaded.fit(Tensor.randomNormal([8, 4], seed: 1), Tensor.ones([8, 2]), verbose: .silent)
        for (parameter, value) in zip(loaded.parameters, before) {
            #expect((parameter.value != value) == parameter.isTrainable, "\(parameter.name)")
        }
        try loaded.save(folder.file("again"))
        #expect(try Model.load(folder.file("again")).trainableParameters.count == 3)
    }

    @Test("Files of a newer form are refused as such, whatever layers they name")
    func newerForm() throws {
        let folder = try TemporaryFolder()
        let model = Sequential([Input(4), Dense(2)])
        try model.build([4])
        try model.save(folder.file("m"))
        let file = try Safetensors(contentsOf: folder.file("m"))
        let json = try #require(file.metadata[Model.architectureKey])
        #expect(json.contains(#""version":2"#))
        for (old, new) in [("Dense", "Dense"), ("Dense", "QuantumDense"), (#""uses""#, #""wiring""#)] {
            let newer = json.replacing(#""version":2"#, with: #""version":3"#).replacing(old, with: new)
            try Safetensors(tensors: file.tensors, metadata: [Model.architectureKey: newer])
                .write(to: folder.file("newer"))
            let text = errorText { _ = try Model.load(folder.file("newer")) }
            #expect(text.contains("got 3") && text.contains("update the package"), "\(text)")
        }
    }
}

/// Has a parameter of its own that is called as one of the layer inside.
private final class Clash: Layer {
    let name: String? = nil
    private let parameterName: String
    private let own = Parameter()
    private let inner = Product(Parameter(), called: "x", name: "inner")
    var parameters: [Parameter] { [own, second] }
    private let second = Parameter()
    var children: [(name: String, layer: any AnyLayer)] { [("inner", inner)] }

    init(_ parameterName: String) { self.parameterName = parameterName }

    func build(_ input: Shape, _ context: inout BuildContext) throws -> Shape {
        try context.declare(own, parameterName, [1], .ones)
        try context.declare(second, parameterName, [1], .ones)
        return try context.child("inner", inner, input)
    }

    func forward(_ input: consuming Tensor, _ pass: Pass) -> (output: Tensor, pullback: Pullback) {
        (input, { $0 })
    }
}
