import Foundation
import Testing

@testable import Cognitron

/// 0, 1, 2 … times a step.
private struct Ramp: InitializerRule {
    var step: Float = 1
    var problem: RuleProblem? { step.isFinite ? nil : ("a finite step", "\(step)") }

    func make(_ shape: Shape, key: RandomKey) -> Tensor {
        Tensor((0..<shape.elementCount).map { Float($0) * step }, shape: shape)
    }
}

private struct Square: ActivationRule {
    func forward(_ input: consuming Tensor) -> (output: Tensor, pullback: Pullback) {
        let x = input
        return (x.squared, { 2 * x * $0 })
    }
}

private struct Total: RegularizerRule {
    func penalty(of value: Tensor) -> Float { value.sum() }
    func gradient(at value: Tensor) -> Tensor { .ones(value.shape) }
}

private struct Halved: ConstraintRule {
    func apply(to value: consuming Tensor) -> Tensor { value * 0.5 }
}

extension Initializer {
    fileprivate static let ramp = ramp(step: 1)
    fileprivate static func ramp(step: Float) -> Initializer { Initializer(Ramp(step: step)) }
}

extension ActivationFunction {
    fileprivate static let square = ActivationFunction(Square())
}

extension Regularizer {
    fileprivate static let total = Regularizer(Total())
}

extension Constraint {
    fileprivate static let halved = Constraint(Halved())
}

@Suite("Open sets of rules")
struct OpenSetTests {
    @Test("A model with rules of one's own trains, is saved and, once they are registered, loaded")
    func ownRules() throws {
        let model = Sequential {
            Input(2)
            Dense(3, activation: .square, kernelInitializer: .ramp(step: 0.5))
            Activation(.square)
        }
        try model.compile(optimizer: SGD(learningRate: 1e-4), loss: .meanSquaredError, seed: 1)
        #expect(try model.predict(Tensor([1, 1], shape: [1, 2])) == [[5.0625, 39.0625, 150.0625]])
        let (x, y): (Tensor, Tensor) = ([[1, 2]], [[0, 0, 0]])
        try model.trainOnBatch(x, y)
        let folder = try TemporaryFolder()
        try model.save(folder.file("m"))
        let architecture = try #require(
            Safetensors(contentsOf: folder.file("m")).metadata[Model.architectureKey])
        #expect(architecture.contains(#"{"configuration":{"step":0.5},"type":"CognitronTests.Ramp"}"#))
        #expect(architecture.contains(#"{"configuration":{},"type":"CognitronTests.Square"}"#))
        #expect(architecture.contains(#"{"configuration":{"value":0},"type":"Constant"}"#))
        let error = #expect(throws: CognitronError.self) { try Model.load(folder.file("m")) }
        #expect(error?.description.contains("unknown activation function Square") == true)
        ActivationFunction.register(Square.self)
        Initializer.register(Ramp.self)
        let loaded = try Model.load(folder.file("m"))
        #expect(try loaded.predict(x) == model.predict(x))
        #expect((loaded.layers.first { $0 is Dense } as? Dense)?.kernelInitializer == .ramp(step: 0.5))
    }

    @Test("Rules are equal where type and arguments are")
    func equality() {
        #expect(Initializer.ramp == .ramp(step: 1) && Initializer.ramp != .ramp(step: 2))
        #expect(Initializer.ramp != .zeros && Initializer.zeros == .constant(0))
        #expect(ActivationFunction.square == .square && ActivationFunction.square != .relu)
        #expect(Set([ActivationFunction.elu, .elu(alpha: 1), .elu(alpha: 2), .relu]).count == 3)
        #expect(Regularizer.total != .l1 && Constraint.halved != .nonNeg)
    }

    @Test("Impossible arguments of one's own are an error of build")
    func ownProblem() {
        let error = #expect(throws: CognitronError.self) {
            try Sequential([Input(2), Dense(1, kernelInitializer: .ramp(step: .nan))]).build([2])
        }
        #expect(error?.description == "dense: invalid initializer of kernel; expected a finite step, got nan")
        #expect(throws: CognitronError.self) {
            try Sequential([Input(2), Activation(.elu(alpha: .infinity))]).build([2])
        }
    }

    static let initializers: [Initializer] = [
        .zeros, .ones, .constant(0.25), .glorotUniform, .glorotNormal, .heUniform, .heNormal, .lecunUniform,
        .lecunNormal, .randomNormal(mean: 0.1, stddev: 0.3),
        .truncatedNormal(mean: -0.1, stddev: 0.4), .randomUniform(minval: -0.5, maxval: 0.75),
        .orthogonal(gain: 1.5),
    ]

    /// Those that the first format did not have.
    static let laterInitializers: [Initializer] = [
        .identity(gain: 2), .heNormal(seed: 3),
        .varianceScaling(
            scale: 3, mode: .fanOut, distribution: .untruncatedNormal, inputAxes: [0], outputAxes: [1]),
    ]

    static let activations: [ActivationFunction] = [
        .linear, .relu, .leakyRelu(negativeSlope: 0.1), .sigmoid, .tanh, .softmax, .softplus,
        .elu(alpha: 0.5),
        .gelu(approximate: false), .gelu(approximate: true), .swish,
    ]

    @Test("Files keep every initializer and activation function")
    func coding() throws {
        let encoder = JSONEncoder()
        for initializer in Self.initializers + Self.laterInitializers {
            let data = try encoder.encode(initializer)
            #expect(try JSONDecoder().decode(Initializer.self, from: data) == initializer)
        }
        for activation in Self.activations {
            let data = try encoder.encode(activation)
            #expect(try JSONDecoder().decode(ActivationFunction.self, from: data) == activation)
        }
    }

    @Test(
        "Missing arguments are the usual ones",
        arguments: [
            ("Constant", .zeros), ("RandomUniform", .randomUniform), ("RandomNormal", .randomNormal),
            ("TruncatedNormal", .truncatedNormal), ("VarianceScaling", .lecunNormal),
            ("Orthogonal", .orthogonal), ("IdentityMatrix", .identity),
            ("Dirac", .dirac),
        ] as [(String, Initializer)])
    func defaults(_ type: String, _ expected: Initializer) throws {
        for json in [#"{"type":"\#(type)"}"#, #"{"type":"\#(type)","configuration":{}}"#] {
            #expect(try JSONDecoder().decode(Initializer.self, from: Data(json.utf8)) == expected)
        }
    }

    // Fixtures/model-format-1.safetensors was written by the version before initializers and activation
    // functions became open sets: a dense layer for each of them, side by side.
    @Test("A model of the first format is read, and predicts what it did")
    func firstFormat() throws {
        let golden = try #require(try GoldenCase.all("model-format-1-predictions").first)
        let url = try #require(
            Bundle.module.url(forResource: "Fixtures/model-format-1", withExtension: "safetensors"))
        let model = try Model.load(url.path)
        let layers = Dictionary(
            uniqueKeysWithValues: model.layers.compactMap { $0 as? Dense }.map { ($0.name ?? "", $0) })
        for (i, initializer) in Self.initializers.enumerated() {
            let layer = try #require(layers["initializer_\(i)"])
            #expect(layer.kernelInitializer == initializer)
            #expect(layer.biasInitializer == Self.initializers[(i + 1) % 9])
        }
        for (i, activation) in Self.activations.enumerated() {
            #expect(try #require(layers["activation_\(i)"]).activation == activation)
        }
        expectClose(try model.predict(golden["x"]), try golden["y"], "prediction", relative: 1e-6)
        let folder = try TemporaryFolder()
        try model.save(folder.file("again"))
        #expect(try Model.load(folder.file("again")).predict(golden["x"]) == model.predict(golden["x"]))
    }
}

