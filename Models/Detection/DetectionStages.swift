import Cognitron

/// The convolutions that the small detectors share: maps at 8 and 16 pixels a cell.
///
/// | layer (3×3, batch norm, ReLU) | output |
/// |---|---|
/// | conv 16, stride 2 | 64×64×16 |
/// | conv 32, stride 2; conv 32 | 32×32×32 |
/// | conv 64, stride 2; 2 × conv 64 | 16×16×64 |
/// | conv 128, stride 2; 2 × conv 128 | 8×8×128 |
struct DetectionStages {
    /// 8 pixels a cell.
    let fine: SymbolicTensor
    /// 16 pixels a cell.
    let coarse: SymbolicTensor

    /// - Parameter base: the filters of the first convolution.
    init(_ input: Input, base: Int) {
        var (x, maps) = (input.symbolic, [SymbolicTensor]())
        for (stage, count) in [1, 2, 3, 3].enumerated() {
            for number in 0..<count {
                x = detectionBlock(
                    base << stage, strides: number == 0 ? 2 : 1, name: "stage.\(stage).\(number)", x)
            }
            maps.append(x)
        }
        (fine, coarse) = (maps[2], maps[3])
    }
}

/// A convolution with batch normalisation and ReLU.
func detectionBlock(
    _ filters: Int, kernelSize: Int = 3, strides: Int = 1, name: String, _ x: SymbolicTensor
) -> SymbolicTensor {
    convolutionBlock(
        filters, kernelSize: kernelSize, strides: strides, names: ("\(name).conv", "\(name).norm"), x)
}

/// Throws where a detector's maps would not divide its pictures.
///
/// - Parameter factor: pixels a cell of the coarsest map.
func requirePictures(
    _ shape: Shape, multipleOf factor: Int, classCount: Int, _ name: String
) throws {
    try requirePictures(shape, atLeast: factor, classCount: classCount, name)
    guard shape[0].isMultiple(of: factor), shape[1].isMultiple(of: factor) else {
        let fitting = shape.prefix(2).map { ($0 + factor - 1) / factor * factor }
        throw CognitronError(
            .shape, name, "its cells do not divide pictures of this size",
            expected: "a height and width that are multiples of \(factor)",
            got: "\(shape[0]) × \(shape[1])",
            advice: "resize the pictures, for instance to \(fitting[0]) × \(fitting[1])")
    }
}
