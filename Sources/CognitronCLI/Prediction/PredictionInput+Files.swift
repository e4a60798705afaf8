import Cognitron
import CognitronData
import CognitronImages

extension PredictionInput {
    /// Files of the command line.
    ///
    /// - Throws: `CognitronError` where the model takes no such files.
    init(_ file: ModelFile, files: [String]) throws {
        let shape = try file.inputShape()
        guard shape.rank == 3 else {
            throw CognitronError(
                .argument, file.path, "takes no files", expected: "numbers of samples of its data set",
                got: files.joined(separator: " "))
        }
        let source = try PictureSource(
            files, shape: shape, framing: file.recipe?.samples.framing ?? .stretch)
        self.init(names: files, source: source, samples: Array(files.indices), hasTruth: false)
    }
}
