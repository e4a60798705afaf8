import Cognitron
import CognitronDetection

/// A small anchor-based YOLO: fully convolutional, a cell for every 8 pixels with a box for each shape.
///
/// | layer | output |
/// |---|---|
/// | the stages of `DetectionStages`: fine and coarse maps | 16×16×64, 8×8×128 |
/// | the coarse map: conv 64 @ 1×1, batch norm, ReLU, twice enlarged; joined to the fine one | 16×16×128 |
/// | 2 × conv 128 @ 3×3, batch norm, ReLU | 16×16×128 |
/// | conv of shapes · (5 + classes) @ 1×1, linear | 16×16×75 |
///
/// - Parameters:
///   - shapes: the number of boxes a cell.
///   - base: the filters of the first convolution.
/// - Throws: `CognitronError` where the pictures' sides are no multiples of 16.
/// - Source: Redmon and Farhadi, "YOLO9000: Better, Faster, Stronger" (2017), and "YOLOv3" (2018).
public func yolo(
    inputShape: Shape = [128, 128, 3], classCount: Int = 10, shapes: Int = AnchorShapes.drawn.sizes.count,
    base: Int = 16
) throws -> Model {
    try requirePictures(inputShape, multipleOf: 16, classCount: classCount, "yolo")
    let input = Input(shape: inputShape)
    let stages = DetectionStages(input, base: base)
    let coarse = detectionBlock(4 * base, kernelSize: 1, name: "lateral", stages.coarse)
    var x = Concatenate()(stages.fine, UpSampling2D(2)(coarse))
    for number in 0..<2 { x = detectionBlock(8 * base, name: "head.\(number)", x) }
    let boxes = Conv2D(shapes * (5 + classCount), kernelSize: 1, name: "boxes")(x)
    return try Model(inputs: input, outputs: boxes, name: "yolo")
}

extension AnchorShapes {
    /// Those of drawn scenes, in shares of the picture: `AnchorShapes.clustered` of their boxes.
    public static let drawn = AnchorShapes([
        [0.18, 0.20], [0.36, 0.22], [0.24, 0.38], [0.36, 0.36], [0.46, 0.46],
    ])
}
