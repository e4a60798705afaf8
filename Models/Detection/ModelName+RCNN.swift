import Cognitron
import CognitronData

extension ModelName {
    public static let rcnn = ModelName(
        "r-cnn", "regions by selective search, each classified by itself; learns in steps, not in epochs",
        tasks: [.instances, .detection], inputShape: [128, 128, 3], paper: "Girshick et al. 2014",
        recipe: { _, _, _ in TaskRecipe(losses: []) },
        learner: { source, shape, task, seed, report in
            try learnedRCNN(
                from: source, channels: shape[2], classCount: task.classNames.count, seed: seed,
                report: report)
        },
        detector: { RCNNDetector(model: $0, classCount: $1.classNames.count) }
    ) { try CognitronModels.rcnn(channels: $0[2], classCount: $1.classNames.count) }
}
