import Cognitron
import CognitronData
import CognitronImages
import CognitronModels
import Foundation

/// A trained model and the metadata of its file.
struct ModelFile {
    let path: String
    let model: Model
    /// What the model predicts.
    let task: DataTask
    /// The recipe it was trained by; nil of a model from elsewhere.
    let recipe: TrainingRecipe?
    /// How rows of tables become its samples; nil of other models.
    let table: TableCoding?
    /// How texts become its samples and its answers texts; nil of other models.
    let text: TextCoding?

    private static let datasetKey = "dataset"
    private static let taskKey = "task"
    private static let recipeKey = "recipe"
    private static let tableKey = "table"
    private static let textKey = "text"

    init(_ path: String) throws {
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
        recipe = Self.decode(TrainingRecipe.self, Self.recipeKey, of: model)
        table = Self.decode(TableCoding.self, Self.tableKey, of: model)
        text = Self.decode(TextCoding.self, Self.textKey, of: model)
        task = try Self.decode(DataTask.self, Self.taskKey, of: model) ?? Self.usualTask(of: model, path)
    }

    /// The untrained network of a name.
    init(untrained network: ModelName) throws {
        (path, task, recipe) = (network.name, network.exampleTask, nil)
        (table, text) = (nil, nil)
        model = try network.make(task: task)
    }

    /// Stores the training recipe and the task in the model's metadata: everything that determines the
    /// weights, but no paths, times or threads.
    static func describe(_ model: Model, _ recipe: TrainingRecipe, _ training: DatasetPart) throws {
        model.metadata[datasetKey] = recipe.dataset.name
        model.metadata[recipeKey] = try recipe.text
        model.metadata[taskKey] = try JSONText.text(of: training.task)
        model.metadata[tableKey] = try training.table.map { try JSONText.text(of: $0) }
        model.metadata[textKey] = try training.text.map { try JSONText.text(of: $0) }
    }

