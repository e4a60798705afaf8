import Testing

@testable import Cognitron

@Suite("Loading what fits of another model")
struct TransferTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    /// A convolution, a hidden layer and a classifier.
    private func model(classes: Int, hidden: Int = 5, seed: UInt64) throws -> Sequential {
        let model = Sequential([
            Input(4, 4, 1), Conv2D(2, kernelSize: 3, name: "conv"), BatchNormalization(name: "bn"), Flatten(),
            Dense(hidden, name: "hidden"), Dense(classes, activation: .softmax, name: "head"),
        ])
        try model.compile(optimizer: SGD(), loss: .sparseCategoricalCrossentropy, seed: seed)
        return model
    }

    private func saved(_ model: Model) throws -> String {
        let path = folder.file("source.safetensors")
        try model.save(path)
        return path
    }

    private func value(_ model: Model, _ path: String) throws -> Tensor {
        try #require(model.namedParameters.first { $0.path == path }).parameter.value
    }

    @Test("Tensors that fit are loaded; the others are listed by kind and keep their values")
    func misfits() throws {
        let source = try model(classes: 3, seed: 1)
        let path = try saved(source)
        let target = Sequential([
            Input(4, 4, 1), Conv2D(2, kernelSize: 3, name: "conv"), Flatten(), Dense(6, name: "hidden"),
            Dense(3, activation: .softmax, name: "top"),
        ])
        try target.compile(optimizer: SGD(), loss: .sparseCategoricalCrossentropy, seed: 2)
        let before = target.parameters.map(\.value)
        let report = try target.load(path, matching: .nameAndShape)
        #expect(report.loaded == ["conv/kernel", "conv/bias"])
        #expect(report.misshapen.map(\.path) == ["hidden/kernel", "hidden/bias"])
        #expect(report.misshapen[0].modelShape == [8, 6] && report.misshapen[0].fileShape == [8, 5])
        #expect(report.missing == ["top/kernel", "top/bias"])
        #expect(
            report.unexpected == [
                "bn/beta", "bn/gamma", "bn/moving_mean", "bn/moving_variance", "head/bias", "head/kernel",
            ])
        #expect(try value(target, "conv/kernel") == value(source, "conv/kernel"))
        for (parameter, value) in zip(target.parameters, before).dropFirst(2) {
            #expect(parameter.value == value, "\(parameter.name)")
        }
        #expect("\(report)".hasPrefix("2 of 6 tensors loaded\nmissing from the file: top/kernel, top/bias\n"))
    }

    @Test("Layers that are left out keep their values, though they fit")
    func leftOut() throws {
        let source = try model(classes: 3, seed: 1)
        let path = try saved(source)
        let target = try model(classes: 3, seed: 2)
        let head = try value(target, "head/kernel")
        let report = try target.load(path, matching: .nameAndShape.leavingOut(["^head/"]))
        #expect(report.leftOut == ["head/kernel", "head/bias"] && report.kept == report.leftOut)
        #expect(try value(target, "head/kernel") == head)
        #expect(try value(target, "hidden/kernel") == value(source, "hidden/kernel"))
        let error = #expect(throws: CognitronError.self) {
            try target.load(path, matching: .nameAndShape.leavingOut(["haed"]))
        }
        #expect(error?.received == "haed")
    }

    @Test("A class that is added keeps the old classes' weights, in whatever order they come")
    func addedClass() throws {
        let source = try model(classes: 2, seed: 1)
        let path = try saved(source)
        let target = try model(classes: 3, seed: 2)
        let own = try value(target, "head/kernel")
        let report = try target.load(
            path, matching: .nameAndShape.keepingClasses(of: ["cat", "dog"], in: ["dog", "bird", "cat"]))
        #expect(report.partlyLoaded == ["head/kernel", "head/bias"])
        let (old, new) = (try value(source, "head/kernel"), try value(target, "head/kernel"))
        #expect(new.slice(axis: 1, 0..<1) == old.slice(axis: 1, 1..<2))
        #expect(new.slice(axis: 1, 1..<2) == own.slice(axis: 1, 1..<2))
        #expect(new.slice(axis: 1, 2..<3) == old.slice(axis: 1, 0..<1))
        // Old classes are told apart as before.
        let x = Tensor.randomNormal([5, 4, 4, 1], seed: 3)
        let (a, b) = (try source.predict(x), try target.predict(x))
        for row in 0..<5 {
            let odds = b[row][2].scalar / b[row][0].scalar
            #expect(abs(odds / (a[row][0].scalar / a[row][1].scalar) - 1) < 1e-4)
        }
    }

    @Test("Without a common class the classifier is new, also where its shape fits")
    func newHead() throws {
        let path = try saved(model(classes: 2, seed: 1))
        let target = try model(classes: 2, seed: 2)
        let own = try value(target, "head/kernel")
        let matching = WeightMatching.nameAndShape.keepingClasses(of: ["cat", "dog"], in: ["coat", "bag"])
        #expect(try target.load(path, matching: matching).leftOut == ["head/kernel", "head/bias"])
        #expect(try value(target, "head/kernel") == own)
        let same = WeightMatching.nameAndShape.keepingClasses(of: ["cat", "dog"], in: ["cat", "dog"])
        #expect(try target.load(path, matching: same).kept.isEmpty)
        #expect(try value(target, "head/kernel") != own)
    }

    @Test("A file of another network is refused, and changes nothing")
    func anotherNetwork() throws {
        let other = Sequential([Input(4, 4, 1), Flatten(), Dense(7, name: "hidden"), Dense(3, name: "head")])
        try other.compile(optimizer: SGD(), loss: .meanSquaredError, seed: 1)
        let path = try saved(other)
        let target = try model(classes: 3, seed: 2)
        let before = target.parameters.map(\.value)
        let error = #expect(throws: CognitronError.self) { try target.load(path, matching: .nameAndShape) }
        #expect(error?.kind == .model && error?.problem.contains("another network") == true)
        #expect(target.parameters.map(\.value) == before)
        #expect(throws: CognitronError.self) {
            try Sequential([Dense(3)]).load(path, matching: .nameAndShape)
        }
    }
}
