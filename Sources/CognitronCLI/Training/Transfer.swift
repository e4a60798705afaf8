import Cognitron
import CognitronData
import CognitronModels
import CognitronPrediction
import Foundation

/// Starts a compiled network from another model's weights, freezes layers, and sets their learning rates.
struct Transfer {
    private(set) var frozen: [Parameter] = []
    private(set) var notes: [String] = []

    init(
        _ recipe: TransferRecipe?, from base: ModelFile?, to model: Model, _ optimizer: any Optimizer,
        _ training: DatasetPart
    ) throws {
        if let base { notes = try Self.load(base, into: model, training) }
        guard let recipe else { return }
        try setLearningRates(recipe.learningRates, model, optimizer)
        frozen = try recipe.frozen.flatMap { name in
            try Self.named("--freeze") {
                name == TransferRecipe.body
                    ? try model.freezeBody() : try model.setTrainable(false, matching: [name])
            }
        }
        guard !recipe.frozen.isEmpty else { return }
        guard !model.trainableParameters.isEmpty else {
            throw CognitronError(
                .argument, "--freeze", "leaves nothing to train", expected: "fewer layers, or body",
                got: recipe.frozen.joined(separator: ", "))
        }
        notes.append("Frozen: \(Self.count(frozen)) of \(model.parameterCount) parameters")
    }

    /// Loads what fits; normalisation of the input stays that of the new data.
    private static func load(
        _ base: ModelFile, into model: Model, _ training: DatasetPart
    ) throws -> [String] {
        let report: TransferReport
        do {
            report = try model.load(base.path, matching: matching(base, model, training.task))
        } catch let error as CognitronError where error.kind == .model {
            let own = base.recipe.map { "--model \($0.model)" }
            throw CognitronError(
                .model, error.place, error.problem, expected: error.expected, got: error.received,
                advice: own ?? error.advice)
        }
        try model.adaptNormalization(to: training.source)
        let lines = "\(report)".split(separator: "\n").map(String.init)
        return ["From \(base.path): \(lines[0])"] + lines.dropFirst().map { "  \($0)" }
    }

    /// The last layer is taken for the classes that both have; without classes, where targets are the same.
    private static func matching(_ base: ModelFile, _ model: Model, _ task: DataTask) -> WeightMatching {
        if case (.classification(let old), .classification(let new)) = (base.task, task) {
            return .nameAndShape.keepingClasses(of: old, in: new)
        }
        guard base.task != task else { return .nameAndShape }
        return .nameAndShape.leavingOut(
            headPatterns(model).map { "^\($0)" })
    }

    /// Patterns of how the paths of the head's parameters begin.
    private static func headPatterns(_ model: Model) -> [String] {
        model.headLayers.map { "\(NSRegularExpression.escapedPattern(for: $0))/" }
    }

    private func setLearningRates(
        _ factors: [TransferRecipe.Factor], _ model: Model, _ optimizer: any Optimizer
    ) throws {
        guard !factors.isEmpty else { return }
        guard let optimizer = optimizer as? any SlotOptimizer else {
            throw CognitronError(
                .argument, "--learning-rates", "\(type(of: optimizer)) has one learning rate for all layers")
        }
        let head = Self.headPatterns(model)
        let patterns = factors.map {
            $0.layers == TransferRecipe.body ? "^(?!\(head.joined(separator: "|")))" : $0.layers
        }
        try Self.named("--learning-rates") { _ = try model.parameters(matching: patterns) }
        optimizer.multiplyLearningRate(zip(patterns, factors.map(\.factor)).map { ($0, $1) })
    }

    /// Runs `body` with the option's name as the place of its error.
    private static func named<Result>(_ option: String, _ body: () throws -> Result) throws -> Result {
        do {
            return try body()
        } catch let error as CognitronError {
            throw CognitronError(
                error.kind, option, error.problem, expected: error.expected, got: error.received,
                advice: error.advice)
        }
    }

    private static func count(_ parameters: [Parameter]) -> Int {
        parameters.reduce(0) { $0 + $1.shape.elementCount }
    }
}
