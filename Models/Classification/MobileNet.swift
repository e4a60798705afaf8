import Cognitron

/// MobileNet: depthwise and pointwise convolutions in the place of full ones.
///
/// | layer | output |
/// |---|---|
/// | conv 32 @ 3×3, stride 2 | 112×112×32 |
/// | pair to 64 | 112×112×64 |
/// | pairs to 128 (stride 2), 128 | 56×56×128 |
/// | pairs to 256 (stride 2), 256 | 28×28×256 |
/// | pairs to 512 (stride 2), 5 × 512 | 14×14×512 |
/// | pairs to 1024 (stride 2), 1024 | 7×7×1024 |
/// | global average pooling, dropout 0.001 | 1024 |
/// | dense classes, softmax | classes |
///
/// Batch norm and ReLU up to 6 follow every convolution. 4,231,976 parameters, 569 million multiply-adds per
/// image of 224×224×3. Layers have Keras's names (`MobileNet`); its last layer, a 1×1 convolution of one
/// pixel, is a dense layer here. Images of any size.
///
/// - Parameters:
///   - width: the factor α of all channels.
///   - includeTop: whether the dense layer follows.
///   - pooling: what follows the feature maps without it.
/// - Source: Howard et al., "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision
///   Applications" (2017).
public func mobileNet(
    width: Float = 1, inputShape: Shape = [224, 224, 3], classCount: Int = 1000, includeTop: Bool = true,
    pooling: FeaturePooling? = nil
) throws -> Model {
    try requirePictures(inputShape, classCount: classCount, "mobilenet")
    let channels = try WidthFactor(width, "mobilenet")
    func activated(_ layer: any AnyLayer, _ name: String, _ x: any Symbolic) -> SymbolicTensor {
        ReLU(maxValue: 6)(BatchNormalization(momentum: 0.99, epsilon: 1e-3, name: "\(name)_bn")(layer(x)))
    }
    let input = Input(shape: inputShape)
    var x = activated(
        Conv2D(channels(32), kernelSize: 3, strides: 2, padding: .same, useBias: false, name: "conv1"),
        "conv1", input)
    let pairs = [
        (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), (512, 1), (512, 1), (512, 1), (512, 1),
        (512, 1), (1024, 2), (1024, 1),
    ]
    for (index, (filters, strides)) in pairs.enumerated() {
        let depthwise = "conv_dw_\(index + 1)"
        x = activated(
            DepthwiseConv2D(
                kernelSize: 3, strides: strides, padding: .same, useBias: false, name: depthwise),
            depthwise, x)
        let pointwise = "conv_pw_\(index + 1)"
        x = activated(
            Conv2D(channels(filters), kernelSize: 1, useBias: false, name: pointwise), pointwise, x)
    }
    return try classifier(
        "mobilenet", input, x, includeTop: includeTop, pooling: pooling,
        top: averagedClasses(classCount, dropout: 0.001, name: "conv_preds"))
}

/// MobileNet v2: residual blocks that are narrow at their ends and wide inside.
///
/// | layer | output |
/// |---|---|
/// | conv 32 @ 3×3, stride 2 | 112×112×32 |
/// | block of 16, expansion 1 | 112×112×16 |
/// | 2 blocks of 24, expansion 6, stride 2 | 56×56×24 |
/// | 3 blocks of 32, stride 2 | 28×28×32 |
/// | 4 blocks of 64, stride 2; 3 of 96 | 14×14×96 |
/// | 3 blocks of 160, stride 2; 1 of 320 | 7×7×320 |
/// | conv 1280 @ 1×1 | 7×7×1280 |
/// | global average pooling, dropout 0.2 | 1280 |
/// | dense classes, softmax | classes |
///
/// A block expands by 1×1, filters each channel by 3×3, both with batch norm and ReLU up to 6, and projects
/// by 1×1 with batch norm alone; its input is added where the shapes agree. 3,504,872 parameters, 301 million
/// multiply-adds per image of 224×224×3. Layers have torchvision's names (`mobilenet_v2`).
///
/// - Parameter width: the factor of all channels, which are rounded to multiples of 8.
/// - Source: Sandler, Howard, Zhu, Zhmoginov and Chen, "MobileNetV2: Inverted Residuals and Linear
///   Bottlenecks" (2018).
public func mobileNetV2(
    width: Float = 1, inputShape: Shape = [224, 224, 3], classCount: Int = 1000, includeTop: Bool = true,
    pooling: FeaturePooling? = nil
) throws -> Model {
    try requirePictures(inputShape, classCount: classCount, "mobilenet-v2")
    let scaled = try WidthFactor(width, "mobilenet-v2")
    let input = Input(shape: inputShape)
    var channels = scaled.nearestMultipleOf8(32)
    var x = convolutionBlock(
        channels, kernelSize: 3, strides: 2, activation: ReLU(maxValue: 6),
        names: ("features.0.0", "features.0.1"),
        input)
    let stages = [
        (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
        (6, 320, 1, 1),
    ]
    var number = 1
    for (expansion, filters, count, strides) in stages {
        let filters = scaled.nearestMultipleOf8(filters)
        for block in 0..<count {
            x = invertedResidual(
                filters, channels: channels, expansion: expansion, strides: block == 0 ? strides : 1,
                "features.\(number).conv", x)
            channels = filters
            number += 1
        }
    }
    x = convolutionBlock(
        width > 1 ? scaled.nearestMultipleOf8(1280) : 1280, kernelSize: 1, activation: ReLU(maxValue: 6),
        names: ("features.\(number).0", "features.\(number).1"), x)
    return try classifier(
        "mobilenet-v2", input, x, includeTop: includeTop, pooling: pooling,
        top: averagedClasses(classCount, dropout: 0.2, name: "classifier.1"))
}

private func invertedResidual(
    _ filters: Int, channels: Int, expansion: Int, strides: Int, _ name: String, _ x: SymbolicTensor
) -> SymbolicTensor {
    var (y, part) = (x, 0)
    if expansion > 1 {
        y = convolutionBlock(
            expansion * channels, kernelSize: 1, activation: ReLU(maxValue: 6),
            names: ("\(name).0.0", "\(name).0.1"), y)
        part += 1
    }
    let depthwise = DepthwiseConv2D(
        kernelSize: 3, strides: strides, padding: .explicit(1), useBias: false, name: "\(name).\(part).0")
    y = normalized(depthwise(y), activation: ReLU(maxValue: 6), name: "\(name).\(part).1")
    y = convolutionBlock(
        filters, kernelSize: 1, activation: nil, names: ("\(name).\(part + 1)", "\(name).\(part + 2)"), y)
    return strides == 1 && channels == filters ? Add()(x, y) : y
}
