import Cognitron
import Foundation
import Testing

@testable import CognitronData

@Suite("Some classes of a data set, and few samples of each")
struct ClassSelectionTests {
    /// Ten samples of each of four classes; the pixel and the row are the number of the sample.
    private static func dataset(inMemory: Bool) -> Dataset {
        Dataset(
            "numbers", "numbers", task: .classification(classNames: ["a", "b", "c", "d"]), shape: [1, 1, 1]
        ) { split, _ in
            let labels = (0..<40).map { $0 % 4 }
            let images = try Images((0..<40).map { UInt8($0) }, shape: [40, 1, 1, 1])
            guard !inMemory else {
                return DatasetPart(
                    try LabelledImages(
                        images, labels: labels, classNames: ["a", "b", "c", "d"], name: "numbers"))
            }
            return try DatasetPart(
                name: "numbers", task: .classification(classNames: ["a", "b", "c", "d"]),
                inputShape: [1, 1, 1], source: SampleSource(images, Tensor(labels)))
        }
    }

    private func numbers(_ part: DatasetPart) throws -> (samples: [Int], labels: [Int]) {
        let batch = try #require(try part.source.batch(Array(0..<part.count), nil))
        return (
            batch.inputs[0].scalars.map { Int(($0 * 255).rounded()) },
            batch.targets[0].scalars.map { Int($0) }
        )
    }

    @Test("The seed chooses training samples; their order and the test part stay")
    func limitedSamples() throws {
        func source(_ count: Int?, _ seed: UInt64 = 1, _ split: DatasetSplit = .train) throws -> Batch {
            let part = try Dataset.shapesMasks.limiting(samples: count, seed: seed)
                .part(split, shape: [32, 32, 1])
            #expect(part.task == Dataset.shapesMasks.task)
            return try #require(try part.source.batch(Array(0..<min(part.count, 40)), nil))
        }
        let some = try source(5)
        #expect(some.inputs[0].shape == [5, 32, 32, 1] && some.targets[0].shape == [5, 32, 32])
        #expect(try source(5).inputs == some.inputs && source(5, 2).inputs != some.inputs)
        #expect(try source(5, 1, .test).count == 40 && source(20_000).count == 40)
        #expect(throws: CognitronError.self) { try Dataset.shapesMasks.limiting(samples: 0) }
    }

    @Test("Classes are numbered in the given order; samples keep theirs", arguments: [true, false])
    func classes(inMemory: Bool) throws {
        let dataset = try Self.dataset(inMemory: inMemory).selecting(classes: ["d", "b"])
        #expect(dataset.classNames == ["d", "b"])
        let part = try dataset.part(.test)
        let (samples, labels) = try numbers(part)
        #expect(samples == (0..<40).filter { $0 % 2 == 1 })
        #expect(labels == samples.map { $0 % 4 == 3 ? 0 : 1 })
        #expect(part.task.classNames == ["d", "b"] && (part.labelledImages != nil) == inMemory)
    }

    @Test("Training samples are as many of each class, chosen by the seed; the test part is whole")
    func samplesPerClass() throws {
        func chosen(_ count: Int, seed: UInt64) throws -> [Int] {
            try numbers(
                Self.dataset(inMemory: true).selecting(samplesPerClass: count, seed: seed).part(.train)
            ).samples
        }
        let three = try chosen(3, seed: 1)
        #expect(three == three.sorted() && (0..<4).allSatisfy { c in three.count { $0 % 4 == c } == 3 })
        #expect(try chosen(3, seed: 1) == three && chosen(3, seed: 2) != three)
        // Fewer are some of the more, so that results with more pictures have seen the same ones.
        #expect(try Set(chosen(2, seed: 1)).isSubset(of: three))
        #expect(try chosen(99, seed: 1).count == 40)
        #expect(try Self.dataset(inMemory: true).selecting(samplesPerClass: 1).part(.test).count == 40)
    }

    @Test("A selection of a selection counts its classes, not those of the whole")
    func twice() throws {
        let dataset = try Self.dataset(inMemory: true).selecting(classes: ["d", "b"])
            .selecting(samplesPerClass: 2)
        let (samples, labels) = try numbers(dataset.part(.train))
        #expect(samples.count == 4 && labels == samples.map { $0 % 4 == 3 ? 0 : 1 })
        #expect(try dataset.part(.test).count == 20)
        #expect(try dataset.selecting(classes: ["b", "d"]).part(.test).task.classNames == ["b", "d"])
    }

    @Test("Unknown, repeated and no classes, no samples, and a task without classes are errors")
    func wrong() throws {
        let dataset = Self.dataset(inMemory: true)
        for classes in [["a", "e"], ["a", "a"], []] {
            #expect(throws: CognitronError.self) { try dataset.selecting(classes: classes) }
        }
        #expect(throws: CognitronError.self) { try dataset.selecting(samplesPerClass: 0) }
        #expect(throws: CognitronError.self) { try Dataset.boston.selecting(samplesPerClass: 1) }
        let flowers = Array(Dataset.iris.classNames.prefix(2))
        #expect(throws: CognitronError.self) { try Dataset.iris.selecting(classes: flowers).part(.train) }
    }
}
