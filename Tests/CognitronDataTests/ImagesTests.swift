import Cognitron
import Testing

@testable import CognitronData

@Suite("Images")
struct ImagesTests {
    private func numbered(_ shape: Shape) throws -> Images {
        try Images((0..<shape.elementCount).map { UInt8($0 % 256) }, shape: shape)
    }

    @Test("A batch is the bytes divided by 255, in the order asked for")
    func batches() throws {
        let images = try numbered([4, 2, 3, 3])
        let batch = images.batch([3, 0])
        #expect(batch.shape == [2, 2, 3, 3])
        #expect(batch.scalars == (Array(54..<72) + Array(0..<18)).map { Float($0) / 255 })
        #expect(images.tensor == images.batch([0, 1, 2, 3]))
        #expect(images[2] == images.batch([2]).reshaped([2, 3, 3]))
    }

    @Test("A large batch has each picture in its place, for any number of threads", arguments: [1, 2, 3])
    func largeBatch(_ threads: Int) throws {
        let before = Threads.count
        defer { Threads.count = before }
        Threads.count = threads
        let images = try Images(
            (0..<300).flatMap { [UInt8](repeating: UInt8($0 % 251), count: 400) }, shape: [300, 20, 20, 1])
        let order = (0..<300).map { ($0 * 7) % 300 }
        let batch = images.batch(order)
        for (row, index) in order.enumerated() {
            #expect(batch[row].scalars == [Float](repeating: Float(index % 251) / 255, count: 400))
        }
    }

    @Test("Every byte becomes exactly its value divided by 255")
    func everyByte() throws {
        let images = try Images(Array(0...255), shape: [1, 16, 16, 1])
        #expect(images.tensor.scalars == (0...255).map { Float($0) / 255 })
    }

    @Test("Views are mirrored and moved by a pixel, with edges of either kind; their shares make a whole")
    func testTimeViews() throws {
        let images = try Images(
            [1, 2, 3, 4, 5, 6, 11, 12, 13, 14, 15, 16], shape: [2, 2, 3, 1])
        let views = images.testTimeViews(.constant)
        #expect(views.map(\.share) == [0.25, 0.125, 0.125, 0.25, 0.125, 0.125])
        #expect(views[0].images == images)
        #expect(views[1].images.pixels == [5, 6, 0, 0, 0, 0, 15, 16, 0, 0, 0, 0])
        #expect(views[2].images.pixels == [0, 0, 0, 0, 1, 2, 0, 0, 0, 0, 11, 12])
        #expect(views[3].images.pixels == [3, 2, 1, 6, 5, 4, 13, 12, 11, 16, 15, 14])
        #expect(views[4].images.pixels == [5, 4, 0, 0, 0, 0, 15, 14, 0, 0, 0, 0])
        #expect(views[5].images.pixels == [0, 0, 0, 0, 3, 2, 0, 0, 0, 0, 13, 12])
        let mirrors = images.testTimeViews()
        #expect(mirrors[0].images == images && mirrors[3].images == views[3].images)
        #expect(mirrors[1].images.pixels == [5, 6, 6, 5, 6, 6, 15, 16, 16, 15, 16, 16])
        #expect(mirrors[2].images.pixels == [1, 1, 2, 1, 1, 2, 11, 11, 12, 11, 11, 12])
        #expect(mirrors[4].images.pixels == [5, 4, 4, 5, 4, 4, 15, 14, 14, 15, 14, 14])
        let point = try Images([7, 8], shape: [1, 1, 1, 2]).testTimeViews(.constant)
        #expect(point.map(\.images.pixels) == [[7, 8], [0, 0], [0, 0], [7, 8], [0, 0], [0, 0]])
        let none = try Images([], shape: [0, 2, 2, 1]).testTimeViews()
        #expect(none.count == 6 && none.allSatisfy { $0.images.count == 0 })
    }

    @Test("A slice holds the pictures of its range")
    func slices() throws {
        let images = try numbered([5, 2, 2, 1])
        #expect(images[1..<3].shape == [2, 2, 2, 1])
        #expect(images[1..<3].pixels == Array(4..<12))
        #expect(images[1...2] == images[1..<3])
        #expect(images.prefix(2) == images[0..<2])
        #expect(images.prefix(99) == images)
        #expect(Array(images.pixels(at: 4)) == [16, 17, 18, 19])
        #expect(images[2..<2].count == 0)
        #expect(images[2..<2].tensor.shape == [0, 2, 2, 1])
    }

    @Test(
        "Bytes that do not fill the shape are refused",
        arguments: [[2, 2, 2, 1], [1, 2, 2], [-1, 2, 2, -1], [Int.max, 2, 2, 1], [0, 1, 1, 1]] as [Shape])
    func wrongSizes(_ shape: Shape) {
        #expect(throws: CognitronError.self) { try Images([1, 2, 3, 4, 5, 6, 7], shape: shape) }
    }
}

@Suite("Labelled images")
struct LabelledImagesTests {
    private func four() throws -> LabelledImages {
        let images = try Images(Array(0..<16), shape: [4, 2, 2, 1])
        return try LabelledImages(images, labels: [1, 0, 1, 1], classNames: ["no", "yes"], name: "Four")
    }

    @Test("A slice keeps each picture's label")
    func slices() throws {
        let data = try four()
        #expect(data.count == 4)
        #expect(data[1..<3].labels == [0, 1])
        #expect(data[1..<3].images == data.images[1..<3])
        #expect(data.prefix(1).labels == [1])
        #expect(data.classCounts == [1, 3])
        let sample = data.sample(at: 1)
        #expect(sample.label == 0 && sample.className == "no" && sample.image == data.images[1])
    }

    @Test("Labels that do not fit are refused", arguments: [[0, 1, 0], [0, 1, 0, 2], [0, -1, 0, 0]])
    func wrongLabels(_ labels: [Int]) throws {
        let images = try four().images
        #expect(throws: CognitronError.self) {
            try LabelledImages(images, labels: labels, classNames: ["no", "yes"], name: "Four")
        }
    }
}
