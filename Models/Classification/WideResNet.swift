import Cognitron

/// A wide residual network for small images: three groups of (depth − 4) / 6 pre-activated blocks, with
/// `width` times the channels of a narrow one.
///
/// | layer | output |
/// |---|---|
/// | conv 16 @ 3×3 | 32×32×16 |
/// | blocks of 16·width | 32×32×(16·width) |
/// | blocks of 32·width, the first with stride 2 | 16×16×(32·width) |
/// | blocks of 64·width, the first with stride 2 | 8×8×(64·width) |
/// | batch norm, ReLU, global average pooling | 64·width |
/// | dense classes, softmax | classes |
///
/// A block is (batch norm, ReLU, conv 3×3) twice, added to its input; where the shape changes, a 1×1
/// convolution of the activated input is added instead. WRN-16-4 has 2,748,890 parameters and 393 million
/// multiply-adds per image of 32×32×3, WRN-28-10 36,479,194 and 5.2 billion.
///
/// - Parameters:
///   - depth: 6·n + 4 layers with weights: 16, 22, 28, 40.
///   - width: the factor of the channels.
///   - dropout: the rate of the dropout between a block's convolutions; the paper has 0 and 0.3.
/// - Source: Zagoruyko and Komodakis, "Wide Residual Networks" (2016).
public func wideResNet(
    depth: Int, width: Int, dropout: Float = 0, inputShape: Shape = [32, 32, 3], classCount: Int = 10,
    includeTop: Bool = true, pooling: FeaturePooling? = nil
) throws -> Model {
    guard depth >= 10, depth % 6 == 4, width >= 1 else {
        throw CognitronError(
            .argument, "wrn", "has no such depth and width",
            expected: "a depth of 10, 16, 22, 28 … and a width of at least 1", got: "\(depth) and \(width)")
    }
    try requirePictures(inputShape, classCount: classCount, "wrn-\(depth)-\(width)")
    guard dropout >= 0, dropout < 1 else {
        throw CognitronError(
            .argument, "wrn-\(depth)-\(width)", "has no such dropout", expected: "a rate from 0 to below 1",
            got: "\(dropout)")
    }
    let input = Input(shape: inputShape)
    var x = wideConvolution(16, kernelSize: 3, name: "conv1")(input)
    var channels = 16
    for group in 0..<3 {
        let filters = 16 * width << group
        for block in 0..<(depth - 4) / 6 {
            x = wideBlock(
                filters, strides: group > 0 && block == 0 ? 2 : 1, isProjected: channels != filters,
                dropout: dropout, "group\(group + 1).\(block)", x)
            channels = filters
        }
    }
    x = normalized(x, name: "bn")
    return try classifier(
        "wrn-\(depth)-\(width)", input, x, includeTop: includeTop, pooling: pooling,
        top: averagedClasses(classCount, name: "fc"))
}

private func wideBlock(
    _ filters: Int, strides: Int, isProjected: Bool, dropout: Float, _ name: String, _ x: SymbolicTensor
) -> SymbolicTensor {
    let activated = normalized(x, name: "\(name).bn1")
    let shortcut =
        isProjected
        ? wideConvolution(filters, kernelSize: 1, strides: strides, name: "\(name).shortcut")(activated) : x
    let first = wideConvolution(filters, kernelSize: 3, strides: strides, name: "\(name).conv1")
    var y = normalized(first(activated), name: "\(name).bn2")
    if dropout > 0 { y = Dropout(dropout)(y) }
    return Add()(wideConvolution(filters, kernelSize: 3, name: "\(name).conv2")(y), shortcut)
}

private func wideConvolution(
    _ filters: Int, kernelSize: Int, strides: Int = 1, name: String
) -> Conv2D {
    Conv2D(
        filters, kernelSize: kernelSize, strides: strides, padding: .explicit(kernelSize / 2), useBias: false,
        kernelInitializer: .heNormal, name: name)
}
