import Cognitron
import CognitronData
import Testing

@testable import CognitronImages

@Suite("Pairs of pictures")
struct PairFolderTests {
    private func picture(_ value: UInt8, height: Int = 4, width: Int = 6) -> Picture {
        Picture(
            height: height, width: width, channels: 3,
            pixels: .init(repeating: value, count: 3 * height * width))
    }

    /// The left half has one value, the right one another.
    private func joined(_ left: UInt8, _ right: UInt8, width: Int = 8) -> Picture {
        let row = (0..<width).flatMap { Array(repeating: $0 < width / 2 ? left : right, count: 3) }
        return Picture(height: 4, width: width, channels: 3, pixels: row + row + row + row)
    }

    @Test("Folders a and b, matched by name in sub-folders too")
    func folders() throws {
        let folder = try TemporaryFolder()
        for number in 1...5 {
            try PictureFile.write(picture(UInt8(number)), to: folder.file("A/x/\(number).png"))
            try PictureFile.write(
                picture(UInt8(100 + number)), to: folder.file("B/x/\(number).webp"), quality: 100)
        }
        let dataset = try DatasetScheme.pairs.open(folder.path, DatasetOptions(testShare: 0.2))
        #expect(dataset.task == .pictures)
        let (train, test) = (try dataset.part(.train), try dataset.part(.test))
        #expect(train.count == 4 && test.count == 1 && train.inputShape == [4, 6, 3])
        let batch = try #require(try train.source.batch([0, 1, 2, 3], nil))
        #expect(batch.targets[0].shape == [4, 4, 6, 3])
        let difference = (batch.targets[0] - batch.inputs[0]) * 255
        #expect(difference.isClose(to: Tensor(repeating: 100, shape: [4, 4, 6, 3]), absolute: 1e-3))
    }

    @Test("Files that hold both side by side, with parts", arguments: [1, 3])
    func halves(_ channels: Int) throws {
        let folder = try TemporaryFolder()
        for part in ["train", "val"] {
            try PictureFile.write(joined(20, 200), to: folder.file("\(part)/1.png"))
        }
        let part = try DatasetScheme.pairs.open(folder.path).part(.test, shape: [2, 2, channels])
        let batch = try #require(try part.source.batch([0], nil))
        #expect(batch.inputs[0].isClose(to: Tensor(repeating: 20 / 255, shape: [1, 2, 2, channels])))
        #expect(batch.targets[0].isClose(to: Tensor(repeating: 200 / 255, shape: [1, 2, 2, 3])))
        #expect(try DatasetScheme.pairs.open(folder.path).part(.train).inputShape == [4, 4, 3])
    }

    @Test("Both pictures of a pair are cropped alike in training")
    func framing() throws {
        let folder = try TemporaryFolder()
        let gradient = Picture(
            height: 8, width: 8, channels: 3,
            pixels: (0..<64).flatMap { Array(repeating: UInt8($0 * 3), count: 3) })
        for name in ["a/1.png", "b/1.png", "a/2.png", "b/2.png"] {
            try PictureFile.write(gradient, to: folder.file(name))
        }
        let options = DatasetOptions(framing: .randomResizedCrop())
        let source = try DatasetScheme.pairs.open(folder.path, options).part(.train, shape: [4, 4, 3]).source
        let draws = try (1...4).map { epoch in
            try #require(try source.batch([0], Draw(epoch: epoch, key: RandomKey(seed: 1))))
        }
        #expect(draws.allSatisfy { $0.inputs[0] == $0.targets[0] })
        #expect(Set(draws.map { $0.inputs[0].scalars }).count > 1)
    }

    @Test("What is no pair is named, or left out and counted")
    func mistakes() throws {
        let folder = try TemporaryFolder()
        for number in 1...3 { try PictureFile.write(picture(9), to: folder.file("a/\(number).png")) }
        for number in 1...2 { try PictureFile.write(picture(9), to: folder.file("b/\(number).png")) }
        let missing = #expect(throws: CognitronError.self) { try DatasetScheme.pairs.open(folder.path) }
        #expect(missing?.place == folder.path + "/a/3.png" && missing?.problem == "has no partner")
        let part = try DatasetScheme.pairs.open(folder.path, DatasetOptions(skipsDamaged: true)).part(.train)
        #expect(part.notes == ["1 pictures without a partner are left out"] && part.count == 1)

        try PictureFile.write(picture(9, width: 5), to: folder.file("b/3.png"))
        try PictureFile.write(picture(9), to: folder.file("b/1.png"))
        let source = try DatasetScheme.pairs.open(folder.path, DatasetOptions(testShare: 0.3)).part(.train)
            .source
        let other = #expect(throws: CognitronError.self) {
            for sample in 0..<2 { _ = try source.batch([sample], nil) }
            _ = try DatasetScheme.pairs.open(folder.path, DatasetOptions(testShare: 0.3)).part(.test).source
                .batch([0], nil)
        }
        #expect(other?.description.contains("does not have the size that its partner") == true)

        let odd = try TemporaryFolder()
        for number in 1...2 { try PictureFile.write(joined(1, 2, width: 7), to: odd.file("\(number).png")) }
        let halves = try DatasetScheme.pairs.open(odd.path).part(.train, shape: [4, 4, 3]).source
        let error = #expect(throws: CognitronError.self) { try halves.batch([0], nil) }
        #expect(error?.description.contains("does not hold two pictures side by side") == true)
        let empty = try TemporaryFolder()
        let none = #expect(throws: CognitronError.self) { try DatasetScheme.pairs.open(empty.path) }
        #expect(none?.problem == "there are no pairs of pictures in it")
    }
}
