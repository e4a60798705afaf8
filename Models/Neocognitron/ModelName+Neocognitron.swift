import Cognitron
import CognitronData

extension ModelName {
    public static let neocognitron = ModelName(
        "neocognitron", "edges, then features found where no cell answers; learns without gradients",
        tasks: [.classification], inputShape: [28, 28, 1], paper: "Fukushima 2013",
        learner: { source, shape, task, _, report in
            try learnedNeocognitron(
                from: source, inputShape: shape, classCount: task.classNames.count, report: report)
        }
    ) { try CognitronModels.neocognitron(inputShape: $0, classCount: $1.classNames.count) }

    public static let neocognitron1980 = ModelName(
        "neocognitron-1980", "the first convolutional network, which organises itself",
        tasks: [.classification], inputShape: [16, 16, 1], paper: "Fukushima 1980",
        learner: { source, shape, task, seed, report in
            try learnedNeocognitron1980(
                from: source, inputShape: shape, classCount: task.classNames.count, seed: seed,
                report: report)
        }
    ) { try CognitronModels.neocognitron1980(inputShape: $0, classCount: $1.classNames.count) }

    /// Registers the types of layers that this package's networks have of their own. Call it before loading
    /// their files.
    public static func registerLayers() {
        LayerRegistry.register(ContrastLayer.self)
        LayerRegistry.register(SCellLayer.self)
        LayerRegistry.register(CCellLayer.self)
        LayerRegistry.register(InterpolatingVectors.self)
        LayerRegistry.register(LabelledCells.self)
    }
}
