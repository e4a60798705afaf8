import Cognitron
import CognitronData
import Foundation
import Testing

/// A data set and augmentations from outside the package, found by their names.
@Suite("Data from another module")
struct OwnDataTests {
    private static let augmentations: [Augmentation] = [.randomFlip, .brightness(0.2), .mixUp]

    init() {
        Dataset.register(.stripes)
        Augmentation.register(Brightness.self)
        Augmentation.register(MixUp.self)
    }

    private static func network(seed: UInt64 = 1) throws -> Model {
        let model = Sequential {
            Input(12, 12, 1)
            Conv2D(8, kernelSize: 5, activation: .relu)
            GlobalMaxPooling2D()
            Dense(3, activation: .softmax)
        }
        try model.compile(
            optimizer: Adam(learningRate: 0.01), loss: .categoricalCrossentropy, metrics: [.accuracy],
            seed: seed)
        return model
    }

    /// One part of the data set called "stripes", with targets that can be mixed.
    private static func source(_ split: Dataset.Split) throws -> SampleSource {
        let data = try Dataset(named: "stripes").load(split)
        return SampleSource(data.images, data.labels.oneHot(classCount: data.classNames.count))
    }

    @discardableResult
    private static func train(
        _ model: Model, epochs: Int, _ augmentations: [Augmentation] = augmentations, makers: Int = 1,
        callbacks: [any Callback] = [], resumeFrom: String? = nil
    ) throws -> History {
        try model.fit(
            source(.train).augmented(augmentations), epochs: epochs, makers: makers, callbacks: callbacks,
            verbose: .silent, resumeFrom: resumeFrom)
    }

    @Test("The data set stands among the package's own")
    func isRegistered() throws {
        let found = try Dataset(named: "Stripes")
        #expect(found == .stripes && found.summary == "stripes in three directions")
        #expect(Dataset.registered.contains(.stripes) && Dataset.registered.contains(.cifar10))
        let error = #expect(throws: CognitronError.self) { try Dataset(named: "stipes") }
        #expect(error?.advice == "did you mean stripes?")
        #expect(error?.expected?.contains("stripes") ?? false)
    }

    @Test("A network learns it with the augmentations, is saved and, loaded, predicts the same")
    func learns() throws {
        let folder = try TemporaryFolder()
        let model = try Self.network()
        let history = try Self.train(model, epochs: 15)
        #expect(history.loss.count == 15)
        let data = try Dataset(named: "stripes").load(.test)
        #expect(try #require(model.evaluate(Self.source(.test))["accuracy"]) > 0.9)
        try model.save(folder.file("stripes.safetensors"))
        let loaded = try Model.load(folder.file("stripes.safetensors"))
        #expect(try loaded.predict(data.images) == model.predict(data.images))
    }

    @Test("Mixing changes images and targets by the same shares")
    func mixes() throws {
        let draw = Draw(epoch: 0, key: RandomKey(seed: 5))
        let source = try Self.source(.train)
        let plain = try #require(try source.batch(Array(0..<8), nil))
        let mixed = try #require(try source.augmented([.mixUp]).batch(Array(0..<8), draw))
        #expect(mixed.targets[0].sum(axis: 1).maximumDifference(from: .ones([8])) < 1e-5)
        // The partner of sample 0 is sample 7: of another class.
        let share = mixed.targets[0][0, 0]
        #expect((0.5..<1).contains(share))
        let expected: Tensor = plain.inputs[0][0] * share + plain.inputs[0][7] * (1 - share)
        #expect(mixed.inputs[0][0].maximumDifference(from: expected) < 1e-5)
    }

    @Test("Masks move with their pictures by one's own rule, and names find it")
    func moves() throws {
        AugmentationName.register(
            AugmentationName("landslide", "rows pushed down", "pixels, 3") { steps, _ in
                Augmentation(Landslide(steps: Int(steps ?? 3)))
            })
        let pictures = Tensor((0..<128).map { Float($0 % 7) }, shape: [2, 8, 8, 1])
        let source = SampleSource([pictures], [pictures.reshaped([2, 8, 8])])
            .augmented(try Augmentation.named("landslide:2", for: [8, 8, 1]), targets: [.mask])
        let draw = Draw(epoch: 0, key: RandomKey(seed: 5))
        let batch = try #require(try source.batch([0, 1], draw))
        #expect(batch.inputs[0] != pictures)
        #expect(batch.targets[0].scalars == batch.inputs[0].scalars)
    }

    @Test("The same seed gives the same weights for any number of threads that make batches")
    func isReproducible() throws {
        let weights = try [1, 3].map { makers in
            let model = try Self.network()
            try Self.train(model, epochs: 2, makers: makers)
            return model.parameters.map(\.value)
        }
        #expect(weights[0] == weights[1])
    }

    @Test("A training that is stopped goes on to the same bits with the augmentations that a file names")
    func resumes() throws {
        let folder = try TemporaryFolder()
        let straight = try Self.network()
        let history = try Self.train(straight, epochs: 4)

        let file = try JSONEncoder().encode(Self.augmentations)
        try Self.train(
            Self.network(), epochs: 4,
            callbacks: [StopAfter(epoch: 2, batch: 3), BackupAndRestore(folder.path)])
        let restored = try JSONDecoder().decode([Augmentation].self, from: file)
        #expect(restored == Self.augmentations)
        let resumed = try Self.network(seed: 9)
        let resumedHistory = try Self.train(resumed, epochs: 4, restored, resumeFrom: folder.path)
        #expect(resumed.trainer?.saveState() == straight.trainer?.saveState())
        #expect(resumedHistory == history)
    }

    @Test("An impossible argument of one's own rule is an error before the training")
    func validates() throws {
        let data = try Dataset(named: "stripes").load(.test)
        let error = #expect(throws: CognitronError.self) { try data.images.augmented([.brightness(2)]) }
        #expect(error?.place == "brightness" && error?.received == "2.0")
    }
}
