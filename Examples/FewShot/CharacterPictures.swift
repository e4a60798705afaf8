import Cognitron
import CognitronData
import CognitronImages
import Foundation

/// Pictures of characters of many classes, written by two hands.
struct CharacterPictures: Sendable {
    /// (N, H, W, 1)
    let pictures: Tensor
    /// The character of each picture.
    let labels: [Int]
    /// The hand of each picture, 0 or 1.
    let hands: [Int]

    var shape: Shape { pictures.shape.sample }
    var source: SampleSource { SampleSource(pictures, Tensor(labels)) }

    /// Characters for training and others for the test: real ones at full scale, made-up ones at the small.
    static func parts(_ settings: ExperimentSettings) throws -> (train: Self, test: Self) {
        guard settings.scale == .full else {
            return (try drawn(.train, classCount: 100), try drawn(.test, classCount: 40))
        }
        let folder = try folder(settings.data)
        return (try read(folder + "/train"), try read(folder + "/test"))
    }

    private static func drawn(_ split: DatasetSplit, classCount: Int) throws -> Self {
        let characters = DrawnCharacters(split: split, classCount: classCount, size: 24)
        let samples = Array(0..<4 * classCount)
        guard let batch = try characters.source(count: samples.count).batch(samples, nil) else {
            throw CognitronError(.data, characters.name, "there are no characters")
        }
        return Self(
            pictures: batch.inputs[0], labels: samples.map { $0 % classCount },
            hands: samples.map(characters.hand))
    }

    /// The first folder `characters` in the usual places.
    private static func folder(_ data: String?) throws -> String {
        let places = DatasetFolders(explicit: data).all.map { $0 + "/characters" }
        guard let found = places.first(where: { FileManager.default.fileExists(atPath: $0 + "/train") })
        else {
            throw CognitronError(
                .file, "characters", "the pictures are not on this machine",
                expected: "a folder \(places.joined(separator: " or "))",
                advice: "Scripts/make-characters.py draws them from two fonts of Debian; --small needs none")
        }
        return found
    }

    /// Reads FOLDER/CHARACTER/HAND-NUMBER.png.
    private static func read(_ folder: String) throws -> Self {
        let manager = FileManager.default
        func names(_ folder: String) -> [String] {
            ((try? manager.contentsOfDirectory(atPath: folder)) ?? []).filter { !$0.hasPrefix(".") }.sorted()
        }
        let files = names(folder).enumerated().flatMap { label, character in
            names("\(folder)/\(character)").filter { $0.hasSuffix(".png") }
                .map { (path: "\(folder)/\(character)/\($0)", label: label, hand: $0.prefix { $0 != "-" }) }
        }
        let hands = Set(files.map(\.hand)).sorted()
        guard let first = files.first, hands.count == 2 else {
            throw CognitronError(
                .file, folder, "does not hold characters of two hands",
                expected: "folders with files such as seto-1.png and yoz-1.png",
                got: "\(files.count) files, \(hands.count) hands")
        }
        let size = try PictureFile.header(first.path)
        let source = try PictureSource(files.map(\.path), shape: [size.height, size.width, 1])
        guard let batch = try source.batch(Array(files.indices), nil) else {
            throw CognitronError(.file, folder, "holds no pictures")
        }
        return Self(
            pictures: batch.inputs[0], labels: files.map(\.label),
            hands: files.map { $0.hand == hands[0] ? 0 : 1 })
    }
}
