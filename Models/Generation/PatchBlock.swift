import Cognitron

/// A 4×4 convolution of pix2pix's networks and, as wanted, batch normalisation and a rectifier.
///
///     y = activation(norm(convolution(x)))
///
/// - Parameter name: the layers are called `NAME.conv` and `NAME.norm`.
func patchBlock(
    _ filters: Int, strides: Int = 2, isNormalized: Bool, useBias: Bool = false, activation: ReLU?,
    name: String, _ x: SymbolicTensor
) -> SymbolicTensor {
    let convolution = adversarialConvolution(
        filters, strides: strides, useBias: useBias, name: "\(name).conv")
    let y = isNormalized ? adversarialNormalization(name: "\(name).norm")(convolution(x)) : convolution(x)
    return activation.map { $0(y) } ?? y
}
