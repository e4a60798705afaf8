import Cognitron
import CognitronDetection

/// YOLO's first form as it was published: 24 convolutions, two dense layers, a grid of 7×7 cells.
///
/// | layer (leaky ReLU 0.1 after each) | output |
/// |---|---|
/// | conv 64 @ 7×7, stride 2; max pool 2 | 112×112×64 |
/// | conv 192 @ 3×3; max pool 2 | 56×56×192 |
/// | conv 128 @ 1×1, 256 @ 3×3, 256 @ 1×1, 512 @ 3×3; max pool 2 | 28×28×512 |
/// | 4 × (conv 256 @ 1×1, 512 @ 3×3); conv 512 @ 1×1, 1024 @ 3×3; max pool 2 | 14×14×1024 |
/// | 2 × (conv 512 @ 1×1, 1024 @ 3×3); conv 1024 @ 3×3; conv 1024 @ 3×3, stride 2 | 7×7×1024 |
/// | 2 × conv 1024 @ 3×3 | 7×7×1024 |
/// | dense 4096, dropout 0.5 | 4096 |
/// | dense, linear: 2 boxes of 5 numbers and the classes for each cell | 7×7×30 |
///
/// 271,703,550 parameters, 20,285,153,280 multiply-adds with 20 classes.
///
/// - Parameters:
///   - width: the factor of all filters and units.
/// - Throws: `CognitronError` where the pictures' sides are no multiples of 64.
/// - Source: Redmon et al., "You Only Look Once: Unified, Real-Time Object Detection" (2016), figure 3.
public func yoloV1Full(
    inputShape: Shape = [448, 448, 3], classCount: Int = 20, boxesPerCell: Int = 2, width: Float = 1
) throws -> Model {
    try requirePictures(inputShape, multipleOf: 64, classCount: classCount, "yolo-v1-448")
    let width = try WidthFactor(width, "yolo-v1-448")
    let input = Input(shape: inputShape)
    var (x, number) = (input.symbolic, 0)
    for stage in yoloV1Stages {
        for convolution in stage {
            let layer = Conv2D(
                width(convolution.filters), kernelSize: convolution.size, strides: convolution.strides,
                padding: .explicit(convolution.size / 2), kernelInitializer: .heNormal, name: "conv.\(number)"
            )
            x = LeakyReLU(negativeSlope: 0.1)(layer(x))
            number += 1
        }
        if stage.last?.isPooled == true { x = MaxPooling2D(poolSize: 2)(x) }
    }
    let (rows, columns, depth) = (inputShape[0] / 64, inputShape[1] / 64, boxesPerCell * 5 + classCount)
    x = Dense(width(4096), kernelInitializer: .heNormal, name: "dense")(Flatten()(x))
    x = Dropout(0.5)(LeakyReLU(negativeSlope: 0.1)(x))
    x = Dense(rows * columns * depth, name: "cells")(x)
    return try Model(inputs: input, outputs: Reshape(rows, columns, depth)(x), name: "yolo-v1-448")
}

private typealias YOLOConvolution = (filters: Int, size: Int, strides: Int, isPooled: Bool)

/// The convolutions between poolings.
private let yoloV1Stages: [[YOLOConvolution]] = {
    func pairs(_ count: Int, _ small: Int, _ large: Int) -> [YOLOConvolution] {
        (0..<count).flatMap { _ in [(small, 1, 1, false), (large, 3, 1, false)] }
    }
    func pooled(_ convolutions: [YOLOConvolution]) -> [YOLOConvolution] {
        convolutions.enumerated().map { number, convolution in
            var convolution = convolution
            convolution.isPooled = number == convolutions.count - 1
            return convolution
        }
    }
    return [
        pooled([(64, 7, 2, false)]),
        pooled([(192, 3, 1, false)]),
        pooled(pairs(1, 128, 256) + pairs(1, 256, 512)),
        pooled(pairs(4, 256, 512) + pairs(1, 512, 1024)),
        pairs(2, 512, 1024) + [(1024, 3, 1, false), (1024, 3, 2, false)],
        [(1024, 3, 1, false), (1024, 3, 1, false)],
    ]
}()

/// A small form of YOLO's first form: a cell for every 8 pixels, two boxes and one set of classes a cell.
///
/// | layer | output |
/// |---|---|
/// | `DetectionStages.features` | 16×16×128 |
/// | conv of 2 boxes of 5 numbers and the classes @ 1×1, linear | 16×16×20 |
///
/// What differs from the paper, and why:
///
/// - Convolutions take the place of the dense layers: an object looks alike in every cell.
/// - Batch norm, ReLU: the network learns from random weights, the paper's is trained on ImageNet first.
/// - The last kernel begins near zero. Squared errors of 512 boxes without objects are otherwise most of the
///   loss, and drive the features to zero before they have learnt objects.
/// - The loss is the paper's with `YOLOGrid.fineBackground` in place of 0.5.
///
/// - Parameter base: the filters of the first convolution.
/// - Throws: `CognitronError` where the pictures' sides are no multiples of 16.
/// - Source: Redmon et al., "You Only Look Once: Unified, Real-Time Object Detection" (2016).
public func yoloV1(
    inputShape: Shape = [128, 128, 3], classCount: Int = 10, boxesPerCell: Int = 2, base: Int = 16
) throws -> Model {
    try requirePictures(inputShape, multipleOf: 16, classCount: classCount, "yolo-v1")
    let input = Input(shape: inputShape)
    let cells = Conv2D(
        boxesPerCell * 5 + classCount, kernelSize: 1, kernelInitializer: .randomNormal(stddev: 0.01),
        name: "cells")(DetectionStages(input, base: base).features)
    return try Model(inputs: input, outputs: cells, name: "yolo-v1")
}

extension YOLOGrid {
    /// What the confidence of boxes without objects counts in the small form: 0.5 · 41 / 128, where the paper
    /// has 41 boxes for each object (98 for the 2.4 objects of a picture of PASCAL VOC), and 16×16 cells of
    /// two boxes have 128 for each of four objects.
    static let fineBackground: Float = 0.16
}
