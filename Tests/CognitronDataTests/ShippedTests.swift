import Cognitron
import Testing

@testable import CognitronData

@Suite("Data sets that come with the package")
struct ShippedTests {
    private static let all: [Dataset] = [.boston, .diabetes, .iris, .wine, .breastCancer, .digits]

    @Test("Both parts are there, with as many samples as stated", arguments: all, Dataset.Split.allCases)
    func parts(_ dataset: Dataset, _ split: Dataset.Split) throws {
        let part = try dataset.part(split)
        #expect(part.count == dataset.counts[split] && part.task == dataset.task)
        #expect(part.inputShape == dataset.shape)
        let batch = try #require(try part.source.batch([0, part.count - 1], nil))
        #expect(batch.inputs[0].shape == part.inputShape.batched(2))
        #expect(try dataset.locate(split) == .builtIn)
    }

    @Test("Boston's parts are those of Keras: its first sample, and the mean price")
    func boston() throws {
        let first = try #require(try Dataset.boston.part(.train).source.batch([0], nil))
        #expect(
            first.inputs[0].scalars == [
                1.23247, 0, 8.14, 0, 0.538, 6.142, 91.7, 3.9769, 4, 307, 21, 396.9, 18.72,
            ])
        #expect(first.targets[0] == Tensor([15.2] as [Float], shape: [1, 1]))
        let prices = try ShippedTable.boston.table()["MEDV"].statistics
        #expect(abs(prices.mean - 22.532_806) < 1e-6)
    }

    @Test("The order is NumPy's: RandomState(113).shuffle(arange(506))")
    func numPy() {
        var random = MersenneTwister(seed: 113)
        #expect(Array(random.permutation(506).prefix(5)) == [22, 202, 368, 335, 461])
    }

    @Test("Classes are spread evenly over the parts")
    func stratified() throws {
        for (dataset, counts) in [(Dataset.iris, [10, 10, 10]), (.wine, [12, 14, 10])] {
            let labels = try dataset.part(.test).source.labels()
            #expect((0..<3).map { label in labels.count { $0 == label } } == counts)
        }
    }

    @Test("Digits are grey pictures: white ink on black")
    func digits() throws {
        let images = try Dataset.digits.load(.test)
        #expect(images.images.shape == [359, 8, 8, 1] && images.classCounts.allSatisfy { $0 >= 34 })
        let values = images.images.tensor.scalars
        #expect(values.min() == 0 && values.max() == 1)
    }

    @Test("A changed file is refused by its checksum")
    func changed() {
        let file = ShippedFile(name: "iris.csv.gz", sha256: String(repeating: "0", count: 64))
        #expect(
            fileError { try file.read() }?.problem == "the file is not the one that the package came with")
        let missing = ShippedFile(name: "none.csv.gz", sha256: "")
        #expect(fileError { try missing.path() }?.expected == ShippedFile.bundleName)
    }
}
