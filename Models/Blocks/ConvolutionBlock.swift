import Cognitron

/// Convolution without bias, batch normalisation and, unless it is nil, a ReLU.
///
///     y = activation(norm(convolution(x)))
///
/// `epsilon` is torchvision's by default; the padding is that of PyTorch, ⌊kernel / 2⌋ pixels on every side.
///
/// - Parameter names: the names of the convolution and of the normalisation, as torchvision has them.
func convolutionBlock(
    _ filters: Int, kernelSize: Int, strides: Int = 1, padding: Padding? = nil, groups: Int = 1,
    activation: ReLU? = ReLU(), epsilon: Float = 1e-5, names: (String, String),
    _ x: any Symbolic
) -> SymbolicTensor {
    let convolution = Conv2D(
        filters, kernelSize: kernelSize, strides: strides, padding: padding ?? .explicit(kernelSize / 2),
        groups: groups, useBias: false, kernelInitializer: .heNormal, name: names.0)
    return normalized(convolution(x), activation: activation, epsilon: epsilon, name: names.1)
}

/// Batch normalisation and, unless it is nil, a ReLU. `epsilon` is torchvision's by default.
func normalized(
    _ x: SymbolicTensor, activation: ReLU? = ReLU(), epsilon: Float = 1e-5, name: String
) -> SymbolicTensor {
    let y = BatchNormalization(momentum: 0.9, epsilon: epsilon, name: name)(x)
    return activation.map { $0(y) } ?? y
}
