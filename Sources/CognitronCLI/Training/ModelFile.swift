import Cognitron
import CognitronData
import Foundation

/// A trained model and the metadata of its file.
struct ModelFile {
    let path: String
    let model: Model

    private static let datasetKey = "dataset"
    private static let classNamesKey = "class_names"
    private static let recipeKey = "recipe"

    init(_ path: String) throws {
        self.path = path
        model = try Model.load(path)
    }

    /// Stores the training recipe and the class names in the model's metadata: everything that determines
    /// the weights, but no paths, times or threads.
    static func describe(_ model: Model, _ recipe: TrainingRecipe, classNames: [String]) throws {
        model.metadata[datasetKey] = recipe.dataset.name
        model.metadata[recipeKey] = try recipe.text
        model.metadata[classNamesKey] = classNames.joined(separator: "\n")
    }

    /// The names of the model's classes; their indices where the file has none.
    var classNames: [String] {
        let names = model.metadata[Self.classNamesKey]?.split(
            separator: "\n", omittingEmptySubsequences: false)
        let count = model.outputShape?.last ?? 0
        guard let names, names.count == count else { return (0..<count).map(String.init) }
        return names.map(String.init)
    }

    /// Returns the given data set, or else the one the model was trained on.
    func dataset(_ given: Dataset?) throws -> Dataset {
        if let given { return given }
        guard let name = model.metadata[Self.datasetKey] else {
            throw CognitronError(
                .argument, path, "does not say what it was trained on",
                advice: "name a data set with --dataset")
        }
        guard let dataset = try? Dataset(named: name) else {
            throw CognitronError(
                .argument, path, "was trained on a data set that is unknown here",
                expected: "one of \(Dataset.table.names.joined(separator: ", "))", got: name,
                advice: "name a data set with --dataset")
        }
        return dataset
    }

    func inputShape() throws -> Shape {
        guard model.outputCount == 1, let shape = model.inputShape, shape.rank == 3,
            model.outputShape?.rank == 1
        else {
            throw CognitronError(
                .model, path, "is not a classifier of pictures",
                expected: "one input of height × width × channels and one output of classes")
        }
        return shape
    }
}
