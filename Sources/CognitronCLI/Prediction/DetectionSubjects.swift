import Cognitron
import CognitronData
import CognitronImages
import CognitronPrediction
import Foundation

/// The pictures that `detect` is asked about.
struct DetectionSubjects {
    /// As messages call them.
    let names: [String]
    /// The names of their results' files, without ending; each another.
    let fileNames: [String]
    private let pictures: Pictures

    private enum Pictures {
        case files([String])
        case samples(PredictionInput)
    }

    /// - Parameter words: files, folders, or numbers of pictures of the data set of the model.
    /// - Throws: `CognitronError` where there is no such picture, or a folder has none.
    init(_ file: ModelFile, _ words: [String], _ options: DataOptions) throws {
        let manager = FileManager.default
        let numbers = words.compactMap { manager.fileExists(atPath: $0) ? nil : Int($0) }
        guard numbers.isEmpty else {
            guard numbers.count == words.count else {
                throw CognitronError(
                    .argument, "pictures", "are files and numbers", expected: "either",
                    got: words.joined(separator: " "))
            }
            let dataset = try file.dataset(nil)
            let input = try PredictionInput(try file.load(dataset, .test, options), "\(dataset)", numbers)
            (names, pictures) = (input.names, .samples(input))
            fileNames = Self.different(names.map { $0.replacing(" ", with: "-") })
            return
        }
        let paths = try words.flatMap { word -> [String] in
            var isFolder: ObjCBool = false
            guard manager.fileExists(atPath: word, isDirectory: &isFolder) else {
                throw CognitronError(
                    .file, word, "is no picture", expected: "a file or a folder that exists, or a number")
            }
            return isFolder.boolValue ? try PictureSource.paths(inFolder: word) : [word]
        }
        (names, pictures) = (paths, .files(paths))
        fileNames = Self.different(
            paths.map { URL(fileURLWithPath: $0).deletingPathExtension().lastPathComponent })
    }

    func picture(_ place: Int) throws -> Picture {
        switch pictures {
        case .files(let paths): return try PictureFile.read(paths[place], channels: .rgb)
        case .samples(let input):
            guard let batch = try input.source.batch([input.samples[place]], nil) else {
                throw CognitronError(.data, names[place], "cannot be read")
            }
            return Picture(batch.inputs[0][0])
        }
    }

    /// The names, with a number after those that came before.
    private static func different(_ names: [String]) -> [String] {
        var taken: Set<String> = []
        return names.map { name in
            var (own, number) = (name, 1)
            while !taken.insert(own).inserted {
                number += 1
                own = "\(name)-\(number)"
            }
            return own
        }
    }
}
