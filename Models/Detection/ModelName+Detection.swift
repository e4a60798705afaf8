import Cognitron
import CognitronData
import CognitronDetection

// Detectors that find all objects in one pass, and what comes before: the class and box of one object.

extension ModelName {
    static let singleShotDetectors: [ModelName] = [
        .localizer, .yoloV1, .yoloV1Full, .yolo, .ssd, .ssd300,
    ]

    public static let localizer = detecting(
        "localizer", "the class and the box of the largest object", "Sermanet et al. 2014",
        loss: { .localization(classCount: $0.classCount, height: $0.height, width: $0.width) },
        detector: { model, _ in LocalizationDetector(model: model) }
    ) { try CognitronModels.localizer(inputShape: $0, classCount: $1) }

    public static let yoloV1 = detecting(
        "yolo-v1", "a small form of YOLO's first: two boxes and one class a cell", "Redmon et al. 2016",
        loss: { .yoloGrid(try $0.grid, background: YOLOGrid.fineBackground) },
        detector: { GridDetector(model: $0, grid: try $1.grid) }
    ) { try CognitronModels.yoloV1(inputShape: $0, classCount: $1) }

    public static let yoloV1Full = detecting(
        "yolo-v1-448", "YOLO as it was first published: 24 convolutions, dense layers", "Redmon et al. 2016",
        inputShape: [448, 448, 3], classCount: 20,
        loss: { .yoloGrid(try $0.grid) },
        detector: { GridDetector(model: $0, grid: try $1.grid) }
    ) { try CognitronModels.yoloV1Full(inputShape: $0, classCount: $1) }

    public static let yolo = detecting(
        "yolo", "a small YOLO with anchors", "Redmon and Farhadi 2017",
        loss: { .anchorCells($0.cells) },
        detector: { AnchorDetector(model: $0, cells: $1.cells) }
    ) { try CognitronModels.yolo(inputShape: $0, classCount: $1) }

    public static let ssd = detecting(
        "ssd", "a small SSD: default boxes of three maps", "Liu et al. 2016",
        loss: { .multibox($0.boxes(.small, scales: [8, 16, 32])) },
        detector: { MultiboxDetector(model: $0, boxes: $1.boxes(.small, scales: [8, 16, 32])) }
    ) { try CognitronModels.ssd(inputShape: $0, classCount: $1) }

    public static let ssd300 = detecting(
        "ssd300", "SSD on VGG16: 8,732 default boxes of six maps", "Liu et al. 2016",
        inputShape: [300, 300, 3], classCount: 20,
        loss: { .multibox($0.ssd300Boxes) },
        detector: { MultiboxDetector(model: $0, boxes: $1.ssd300Boxes) }
    ) { try CognitronModels.ssd300(inputShape: $0, classCount: $1) }

    /// A network that finds objects, by default those of the drawings of `ShapeScenes`.
    private static func detecting(
        _ name: String, _ summary: String, _ paper: String, inputShape: Shape = [128, 128, 3],
        classCount: Int = Shapes.classNames.count,
        loss: @escaping @Sendable (DetectorForm) throws -> Loss,
        detector: @escaping @Sendable (Model, DetectorForm) throws -> any Detector,
        make: @escaping @Sendable (_ inputShape: Shape, _ classCount: Int) throws -> Model
    ) -> ModelName {
        ModelName(
            name, summary, tasks: [.detection, .instances], inputShape: inputShape, classCount: classCount,
            paper: paper,
            recipe: { task, model, _ in
                let form = try DetectorForm(name, model, task)
                return TaskRecipe(
                    losses: [try loss(form)],
                    targets: .boxes(classCount: form.classCount, height: form.height, width: form.width))
            },
            // Means of pixels are as published, or learnt.
            adapt: { _, _ in }, training: TrainingDefaults(optimizer: "adam", batchSize: 8),
            detector: { try detector($0, DetectorForm(name, $0, $1)) }
        ) { try make($0, $1.classNames.count) }
    }
}

/// The sizes of a single-shot detector: of its pictures, classes and output.
private struct DetectorForm {
    let name: String
    let classCount: Int
    let height: Int
    let width: Int
    let output: Shape

    init(_ name: String, _ model: Model, _ task: DataTask) throws {
        guard let input = model.inputShape, let output = model.outputShape, input.rank == 3 else {
            throw CognitronError(.model, name, "has no sizes yet", advice: "make it by its ModelName")
        }
        (self.name, classCount, self.output) = (name, task.classNames.count, output)
        (height, width) = (input[0], input[1])
    }

    var grid: YOLOGrid {
        get throws {
            guard output.rank == 3, output[2] > classCount, (output[2] - classCount).isMultiple(of: 5) else {
                throw CognitronError(
                    .model, name, "has another number of classes than the data",
                    expected: "cells of 5 numbers a box and \(classCount) classes", got: "\(output)")
            }
            return YOLOGrid(
                rows: output[0], columns: output[1], boxesPerCell: (output[2] - classCount) / 5,
                classCount: classCount, height: height, width: width)
        }
    }

    var cells: AnchorCells {
        AnchorCells(shapes: .drawn, classCount: classCount, height: height, width: width)
    }

    /// - Parameter scales: the pixels a cell of each map.
    func boxes(_ defaults: DefaultBoxes, scales: [Int]) -> MultiboxBoxes {
        MultiboxBoxes(
            defaults.boxes(
                levels: scales.map { (height / $0, width / $0) }, pictureHeight: height, pictureWidth: width),
            height: height, width: width)
    }

    var ssd300Boxes: MultiboxBoxes {
        MultiboxBoxes(
            DefaultBoxes.ssd300.boxes(
                levels: [38, 19, 10, 5, 3, 1].map { ($0, $0) }, pictureHeight: 300, pictureWidth: 300),
            height: 300, width: 300)
    }
}
