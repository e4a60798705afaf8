import Cognitron
import CognitronData
import CognitronDetection
import CognitronImages
import CognitronModels
import CognitronText
import Foundation

/// A trained model and the metadata of its file.
package struct ModelFile: Sendable {
    package let path: String
    package let model: Model
    /// What the model predicts.
    package let task: DataTask
    /// What its answers depend on beside the weights; nil of a model from elsewhere.
    package let origin: ModelOrigin?
    /// How rows of tables become its samples; nil of other models.
    package let table: TableCoding?
    /// How texts become its samples and its answers texts; nil of other models.
    package let text: TextCoding?

    /// The entries of a model's metadata, values as JSON.
    package enum Key {
        package static let dataset = "dataset"
        package static let task = "task"
        package static let recipe = "recipe"
        package static let table = "table"
        package static let text = "text"
    }

    package init(_ path: String) throws {
        self.path = path
        let ending = URL(fileURLWithPath: path).pathExtension.lowercased()
        if PictureFormat(ending: path) != nil || ["csv", "json", "yaml"].contains(ending) {
            throw CognitronError(
                .argument, path, "is no model",
                expected: "a file that cognitron train has written, MODEL.safetensors",
                advice: "the model stands first, before files to predict")
        }
        let model = try Model.load(path)
        self.model = model
        origin = Self.decode(ModelOrigin.self, Key.recipe, of: model)
        table = Self.decode(TableCoding.self, Key.table, of: model)
        text = Self.decode(TextCoding.self, Key.text, of: model)
        task = try Self.decode(DataTask.self, Key.task, of: model) ?? Self.usualTask(of: model, path)
    }

    /// The untrained network of a name.
    package init(untrained network: ModelName) throws {
        (path, task, origin) = (network.name, network.exampleTask, nil)
        (table, text) = (nil, nil)
        model = try network.make(task: task)
    }

    /// A value of a model's metadata; nil where it is missing or of another form.
    package static func decode<Value: Decodable>(
        _ type: Value.Type, _ key: String, of model: Model
    ) -> Value? {
        model.metadata[key].flatMap { try? JSONDecoder().decode(type, from: Data($0.utf8)) }
    }

    /// The task of a model whose file says nothing: it must make pictures, or be a classifier, whose
    /// classes have no names.
    private static func usualTask(of model: Model, _ path: String) throws -> DataTask {
        if model.makesPictures { return .unlabelled }
        if let input = model.inputShape, model.outputShapes == [input], input.rank == 3 { return .unlabelled }
        if let output = (model.translator ?? model).outputShape, output.rank == 3,
            PictureChannels(count: output[2]) != nil
        {
            return .pictures
        }
        guard model.outputCount == 1, let output = model.outputShape, output.rank == 1 else {
            throw CognitronError(
                .model, path, "does not say what it predicts, and is no classifier and no autoencoder",
                expected: "one output of classes, or a file that cognitron train has written")
        }
        return .classification(classNames: (0..<output[0]).map(String.init))
    }

    /// Whether the model makes samples of noise and answers nothing about given ones.
    package var onlyMakesSamples: Bool {
        model.translator == nil && (origin?.model.hasTrainer ?? model.makesPictures)
    }

    /// What answers: the generator that makes a picture of another, or the whole model.
    package var answering: Model { model.translator ?? model }

    /// The losses and metrics of the model's task.
    package func taskRecipe() throws -> TaskRecipe {
        try origin?.model.recipe(for: task, model) ?? TaskRecipe(for: task, model)
    }

    /// Whether the model has learnt to give back its input.
    package var isAutoencoder: Bool { (try? taskRecipe().targets) == .input }

    /// What the model answers: pictures where it gives back its input, else what its task says.
    package var answers: DataTask { isAutoencoder && model.outputShape?.rank == 3 ? .pictures : task }

    /// The shape of the model's samples.
    package func inputShape() throws -> Shape {
        guard let shape = model.sampleShape else {
            throw CognitronError(.model, path, "has several inputs, or one of no fixed shape")
        }
        return shape
    }

    /// How pictures of other sizes become the model's.
    package var framing: Framing { origin?.samples.framing ?? .stretch }

    /// What finds objects by the model; nil of models that find none.
    package func detector() throws -> (any Detector)? { try origin?.model.detector(for: task, model) }

    /// What writes texts by the model.
    ///
    /// - Parameter beam: how many texts are followed side by side.
    /// - Throws: `CognitronError` where it writes none.
    package func translator(beam: Int = 1) throws -> Translator {
        guard task.kind == .text, let text, text.inputs != nil else {
            throw CognitronError(
                .argument, path, "writes no texts of texts",
                expected: "a model such as seq2seq, trained on pairs of texts", got: task.name)
        }
        return try Translator(
            model: model, coding: text, search: beam == 1 ? .greedy : .beam(width: beam))
    }

    /// The file's name without folder and ending.
    package var name: String { URL(fileURLWithPath: Self.path(path, ending: "")).lastPathComponent }

    /// A file beside the model's, with its name and another ending: `net.safetensors` → `net.history.json`
    package static func path(_ path: String, ending: String) -> String {
        let suffix = ".safetensors"
        return (path.hasSuffix(suffix) ? String(path.dropLast(suffix.count)) : path) + ending
    }
}

/// What a model's file says of its training, as far as its answers depend on it: a part of the recipe.
package struct ModelOrigin: Decodable, Sendable {
    package let model: ModelName
    /// The data set's name, or a form of files and a path: `csv:prices.csv`.
    let dataset: String
    /// How its files became samples.
    package let samples: DatasetOptions

    /// Whether the data set is made of files at a path.
    var isOfFiles: Bool { DatasetScheme.split(dataset) != nil }
}

extension Model {
    /// Whether a part of the model makes pictures of noise alone.
    package var makesPictures: Bool { (try? SampleGenerator(of: self).requirePictures()) != nil }
}
