import Cognitron
import CognitronKernels
import Foundation
import Testing

@testable import CognitronData

/// Adds the same random number to each image, its target and its weight.
private struct Shift: AugmentationRule {
    var limit: Float = 1

    var problem: RuleProblem? { limit > 0 ? nil : ("a limit above 0", "\(limit)") }

    func apply(to batch: inout Batch, samples: [Int], _ draw: Draw) throws {
        let numbers = Tensor(
            samples.map { sample in
                var generator = draw.generator(for: sample)
                return Float.random(in: 0..<limit, using: &generator)
            })
        batch.inputs[0] = batch.inputs[0] + numbers.reshaped([samples.count, 1, 1, 1])
        batch.targets[0] = batch.targets[0] + numbers
        batch.weights = [(batch.weight(0) ?? .ones([samples.count])) + numbers]
    }
}

/// Negates the image's first value.
private struct Negate: ImageRule {
    func apply(to image: inout ImagePixels, _ draw: inout ImageDraw) { image[0, 0, 0] *= -1 }
}

@Suite("Augmentations as an open set")
struct OpenAugmentationTests {
    private static let data: LabelledImages = Shapes.make(count: 40, size: 16, channels: .grey)
    private static let draw = Draw(epoch: 2, key: RandomKey(seed: 7))

    private static func batch(_ augmentations: [Augmentation], _ samples: [Int] = Array(0..<40)) throws
        -> Batch
    {
        try #require(try data.augmented(augmentations).batch(samples, draw))
    }

    @Test("Augmentations are equal where rule and arguments are, and files name them by their type")
    func files() throws {
        let all: [Augmentation] = [
            .randomFlip, .alternatingFlip, .randomCrop(padding: 3),
            .randomCrop(padding: 3, fillMode: .constant),
            .cutout(size: 5), Augmentation(Shift(limit: 0.5)), Augmentation(Negate()),
        ]
        #expect(Set(all).count == all.count)
        let data = try JSONEncoder().encode(all)
        #expect(String(decoding: data, as: UTF8.self).contains(#""type":"RandomCrop""#))
        Augmentation.register(Shift.self)
        #expect(throws: CognitronError.self) { try JSONDecoder().decode([Augmentation].self, from: data) }
        Augmentation.register(Negate.self)
        #expect(try JSONDecoder().decode([Augmentation].self, from: data) == all)
    }

    @Test(
        "A source of images and labels gives the images that augmented images give, and the labels unchanged")
    func sourceEqualsImages() throws {
        let rules: [Augmentation] = [.alternatingFlip, .randomCrop(padding: 2), .cutout(size: 3)]
        let batch = try Self.batch(rules)
        let images = try Self.data.images.augmented(rules)
            .trainingBatch(0..<40, epoch: Self.draw.epoch, Self.draw.key)
        #expect(batch.inputs == [images] && batch.targets == [Self.data.labels])
        let measured = try #require(try Self.data.augmented(rules).batch([3, 1], nil))
        #expect(measured.inputs == [Self.data.images.batch([3, 1])])
    }

    @Test("A rule changes inputs, targets and weights together")
    func changesAll() throws {
        let batch = try Self.batch([Augmentation(Shift())])
        let added = batch.targets[0] - Self.data.labels
        #expect(added.min() > 0 && added.max() < 1 && Set(added.scalars).count == 40)
        let images = Self.data.images.tensor + added.reshaped([40, 1, 1, 1])
        #expect(batch.inputs[0].maximumDifference(from: images) < 1e-5)
        let weights = try #require(batch.weight(0))
        #expect((weights - 1).maximumDifference(from: added) < 1e-5)
    }

    @Test("Rules apply in their order, each with random numbers of its own")
    func order() throws {
        let negated = try Self.batch([Augmentation(Shift()), Augmentation(Negate())]).inputs[0]
        let shifted = try Self.batch([Augmentation(Shift())]).inputs[0]
        for n in 0..<40 { #expect(negated[n, 0, 0, 0] == -shifted[n, 0, 0, 0]) }
        let twice = try Self.batch([Augmentation(Shift()), Augmentation(Shift())]).targets[0]
        let once = try Self.batch([Augmentation(Shift())]).targets[0]
        let second = twice - once
        #expect(second.maximumDifference(from: once - Self.data.labels) > 0.1)
        let chained = Self.source.augmented([Augmentation(Shift())]).augmented([Augmentation(Shift())])
        #expect(try #require(try chained.batch(Array(0..<40), Self.draw)).targets[0] == twice)
    }

    private static var source: SampleSource { SampleSource(data.images, data.labels) }

    @Test("Seed, epoch and sample decide, not the batch or the threads")
    func determinism() throws {
        let rules: [Augmentation] = [.randomFlip, Augmentation(Shift()), .randomCrop(padding: 2)]
        let all = try Self.batch(rules)
        let some = try Self.batch(rules, [31, 2])
        #expect(some.inputs[0] == .concatenated([all.inputs[0][31..<32], all.inputs[0][2..<3]], axis: 0))
        let alone = try WorkerPool.withoutWorkers { try Self.batch(rules) }
        #expect(alone.inputs == all.inputs && alone.targets == all.targets)
        let other = try Self.data.augmented(rules).batch(Array(0..<40), Draw(epoch: 3, key: Self.draw.key))
        #expect(try #require(other).inputs != all.inputs)
    }

    @Test("Images without their targets cannot have a rule that changes both")
    func imagesAlone() {
        let error = #expect(throws: CognitronError.self) {
            try Self.data.images.augmented([.randomFlip, Augmentation(Shift())])
        }
        #expect(error?.place == "shift" && error?.advice?.contains("BatchSource.augmented") ?? false)
    }

    @Test("Invalid arguments are an error, of a source of batches at its first batch")
    func invalid() throws {
        #expect(throws: CognitronError.self) { try Self.data.augmented([Augmentation(Shift(limit: 0))]) }
        #expect(throws: CognitronError.self) { try Self.data.augmented([.cutout(size: 17)]) }
        let source = Self.source.augmented([.cutout(size: 17)])
        let error = #expect(throws: CognitronError.self) { try source.batch([0], Self.draw) }
        #expect(error?.expected == "a size of 1 to 16 for images of 16×16" && error?.received == "17")
        let rows = SampleSource(Tensor.zeros([4, 3]), Tensor.zeros([4])).augmented([.randomFlip])
        #expect(throws: CognitronError.self) { try rows.batch([0], Self.draw) }
    }
}
