import Cognitron
import CognitronData
import CognitronModels
import CognitronPrediction
import Foundation

extension ModelFile {
    /// The recipe that the model was trained by; nil of a model from elsewhere.
    var recipe: TrainingRecipe? { Self.decode(TrainingRecipe.self, Key.recipe, of: model) }

    /// Stores the training recipe and the task in the model's metadata: everything that determines the
    /// weights, but no paths, times or threads.
    static func describe(_ model: Model, _ recipe: TrainingRecipe, _ training: DatasetPart) throws {
        model.metadata[Key.dataset] = recipe.dataset.name
        model.metadata[Key.recipe] = try recipe.text
        model.metadata[Key.task] = try JSONText.text(of: training.task)
        model.metadata[Key.table] = try training.table.map { try JSONText.text(of: $0) }
        model.metadata[Key.text] = try training.text.map { try JSONText.text(of: $0) }
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
        guard onlyMakesSamples else { return }
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
        guard let name = model.metadata[Key.dataset] else {
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
            model.metadata[Key.task] == nil
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
