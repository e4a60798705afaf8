import Cognitron
import Foundation
import Synchronization

extension DatasetScheme {
    /// A folder of WAV files with a sub-folder for each class: `sounds:words`. Inputs `(N, samples, 1)`.
    ///
    /// All are brought to the rate of the first file, and to the length of the longest, at most ten seconds.
    public static let sounds = DatasetScheme("sounds", "DIR", "WAV files, a sub-folder for each class") {
        path, options in
        let folder = try SoundFolder(path, skipsDamaged: options.skipsDamaged)
        let split = try TrainTestSplit(
            count: folder.files.count, testShare: options.testShare,
            stratifiedBy: folder.files.map(\.label), seed: options.seed)
        let task = DataTask.classification(classNames: folder.classNames)
        return Dataset(
            "sounds:\(path)", "the sounds of \(lastPathComponent(path))", task: task,
            shape: [folder.length, 1]
        ) { part, _ in
            var result = try DatasetPart(
                name: "sounds:\(path)", task: task, inputShape: [folder.length, 1],
                source: folder.subset(part == .train ? split.train : split.test))
            if part == .train, let first = folder.skipped.first {
                result.notes = [
                    "\(folder.skipped.count) sounds cannot be read and are left out, \(first) first"
                ]
            }
            return result
        }
    }
}

/// WAV files in sub-folders that name their classes, read when they are needed.
public struct SoundFolder: LabelledSource {
    public struct File: Sendable, Equatable {
        public let path: String
        public let label: Int
    }

    public let files: [File]
    public let classNames: [String]
    /// Samples a second.
    public let rate: Int
    /// Samples of each input.
    public let length: Int
    /// The files that were left out as damaged.
    public let skipped: [String]

    private static let mostSeconds = 10

    /// - Parameters:
    ///   - rate: by default that of the first file.
    ///   - length: by default that of the longest file at this rate, at most ten seconds.
    ///   - skipsDamaged: whether damaged files are left out (`skipped`) instead of an error.
    /// - Throws: `CognitronError.file` where there are fewer than two classes, or a file cannot be read.
    public init(
        _ path: String, rate: Int? = nil, length: Int? = nil, skipsDamaged: Bool = false
    ) throws {
        let found = try Self.find(path)
        var (files, skipped): ([File], [String]) = ([], [])
        var (ownRate, longest) = (rate, 0)
        for file in found.files {
            do {
                let sound = try Sound(contentsOf: file.path)
                let rate = ownRate ?? sound.rate
                ownRate = rate
                longest = max(longest, Int((sound.seconds * Double(rate)).rounded()))
                files.append(file)
            } catch  where skipsDamaged {
                skipped.append(file.path)
            }
        }
        guard let ownRate, longest > 0 else {
            throw CognitronError(
                .file, path, "the folder has no sounds that can be read",
                expected: "WAV files in sub-folders",
                got: "\(skipped.count) damaged files")
        }
        (self.files, self.skipped, classNames) = (files, skipped, found.classNames)
        self.rate = ownRate
        self.length = length ?? min(longest, Self.mostSeconds * ownRate)
    }

    private static func find(_ path: String) throws -> (files: [File], classNames: [String]) {
        let manager = FileManager.default
        let names = ((try? manager.contentsOfDirectory(atPath: path)) ?? []).sorted()
            .filter { !$0.hasPrefix(".") }
        let folders = names.map { ($0, CognitronData.path(path, $0)) }.map { name, folder in
            let sounds = ((try? manager.contentsOfDirectory(atPath: folder)) ?? []).sorted()
                .filter { $0.lowercased().hasSuffix(".wav") }
            return (name: name, files: sounds.map { CognitronData.path(folder, $0) })
        }.filter { !$0.files.isEmpty }
        guard folders.count > 1 else {
            throw CognitronError(
                .file, path, "the folder does not have two classes",
                expected: "two or more sub-folders with WAV files", got: "\(folders.count)",
                advice: "put the sounds of each class into a folder of its name")
        }
        let files = folders.enumerated().flatMap { label, folder in
            folder.files.map { File(path: $0, label: label) }
        }
        return (files, folders.map(\.name))
    }

    public var sampleCount: Int? { files.count }
    public var unit: String { "sounds" }
    public var knownLabels: [Int]? { files.map(\.label) }

    public func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
        // What is cut away need not be resampled.
        let seconds = Double(length) / Double(rate) + 0.1
        let numbers = try samples.flatMap {
            try Sound(contentsOf: files[$0].path).start(seconds: seconds).resampled(to: rate).fitted(
                to: length)
        }
        return Batch(
            inputs: [Tensor(numbers, shape: [samples.count, length, 1])],
            targets: [Tensor(samples.map { files[$0].label })])
    }
}
