import Cognitron
import CognitronData
import CognitronModels
import CognitronPrediction

/// A recipe's data set, opened: its parts in the shape that the recipe's network takes.
struct TrainingData {
    let dataset: Dataset
    private let recipe: TrainingRecipe
    private let options: DataOptions
    /// The shape of the network's samples; nil for the data set's own.
    private let shape: Shape?

    /// - Parameters:
    ///   - folder: what a relative path of the data set is relative to.
    ///   - base: the model that the training starts from: the network takes samples of the same shape.
    /// - Throws: `CognitronError` where the data set cannot be opened, or the network is for another task.
    init(
        _ recipe: TrainingRecipe, _ options: DataOptions, in folder: String?, from base: ModelFile? = nil
    ) throws {
        (self.recipe, self.options) = (recipe, options)
        try Self.requireTable(for: recipe)
        dataset = try recipe.dataset.open(recipe.samples, in: folder)
        try Self.require(recipe.model, fits: dataset)
        shape = try Self.shape(recipe, dataset, base)
    }

    /// Loads one part.
    func part(_ split: Dataset.Split) throws -> DatasetPart {
        try options.load(dataset, split, for: shape)
    }

    /// What happens to pictures on their way into the network; nil where nothing does.
    var note: String? {
        guard let own = dataset.shape, let shape else { return nil }
        return FittedPictures.note(from: own, to: shape)
    }

    // MARK: - What fits

    /// Throws where options of tables are given for other data.
    private static func requireTable(for recipe: TrainingRecipe) throws {
        let (samples, standard) = (recipe.samples, TableOptions())
        let given = [
            ("--target", !samples.targets.isEmpty), ("--leave-out", !samples.table.leftOut.isEmpty),
            ("--missing", samples.table.missing != standard.missing),
            ("--task", samples.table.task != standard.task),
        ]
        guard !recipe.dataset.isTable, let option = given.first(where: \.1)?.0 else { return }
        throw CognitronError(
            .argument, option, "\(recipe.dataset) has no columns", expected: "a table, as csv:FILE",
            got: "\(recipe.dataset)", advice: "leave \(option) out")
    }

    /// Throws where the network is not for such a task, with networks and data sets that would fit.
    private static func require(_ model: ModelName, fits dataset: Dataset) throws {
        if case .classification(let names) = dataset.task, names.count < 2, !model.tasks.contains(.unlabelled)
        {
            throw CognitronError(
                .data, "\(dataset)", "has too few classes to tell apart", expected: "two or more",
                got: names.first.map { "only \($0)" } ?? "none",
                advice: "each class of pictures needs a folder of its own")
        }
        guard !model.tasks.contains(dataset.task.kind) else { return }
        let models = ModelName.registered.filter { $0.tasks.contains(dataset.task.kind) }.map(\.name)
        let datasets = Dataset.registered.filter { dataset in
            model.tasks.contains(dataset.task.kind) && dataset.shape.map(model.takes) ?? true
        }.map(\.name)
        let tasks = model.tasks.map(\.rawValue).joined(separator: " or ")
        let task = words(for: dataset.task.kind)
        let examples = datasets.isEmpty ? "" : ", such as \(datasets.joined(separator: ", "))"
        throw CognitronError(
            .argument, model.name, "is no network for \(task)",
            expected: "a data set for \(tasks)\(examples)", got: "\(dataset)",
            advice: models.isEmpty
                ? "there is no model for \(task) yet"
                : "models for \(task): \(models.joined(separator: ", "))")
    }

    /// A task as what a network does: many networks take pictures, few make them.
    private static func words(for task: DataTask.Kind) -> String {
        switch task {
        case .pictures: "making pictures"
        case .text: "making text"
        case .instances: "instance segmentation"
        default: task.rawValue
        }
    }

    /// Throws where the network cannot take pictures of the size that was asked for.
    private static func require(_ model: ModelName, takes shape: Shape, _ task: DataTask) throws {
        do {
            _ = try model.make(inputShape: shape, task: task)
        } catch let error as CognitronError where error.kind == .shape {
            let designed = model.inputShape
            throw CognitronError(
                .argument, "--size",
                "\(model) cannot take pictures of this size (\(error.place): \(error.problem))",
                expected: "for instance \(designed[0])x\(designed[1]), for which \(model) was designed",
                got: "\(shape[0])x\(shape[1])", advice: "choose another size, or leave --size out")
        }
    }

    /// Pictures keep their own shape where the network can be made for it; otherwise they get that for which
    /// it was designed.
    private static func shape(
        _ recipe: TrainingRecipe, _ dataset: Dataset, _ base: ModelFile?
    ) throws -> Shape? {
        if recipe.samples.pictureSize == nil, let shape = base?.model.inputShape, shape.rank == 3 {
            return shape
        }
        let designed = recipe.model.inputShape
        if let size = recipe.samples.pictureSize {
            let own = dataset.shape ?? designed
            guard own.rank == 3 else {
                throw CognitronError(.argument, "--size", "\(dataset) has no pictures", got: "\(size)")
            }
            let shape: Shape = [size[0], size[1], own[2]]
            try require(recipe.model, takes: shape, dataset.task)
            return shape
        }
        guard let own = dataset.shape else { return designed.rank == 3 ? designed : nil }
        guard own.rank == 3, designed.rank == 3 else { return own }
        do {
            _ = try recipe.model.make(inputShape: own, task: dataset.task)
            return own
        } catch let error as CognitronError where error.kind == .shape {
            return designed
        }
    }
}
