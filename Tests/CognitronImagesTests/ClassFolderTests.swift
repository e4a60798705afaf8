import Cognitron
import CognitronData
import Foundation
import Testing

@testable import CognitronImages

@Suite("Folders of classes")
struct ClassFolderTests {
    /// Writes drawn pictures into folders of their classes' names.
    private func write(_ count: Int, in folder: TemporaryFolder, _ prefix: String = "", size: Int = 16) throws
    {
        let shapes = Shapes.make(count: count, size: size)
        for number in 0..<count {
            let sample = shapes.sample(at: number)
            let ending = number % 3 == 0 ? "JPG" : number % 3 == 1 ? "png" : "webp"
            try PictureFile.write(
                shapes.images.picture(at: number),
                to: folder.file("\(prefix)\(sample.className)/\(number).\(ending)"), quality: 100)
        }
    }

    @Test("Folders are classes; a share of each is kept for testing; what is hidden is passed over")
    func split() throws {
        let folder = try TemporaryFolder()
        try write(100, in: folder)
        try folder.write([1], ".DS_Store")
        try folder.write([1], "ring/.DS_Store")
        try folder.write("notes", "ring/readme.txt")
        _ = try folder.file("empty/x")
        _ = try folder.file(".git/x")
        DatasetScheme.registerPictureSchemes()
        let dataset = try Dataset(named: "folder:\(folder.path)")
        #expect(dataset.classNames == Shapes.classNames.sorted())
        let (train, test) = (try dataset.part(.train), try dataset.part(.test))
        #expect(train.count == 80 && test.count == 20)
        #expect(train.inputShape == [16, 16, 3])
        let labels = try #require(try test.source.batch(Array(0..<20), nil)).targets[0].scalars
        #expect((0..<10).allSatisfy { label in labels.count { $0 == Float(label) } == 2 })
        let paths = try [train, test].flatMap { try #require($0.source as? PictureSource).paths }
        #expect(Set(paths).count == 100)
        #expect(
            try dataset.part(.train, shape: [8, 8, 1]).source.batch([0], nil)?.inputs[0].shape == [
                1, 8, 8, 1,
            ])
        let other = try DatasetScheme.folder.open(
            folder.path, DatasetOptions(testShare: 0.5, seed: 2, pictureSize: [20, 10]))
        #expect(try other.part(.test).count == 50)
        #expect(try other.part(.test).inputShape == [20, 10, 3])
    }

    @Test("Folders train and test are the parts", arguments: ["test", "val", "Valid"])
    func parts(_ name: String) throws {
        let folder = try TemporaryFolder()
        try write(20, in: folder, "train/")
        try write(10, in: folder, "\(name)/")
        let dataset = try DatasetScheme.folder.open(folder.path)
        #expect(try dataset.part(.train).count == 20)
        #expect(try dataset.part(.test).count == 10)
        try PictureFile.write(
            Picture(height: 1, width: 1, channels: 1, pixels: [0]), to: folder.file("\(name)/zebra/1.png"))
        let error = try #require(error { try DatasetScheme.folder.open(folder.path) })
        #expect(error.problem == "is of no class that is trained" && error.received == "zebra")
    }

    @Test("Names in any alphabet, a class with one picture, pictures in folders below")
    func names() throws {
        let folder = try TemporaryFolder()
        let dot = Picture(height: 2, width: 3, channels: 1, pixels: [0, 1, 2, 3, 4, 5])
        try PictureFile.write(dot, to: folder.file("猫/ひとつ.png"))
        for number in 0..<9 {
            try PictureFile.write(dot, to: folder.file("Hündin 🐕/2024/\(number) é.png"))
        }
        let dataset = try DatasetScheme.folder.open(folder.path)
        #expect(dataset.classNames == ["Hündin 🐕", "猫"])
        #expect(try dataset.part(.train).count == 8)
        #expect(try dataset.part(.train).inputShape == [2, 3, 1])
        #expect(try dataset.part(.train).source.batch([7], nil)?.targets[0].scalars == [1])
    }

    @Test("What is no such folder is refused with what to do")
    func errors() throws {
        let folder = try TemporaryFolder()
        #expect(
            error { try DatasetScheme.folder.open(folder.path + "/none") }?.problem
                == "is no folder that can be read")
        #expect(error { try DatasetScheme.folder.open(folder.path) }?.received == "0 folders, 0 files")
        try folder.write([1], "a.heic")
        #expect(error { try DatasetScheme.folder.open(folder.path) }?.received == "1 pictures, of no class")
        try folder.write(Fixtures.bytes("rgb.png"), "cat/a.png")
        #expect(error { try DatasetScheme.folder.open(folder.path) }?.place == folder.path)
    }

    @Test("Damaged pictures are left out and counted where that is wished")
    func damaged() throws {
        let folder = try TemporaryFolder()
        try write(20, in: folder)
        try folder.write([0, 0, 0, 24] + Array("ftypheic".utf8), "ring/IMG_1.HEIC")
        let strict = try DatasetScheme.folder.open(folder.path)
        let failed = try [try strict.part(.train), try strict.part(.test)].filter { part in
            (try? part.source.batch(Array(0..<part.count), nil)) == nil
        }
        #expect(failed.count == 1, "the part with the file")
        let error = try #require(throws: CognitronError.self) {
            try failed[0].source.batch(Array(0..<failed[0].count), nil)
        }
        #expect(error.advice?.hasSuffix("or leave out what is damaged (--skip-damaged)") == true)
        let skipping = try DatasetScheme.folder.open(folder.path, DatasetOptions(skipsDamaged: true))
        let parts = [try skipping.part(.train), try skipping.part(.test)]
        #expect(parts[0].count + parts[1].count == 20)
        let notes = parts.flatMap { ($0.source as? PictureSource)?.notes ?? [] }
        #expect(notes.count == 1 && notes[0].contains("HEIC"))
    }

    @Test("A network learns a folder of drawn pictures")
    func learning() throws {
        let folder = try TemporaryFolder()
        for (number, name) in ["dark", "light"].enumerated() {
            for sample in 0..<24 {
                let pixels = (0..<144).map { UInt8(number * 150 + ($0 * 7 + sample * 13) % 90) }
                try PictureFile.write(
                    Picture(height: 12, width: 12, channels: 1, pixels: pixels),
                    to: folder.file("\(name)/\(sample).png"))
            }
        }
        let dataset = try DatasetScheme.folder.open(
            folder.path, DatasetOptions(framing: .randomResizedCrop(scale: 0.5...1)))
        let (train, test) = (
            try dataset.part(.train, shape: [8, 8, 3]), try dataset.part(.test, shape: [8, 8, 3])
        )
        let model = Sequential {
            Conv2D(4, kernelSize: 3, activation: .relu)
            Flatten()
            Dense(2, activation: .softmax)
        }
        try model.compile(
            optimizer: Adam(learningRate: 0.02), loss: .sparseCategoricalCrossentropy,
            metrics: [.accuracy], seed: 1)
        let augmented = train.augmented([.randomFlip])
        try model.fit(augmented, batchSize: 8, epochs: 12, makers: 2, verbose: .silent)
        let scores = try model.evaluate(test.source)
        #expect(try #require(scores["accuracy"]) == 1)
    }
}
