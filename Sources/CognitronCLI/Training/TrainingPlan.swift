import ArgumentParser
import Cognitron
import CognitronData
import CognitronModels
import CognitronPrediction
import Foundation

/// The settings that determine a training's results; stored in the model's file.
struct TrainingRecipe: Codable, Equatable {
    var model: ModelName
    var dataset: DatasetName
    /// How the files of the data set become samples.
    var samples: DatasetOptions
    var epochs: Int
    var batchSize: Int
    /// The number of parts of a batch whose gradients are averaged for each update; nil for 1.
    var accumulate: Int?
    /// The parts of a batch whose gradients are added in a fixed order; nil for whatever is fastest.
    var shards: Int?
    /// Whether batch normalisation has the statistics of all ranks; nil for those of each rank's part.
    var synchronizesStatistics: Bool?
    var optimizer: OptimizerName
    var learningRate: Float?
    var schedule: ScheduleName
    /// The largest global norm of the gradients; nil for no limit.
    var clipNorm: Float?
    /// The decay rate of the average of the weights; nil where none is kept.
    var ema: Float?
    var weightDecay: Float?
    var labelSmoothing: Float
    /// The share of tokens that a decoder is told at the end; nil for all, always.
    var teacherForcing: Float?
    var augmentations: [AugmentationName]
    var seed: UInt64
    /// What is frozen and how fast layers learn; nil for a training as usual.
    var transfer: TransferRecipe?

    /// The recipe as JSON with sorted keys, so that equal recipes have equal texts.
    var text: String {
        get throws { try JSONText.text(of: self) }
    }
}

/// The arguments of a call of `train`: the recipe and all paths.
struct TrainingPlan: Codable, Equatable {
    var recipe: TrainingRecipe
    /// The model's file.
    var output: String
    /// The folder of the data; nil for the default folders.
    var data: String?
    /// What a relative path of the data set is relative to; nil for the current folder.
    var folder: String?
    /// The folder of the checkpoints; nil for none. Omitted from the file in that folder.
    var checkpoint: String?
    var checkpointEvery: Int?
    /// The model's file whose weights the training starts from; nil for weights drawn at random.
    var from: String?
    /// What the training writes beside the model, and how it is steered; nil in files of earlier versions.
    var run: RunSettings?
    /// The text of the file of options beside the model; nil in files of earlier versions.
    var configuration: String?
}

// MARK: - The file in the checkpoints' folder

extension TrainingPlan {
    private static let fileName = "training.json"

    /// Writes the plan into the folder of its checkpoints. Runs first, so that a training killed before its
    /// first checkpoint can be resumed too.
    ///
    /// - Throws: `CognitronError` where the folder already holds a training.
    func writeToFolder() throws {
        guard let checkpoint else { return }
        let path = "\(checkpoint)/\(Self.fileName)"
        guard !FileManager.default.fileExists(atPath: path) else {
            throw CognitronError(
                .file, checkpoint, "holds the checkpoints of a training already",
                advice: "continue it with --resume \(checkpoint), or name another folder")
        }
        try OutputFolder.make(checkpoint)
        try AtomicFile.write(Data(try text.utf8), to: path)
    }

    /// The plan as JSON, without the folder of its checkpoints. Paths are absolute, or the data set's
    /// relative to an absolute folder: the training may be resumed from another one.
    var text: String {
        get throws {
            var plan = self
            (plan.checkpoint, plan.output, plan.data) = (nil, Self.absolute(output), data.map(Self.absolute))
            plan.run = run?.mapPaths(Self.absolute)
            plan.from = from.map(Self.absolute)
            plan.folder = recipe.dataset.isPath ? Self.absolute(folder ?? ".") : nil
            return try JSONText.text(of: plan, pretty: true)
        }
    }

    /// Reads the plan of the training whose checkpoints are in `folder`.
    ///
    /// - Throws: `CognitronError` where it is missing or cannot be read.
    init(folder: String) throws {
        let path = "\(folder)/\(Self.fileName)"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CognitronError(
                .file, folder, "is no folder of checkpoints", expected: "a file \(Self.fileName) in it",
                advice: "name the folder that was given to --checkpoint")
        }
        do {
            self = try JSONDecoder().decode(TrainingPlan.self, from: data)
        } catch let error as CognitronError {
            // An unknown data set, augmentation …: one of a program that registers its own.
            throw error
        } catch {
            throw CognitronError(
                .file, path, "cannot be read",
                advice: "the file is damaged or of another version: start a new training")
        }
        checkpoint = folder
    }

    private static func absolute(_ path: String) -> String {
        URL(fileURLWithPath: path).standardizedFileURL.path
    }
}