@Suite("The registry of types")
struct RegistryTests {
    private static func oneType() -> Registry.Member {
        struct Same: Codable {}
        return Same.self
    }

    private static func otherType() -> Registry.Member {
        struct Same: Codable {}
        return Same.self
    }

    private struct Outer {
        struct Inner: Codable {}
    }

    private func registry() -> Registry { Registry("thing", registration: "register", [Regularizer.self]) }

    @Test("Own types go by their name, others by module and name")
    func names() {
        #expect(Registry.name(of: Dense.self) == "Dense")
        #expect(Registry.name(of: Regularizer.L1L2.self) == "L1L2")
        #expect(Registry.name(of: Ramp.self) == "CognitronTests.Ramp")
        #expect(Registry.name(of: Self.oneType()) == "CognitronTests.RegistryTests.Same")
        #expect(Registry.name(of: Outer.Inner.self) == "CognitronTests.RegistryTests.Outer.Inner")
    }

    @Test("Two types of one name are refused, one twice is not")
    func clash() throws {
        let registry = registry()
        registry.register(Self.oneType())
        registry.register(Self.oneType())
        #expect(try registry.member(named: "CognitronTests.RegistryTests.Same") == Self.oneType())
        registry.register(Self.otherType())
        for name in ["CognitronTests.RegistryTests.Same", "Same"] {
            let error = #expect(throws: CognitronError.self) { try registry.member(named: name) }
            #expect(error?.description.hasPrefix("register: 2 different types are called \(name)") == true)
        }
    }

    @Test("A bare name of earlier versions finds a registered type")
    func bareNames() throws {
        let registry = registry()
        registry.register(Outer.Inner.self)
        #expect(try registry.member(named: "Inner") == Outer.Inner.self)
        #expect(try registry.member(named: "Regularizer") == Regularizer.self)
    }

    @Test("An unknown name is an error with the known ones")
    func unknown() {
        let error = #expect(throws: CognitronError.self) { try registry().member(named: "Missing") }
        #expect(
            error?.description
                == "architecture: unknown thing Missing; expected one of Regularizer, got Missing; "
                + "for one of your own call register first")
    }

    @Test(
        "Rules that files get wrong are errors",
        arguments: [
            #"{"kind":{"round":{}}}"#, #"{"kind":{"elu":{}}}"#, #"{"type":"Dense"}"#, #"{"type":1}"#, "[]",
            "1",
            #"{"type":"Elu","configuration":{"alpha":"x"}}"#, #"{"type":"Elu","configuration":[]}"#, "{}",
        ])
    func hostile(_ json: String) {
        #expect(throws: (any Error).self) {
            try JSONDecoder().decode(ActivationFunction.self, from: Data(json.utf8))
        }
    }
}
