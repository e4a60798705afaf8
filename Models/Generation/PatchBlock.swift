import Cognitron

/// A 4×4 convolution of pix2pix's networks and, as wanted, batch normalisation and a rectifier.
///
///     y = activation(norm(convolution(x)))
///
/// The padding of one pixel makes a stride of 2 halve even sizes, and a stride of 1 take off a pixel.
///
/// - Parameter name: the layers are called `NAME.conv` and `NAME.norm`.
func patchBlock(
    _ filters: Int, strides: Int = 2, isNormalized: Bool, useBias: Bool = false, activation: ReLU?,
    name: String, _ x: SymbolicTensor
) -> SymbolicTensor {
    let convolution = Conv2D(
        filters, kernelSize: 4, strides: strides, padding: .explicit(1), useBias: useBias,
        kernelInitializer: adversarialKernel, name: "\(name).conv")
    let y = isNormalized ? adversarialNormalization(name: "\(name).norm")(convolution(x)) : convolution(x)
    return activation.map { $0(y) } ?? y
}
