import Cognitron
import CognitronData
import CognitronDetection

// Detectors of two stages: regions that may hold an object, then what they hold.

extension ModelName {
    static let regionDetectors: [ModelName] = [
        .rcnn, .fastRCNN, .fasterRCNN, .maskRCNN, .fasterRCNNResNet50, .fasterRCNNResNet50FPN,
        .maskRCNNResNet50FPN,
    ]

    public static let fastRCNN = regionDetector(
        "fast-rcnn", "boxes of regions that a selective search finds", settings: .smallSearch,
        paper: "Girshick 2015"
    ) { try CognitronModels.fasterRCNN(inputShape: $0, classCount: $1, proposesRegions: false) }

    public static let fasterRCNN = regionDetector(
        "faster-rcnn", "boxes of regions that the network proposes", settings: .small,
        paper: "Ren et al. 2015"
    ) { try CognitronModels.fasterRCNN(inputShape: $0, classCount: $1) }

    public static let maskRCNN = regionDetector(
        "mask-rcnn", "boxes and masks of regions that the network proposes", tasks: [.instances],
        settings: .small, paper: "He et al. 2017"
    ) { try CognitronModels.fasterRCNN(inputShape: $0, classCount: $1, hasMasks: true) }

    public static let fasterRCNNResNet50 = photographDetector(
        "faster-rcnn-resnet50", "boxes, on one level of ResNet-50", settings: .singleLevel,
        paper: "Ren et al. 2015"
    ) { try CognitronModels.fasterRCNNResNet50(inputShape: $0, classCount: $1) }

    public static let fasterRCNNResNet50FPN = photographDetector(
        "faster-rcnn-resnet50-fpn", "boxes, on a feature pyramid of ResNet-50", settings: .pyramid,
        paper: "Lin et al. 2017"
    ) { try CognitronModels.fasterRCNNResNet50FPN(inputShape: $0, classCount: $1) }

    public static let maskRCNNResNet50FPN = photographDetector(
        "mask-rcnn-resnet50-fpn", "boxes and masks, on a feature pyramid of ResNet-50", tasks: [.instances],
        settings: .pyramid, paper: "He et al. 2017"
    ) { try CognitronModels.fasterRCNNResNet50FPN(inputShape: $0, classCount: $1, hasMasks: true) }

    /// A detector of COCO's 90 numbers of classes.
    private static func photographDetector(
        _ name: String, _ summary: String, tasks: [DataTask.Kind] = [.instances, .detection],
        settings: RegionSettings, paper: String,
        make: @escaping @Sendable (_ inputShape: Shape, _ classCount: Int) throws -> Model
    ) -> ModelName {
        regionDetector(
            name, summary, tasks: tasks, inputShape: [800, 1088, 3], classCount: 90, batchSize: 1,
            settings: settings,
            paper: paper, make: make)
    }

    private static func regionDetector(
        _ name: String, _ summary: String, tasks: [DataTask.Kind] = [.instances, .detection],
        inputShape: Shape = [128, 128, 3], classCount: Int = 10, batchSize: Int = 8, settings: RegionSettings,
        paper: String,
        make: @escaping @Sendable (_ inputShape: Shape, _ classCount: Int) throws -> Model
    ) -> ModelName {
        ModelName(
            name, summary, tasks: tasks, inputShape: inputShape, classCount: classCount, paper: paper,
            recipe: { _, _, _ in TaskRecipe(losses: []) },
            training: TrainingDefaults(optimizer: "adam", batchSize: batchSize),
            trainer: { model, _, trainer in try .regions(model, trainer, step: RegionStep(settings)) },
            detector: { model, _ in try RegionDetector(model, settings) }
        ) { try make($0, $1.classNames.count) }
    }
}

extension Trainer {
    /// The trainer of the networks of a two-stage detector (`RegionNetworks`).
    ///
    /// - Throws: `CognitronError` where the model has no such layers.
    static func regions(_ model: Model, _ settings: TrainerSettings, step: RegionStep) throws -> Trainer {
        let networks = try RegionNetworks(of: model).named
        return Trainer(
            networks: networks, optimizers: networks.map { ($0.name, settings.optimizer()) }, step: step,
            gradients: settings.gradients, seed: settings.seed)
    }
}