    private static func decode<Value: Decodable>(_ type: Value.Type, _ key: String, of model: Model) -> Value?
    {
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

    /// Throws where the model answers nothing about samples but makes them.
    func requireAnswers() throws {
        guard try detector() == nil else {
            throw CognitronError(
                .argument, path, "finds objects in pictures", advice: "use cognitron detect")
        }
        guard task.kind != .text, task.kind != .language else {
            throw CognitronError(
                .argument, path, task.kind == .text ? "writes texts" : "goes on with texts",
                advice: task.kind == .text
                    ? "use cognitron translate, or chat" : "use cognitron generate --prompt")
        }
        guard model.translator == nil, recipe?.model.hasTrainer ?? model.makesPictures else {
            return
        }
        throw CognitronError(
            .argument, path, "makes samples and predicts nothing of given ones",
            advice: "use cognitron generate")
    }

    /// The scores of the model on a source.
    func evaluation(_ source: any BatchSource, views: PictureViews) throws -> Evaluation {
        if let detector = try detector() {
            return Evaluation(try detector.scores(on: source, classNames: task.classNames))
        }
        let settings = TrainerSettings(optimizer: { SGD() }, seed: recipe?.seed)
        guard let trainer = try recipe?.model.trainer(for: task, model, settings) else {
            let recipe = try taskRecipe()
            var evaluation = try Evaluation(
                model, recipe, try recipe.targets.source(source), views: views,
                pixelClasses: task.kind == .segmentation ? task.classNames : nil)
            evaluation.scores += try writtenScores(source)
            return evaluation
        }
        return Evaluation(try trainer.evaluate(source))
    }

    /// What answers: the generator that makes a picture of another, or the whole model.
    var answering: Model { model.translator ?? model }

    /// The losses and metrics of the model's task.
    func taskRecipe() throws -> TaskRecipe {
        try recipe?.model.recipe(for: task, model) ?? TaskRecipe(for: task, model)
    }

    /// Whether the model has learnt to give back its input.
    var isAutoencoder: Bool { (try? taskRecipe().targets) == .input }

    /// What the model answers: pictures where it gives back its input, else what its task says.
    var answers: DataTask { isAutoencoder && model.outputShape?.rank == 3 ? .pictures : task }

    /// The shape of the model's samples.
    func inputShape() throws -> Shape {
        guard let shape = model.sampleShape else {
            throw CognitronError(.model, path, "has several inputs, or one of no fixed shape")
        }
        return shape
    }

    // MARK: - Beside the file

    /// The file's name without folder and ending.
    var name: String { URL(fileURLWithPath: Self.path(path, ending: "")).lastPathComponent }

    /// A file beside the model's, with its name and another ending: `net.safetensors` → `net.history.json`
    static func path(_ path: String, ending: String) -> String {
        let suffix = ".safetensors"
        return (path.hasSuffix(suffix) ? String(path.dropLast(suffix.count)) : path) + ending
    }

    /// The history of the training, from the file beside the model's.
    func history() throws -> History {
        let path = Self.path(path, ending: ".history.json")
        guard let data = FileManager.default.contents(atPath: path) else {
            throw CognitronError(
                .file, path, "is missing: it holds the history of the training",
                advice: "cognitron train writes it beside the model")
        }
        do {
            return try JSONDecoder().decode(History.self, from: data)
        } catch {
            throw CognitronError(
                .file, path, "is no history of a training", expected: "JSON with epochs and scores",
                advice: "train again")
        }
    }

    // MARK: - Data for the model

    /// Loads a part of a data set in the shape that the model takes. Files are read as those that the model
    /// was trained on, so that the parts of the same files are the same; another table is read as a whole.
    ///
    /// - Parameter ofAllClasses: whether classes that the model was not trained on count too.
    /// - Throws: `CognitronError` where its targets are others than the model's, unless that uses none.
    func load(
        _ name: DatasetName, _ split: Dataset.Split, _ options: DataOptions, ofAllClasses: Bool = false
    ) throws -> DatasetPart {
        var samples = name.isPath || name == recipe?.dataset ? recipe?.samples : nil
        samples?.coding = text
        if ofAllClasses {
            samples?.classes = nil
            samples?.samplesPerClass = nil
        }
        if let table, name != recipe?.dataset, let part = try name.table(as: table, samples) { return part }
        let dataset = try name.open(samples ?? DatasetOptions())
        if !isAutoencoder { try require(dataset) }
        return try options.load(dataset, split, for: text == nil ? try inputShape() : nil)
    }

    /// The given data set, or else the one that the model was trained on.
    func dataset(_ given: DatasetName?) throws -> DatasetName {
        if let given { return given }
        guard let name = model.metadata[Self.datasetKey] else {
            throw CognitronError(
                .argument, path, "does not say what it was trained on",
                advice: "name a data set with --dataset")
        }
        guard let dataset = try? DatasetName(name) else {
            throw CognitronError(
                .argument, path, "was trained on a data set that is unknown here",
                expected: "one of \(Dataset.table.names.joined(separator: ", "))", got: name,
                advice: "name a data set with --dataset")
        }
        return dataset
    }

    /// Throws where a data set's targets are others than the model's.
    private func require(_ dataset: Dataset) throws {
        guard dataset.task.kind == task.kind else {
            throw CognitronError(
                .argument, "\(dataset)", "is for another task than \(path)", expected: task.name,
                got: dataset.task.name)
        }
        // A file without a task has classes without names.
        let isSame =
            model.metadata[Self.taskKey] == nil
            ? dataset.task.classNames.count == task.classNames.count : dataset.task == task
        guard !isSame else { return }
        throw CognitronError(
            .data, "\(dataset)", "its targets are others than those of \(path)", expected: task.targetsText,
            got: dataset.task.targetsText, advice: "name another data set with --dataset")
    }
}

extension DataTask {
    /// `10 classes (cat, dog, …)`.
    var targetsText: String {
        let names: [String]
        if case .regression(let targets) = self { names = targets } else { names = classNames }
        guard !names.isEmpty else { return name }
        let shown = names.prefix(5).joined(separator: ", ") + (names.count > 5 ? ", …" : "")
        return kind == .regression ? shown : "\(count(names.count, "class", "classes")) (\(shown))"
    }
}

/// Values as JSON with sorted keys, so that equal values have equal texts.
enum JSONText {
    static func text(of value: some Encodable, pretty: Bool = false) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if pretty { encoder.outputFormatting.insert(.prettyPrinted) }
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}
