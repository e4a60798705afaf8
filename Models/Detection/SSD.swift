import Cognitron
import CognitronDetection

/// A small SSD: boxes of three maps, at 8, 16 and 32 pixels a cell.
///
/// | layer | output |
/// |---|---|
/// | the stages of `DetectionStages`: fine and coarse maps | 16×16×64, 8×8×128 |
/// | conv 256 @ 3×3, stride 2; conv 256 @ 3×3; batch norm, ReLU | 4×4×256 |
/// | from each map conv 64, 128 or 256 @ 3×3, batch norm, ReLU, then of each cell's 4 boxes | |
/// | conv 4 · 4 offsets and conv 4 · (1 + classes) @ 3×3 | 1344×(5 + classes) |
///
/// - Parameter base: the filters of the first convolution.
/// - Throws: `CognitronError` where the pictures' sides are no multiples of 32.
/// - Source: Liu et al., "SSD: Single Shot MultiBox Detector" (2016).
public func ssd(
    inputShape: Shape = [128, 128, 3], classCount: Int = 10, base: Int = 16
) throws -> Model {
    try requirePictures(inputShape, multipleOf: 32, classCount: classCount, "ssd")
    let input = Input(shape: inputShape)
    let stages = DetectionStages(input, base: base)
    var last = detectionBlock(16 * base, strides: 2, name: "stage.4.0", stages.coarse)
    last = detectionBlock(16 * base, name: "stage.4.1", last)
    let maps = [stages.fine, stages.coarse, last].enumerated().map { level, map in
        let x = detectionBlock(base << (level + 2), name: "level.\(level)", map)
        let scale = 8 << level
        return MultiboxMap(x, rows: inputShape[0] / scale, columns: inputShape[1] / scale)
    }
    let output = multiboxHead(maps, DefaultBoxes.small.boxesPerCell, classCount: classCount)
    return try Model(inputs: input, outputs: output, name: "ssd")
}

/// A feature map that boxes are predicted from.
struct MultiboxMap {
    let features: SymbolicTensor
    let rows: Int
    let columns: Int

    init(_ features: SymbolicTensor, rows: Int, columns: Int) {
        (self.features, self.rows, self.columns) = (features, rows, columns)
    }
}

/// SSD's head: two 3×3 convolutions of each map, for the offsets and the classes of its boxes, joined to
/// (boxes, 4 + 1 + classes). Layers have torchvision's names.
func multiboxHead(
    _ maps: [MultiboxMap], _ boxesPerCell: [Int], classCount: Int
) -> SymbolicTensor {
    let levels = zip(maps, boxesPerCell).enumerated().map { level, item -> SymbolicTensor in
        let (map, count) = item
        func numbers(_ depth: Int, _ head: String) -> SymbolicTensor {
            let convolution = Conv2D(
                count * depth, kernelSize: 3, padding: .same, kernelInitializer: .glorotUniform,
                name: "head.\(head).module_list.\(level)")
            return Reshape(map.rows * map.columns * count, depth)(convolution(map.features))
        }
        return Concatenate()(
            numbers(4, "regression_head"), numbers(1 + classCount, "classification_head"))
    }
    return Concatenate(axis: 1)(levels)
}

extension DefaultBoxes {
    /// Those of the small SSD: squares of 0.16, 0.32 and 0.5 of the picture, larger ones, and ratios of 2.
    public static let small = DefaultBoxes(ratios: [[2], [2], [2]], scales: [0.16, 0.3, 0.46, 0.66])
}
