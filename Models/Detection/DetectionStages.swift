import Cognitron

/// The convolutions that the small detectors share: maps at 8 and 16 pixels a cell.
///
/// | layer (3×3, batch norm, ReLU) | output |
/// |---|---|
/// | conv 16, stride 2 | 64×64×16 |
/// | conv 32, stride 2; conv 32 | 32×32×32 |
/// | conv 64, stride 2; 2 × conv 64 | 16×16×64 |
/// | conv 128, stride 2; 2 × conv 128 | 8×8×128 |
///
/// Grids of 8 pixels a cell take `features`:
///
/// | layer | output |
/// |---|---|
/// | the coarse map: conv 64 @ 1×1, batch norm, ReLU, twice enlarged; joined to the fine one | 16×16×128 |
/// | 2 × conv 128 @ 3×3, batch norm, ReLU | 16×16×128 |
struct DetectionStages {
    /// 8 pixels a cell.
    let fine: SymbolicTensor
    /// 16 pixels a cell.
    let coarse: SymbolicTensor

    private let base: Int

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
        (fine, coarse, self.base) = (maps[2], maps[3], base)
    }

    /// What both maps know, 8 pixels a cell.
    var features: SymbolicTensor {
        let enlarged = UpSampling2D(2)(detectionBlock(4 * base, kernelSize: 1, name: "lateral", coarse))
        return (0..<2).reduce(Concatenate()(fine, enlarged)) {
            detectionBlock(8 * base, name: "head.\($1)", $0)
        }
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
    try requireMultiples(of: factor, shape, name, "its cells do not divide pictures of this size")
}
