import Cognitron
import CognitronData
import Testing

@testable import CognitronImages

@Suite("Pictures with masks")
struct MaskFolderTests {
    private let picture = Picture(height: 2, width: 2, channels: 3, pixels: .init(repeating: 9, count: 12))

    private func mask(_ pixels: [UInt8]) -> Picture {
        Picture(height: 2, width: 2, channels: 1, pixels: pixels)
    }

    @Test("images and masks of the same stem, in sub-folders too; classes.txt names the classes")
    func folders() throws {
        let folder = try TemporaryFolder()
        for number in 0..<4 {
            try PictureFile.write(picture, to: folder.file("images/a/\(number).jpg"))
            try PictureFile.writeMask(mask([0, 1, 2, 255]), to: folder.file("masks/a/\(number).png"))
        }
        try folder.write("sky\nroad\r\ncar\n\n", "classes.txt")
        let dataset = try DatasetScheme.masks.open(folder.path, DatasetOptions(testShare: 0.25))
        #expect(dataset.task == .segmentation(classNames: ["sky", "road", "car"]))
        let (train, test) = (try dataset.part(.train), try dataset.part(.test))
        #expect(train.count == 3 && test.count == 1)
        let batch = try #require(try train.source.batch([0, 1], nil))
        #expect(batch.inputs[0].shape == [2, 2, 2, 3])
        #expect(batch.targets[0].scalars == [0, 1, 2, 0, 0, 1, 2, 0])
        #expect(batch.weights[0]?.scalars == [1, 1, 1, 0, 1, 1, 1, 0])
    }

    @Test("NAME_mask.png beside NAME; black and white masks have two classes")
    func beside() throws {
        let folder = try TemporaryFolder()
        for number in 0..<3 {
            try PictureFile.write(picture, to: folder.file("\(number).png"))
            try PictureFile.write(mask([0, 255, 0, 255]), to: folder.file("\(number)_mask.png"))
        }
        let dataset = try DatasetScheme.masks.open(folder.path)
        #expect(dataset.classNames == ["class 0", "class 1"])
        let batch = try #require(try dataset.part(.train).source.batch([0], nil))
        #expect(batch.targets[0].scalars == [0, 1, 0, 1])
        #expect(batch.weights.isEmpty)
    }

    @Test("Without classes.txt the masks are counted; the parts may be folders")
    func counted() throws {
        let folder = try TemporaryFolder()
        for (part, number) in [("train", 3), ("val", 4)] as [(String, UInt8)] {
            try PictureFile.write(picture, to: folder.file("\(part)/images/x.png"))
            try PictureFile.writeMask(mask([0, number, 0, 255]), to: folder.file("\(part)/masks/x.png"))
        }
        let dataset = try DatasetScheme.masks.open(folder.path)
        #expect(dataset.classNames.count == 5)
        #expect(try dataset.part(.test).source.batch([0], nil)?.targets[0].scalars == [0, 4, 0, 0])
    }

    @Test("A picture without a mask is named, or left out and counted")
    func missing() throws {
        let folder = try TemporaryFolder()
        for number in 0..<3 { try PictureFile.write(picture, to: folder.file("images/\(number).png")) }
        for number in 0..<2 {
            try PictureFile.writeMask(mask([0, 1, 0, 0]), to: folder.file("masks/\(number).png"))
        }
        let missing = try #require(error { try DatasetScheme.masks.open(folder.path) })
        #expect(missing.place == folder.path + "/images/2.png" && missing.problem == "has no mask")
        let dataset = try DatasetScheme.masks.open(folder.path, DatasetOptions(skipsDamaged: true))
        #expect(
            (try dataset.part(.train).source as? PictureSource)?.notes == [
                "1 pictures without a mask are left out"
            ])
        #expect(
            error { try DatasetScheme.masks.open(folder.path + "/images") }?.problem
                == "there are no pictures with masks")
    }

    @Test("A network learns masks, and pixels of no class do not count")
    func learning() throws {
        let folder = try TemporaryFolder()
        for number in 0..<12 {
            let bright = (0..<64).map { ($0 / 8 + number) % 8 < 3 }
            try PictureFile.write(
                Picture(height: 8, width: 8, channels: 1, pixels: bright.map { $0 ? 220 : 30 }),
                to: folder.file("images/\(number).png"))
            let numbers = bright.enumerated().map { $0.offset % 8 == 0 ? 255 : $0.element ? 1 : 0 as UInt8 }
            try PictureFile.writeMask(
                Picture(height: 8, width: 8, channels: 1, pixels: numbers),
                to: folder.file("masks/\(number).png"))
        }
        let train = try DatasetScheme.masks.open(folder.path).part(.train)
        let model = Sequential { Conv2D(2, kernelSize: 1, activation: .softmax) }
        try model.compile(
            optimizer: Adam(learningRate: 0.2), loss: .sparseCategoricalCrossentropy,
            seed: 1)
        let history = try model.fit(train.source, batchSize: 4, epochs: 20, verbose: .silent)
        let losses = try #require(history["loss"])
        #expect(losses[19] < losses[0] / 4)
    }
}
