import Cognitron

/// DenseNet-121: four dense blocks of 6, 12, 24 and 16 layers, whose outputs all go to all later layers of
/// the block.
///
/// | layer | output |
/// |---|---|
/// | conv 64 @ 7×7, stride 2, batch norm, ReLU; max pool 3, stride 2 | 56×56×64 |
/// | dense block of 6; transition | 28×28×128 |
/// | dense block of 12; transition | 14×14×256 |
/// | dense block of 24; transition | 7×7×512 |
/// | dense block of 16; batch norm, ReLU | 7×7×1024 |
/// | global average pooling | 1024 |
/// | dense classes, softmax | classes |
///
/// 7,978,856 parameters, 2.8 billion multiply-adds per image of 224×224×3. Layers have torchvision's names
/// (`densenet121`). Images of any size from 29×29 on.
///
/// - Parameters:
///   - growth: the channels that each layer adds; the first convolution has twice as many.
///   - includeTop: whether the dense layer follows.
///   - pooling: what follows the feature maps without it.
/// - Source: Huang, Liu, van der Maaten and Weinberger, "Densely Connected Convolutional Networks" (2017).
public func denseNet121(
    growth: Int = 32, inputShape: Shape = [224, 224, 3], classCount: Int = 1000, includeTop: Bool = true,
    pooling: FeaturePooling? = nil
) throws -> Model {
    guard growth >= 1 else {
        throw CognitronError(
            .argument, "densenet121", "has no such growth", expected: "at least 1", got: "\(growth)")
    }
    try requirePictures(inputShape, atLeast: 29, classCount: classCount, "densenet121")
    let input = Input(shape: inputShape)
    let stem = convolutionBlock(
        2 * growth, kernelSize: 7, strides: 2, names: ("features.conv0", "features.norm0"), input)
    let x = denseBlocks(
        [6, 12, 24, 16], growth: growth, channels: 2 * growth,
        MaxPooling2D(poolSize: 3, strides: 2, padding: .explicit(1))(stem))
    return try classifier(
        "densenet121", input, x, includeTop: includeTop, pooling: pooling,
        top: averagedClasses(classCount, name: "classifier"))
}

/// DenseNet-BC for small images: three dense blocks of (depth − 4) / 6 layers at 32×32, 16×16 and 8×8.
///
/// A depth of 100 with a growth of 12 has 769,162 parameters and 288 million multiply-adds per image of
/// 32×32×3, a depth of 40 176,122 and 72 million. Images of any size from 4×4 on.
///
/// - Parameters:
///   - depth: 6·n + 4 layers with weights: 40, 100.
///   - growth: the channels that each layer adds.
/// - Source: Huang, Liu, van der Maaten and Weinberger, "Densely Connected Convolutional Networks" (2017).
public func denseNetBC(
    depth: Int, growth: Int = 12, inputShape: Shape = [32, 32, 3], classCount: Int = 10,
    includeTop: Bool = true, pooling: FeaturePooling? = nil
) throws -> Model {
    guard depth >= 10, depth % 6 == 4, growth >= 1 else {
        throw CognitronError(
            .argument, "densenet-bc", "has no such depth and growth",
            expected: "a depth of 10, 16, 22 … 100 and a growth of at least 1", got: "\(depth) and \(growth)")
    }
    try requirePictures(inputShape, atLeast: 4, classCount: classCount, "densenet-bc")
    let input = Input(shape: inputShape)
    let stem = Conv2D(
        2 * growth, kernelSize: 3, padding: .same, useBias: false, kernelInitializer: .heNormal,
        name: "features.conv0")
    let x = denseBlocks(
        Array(repeating: (depth - 4) / 6, count: 3), growth: growth, channels: 2 * growth, stem(input))
    return try classifier(
        "densenet-bc-\(depth)-\(growth)", input, x, includeTop: includeTop, pooling: pooling,
        top: averagedClasses(classCount, name: "classifier"))
}

/// Dense blocks with transitions between them, which halve channels, height and width; batch norm and ReLU at
/// the end.
private func denseBlocks(
    _ counts: [Int], growth: Int, channels: Int, _ x: SymbolicTensor
) -> SymbolicTensor {
    var (x, channels) = (x, channels)
    for (block, count) in counts.enumerated() {
        for layer in 0..<count {
            x = denseLayer(growth, "features.denseblock\(block + 1).denselayer\(layer + 1)", x)
            channels += growth
        }
        guard block < counts.count - 1 else { break }
        channels /= 2
        let name = "features.transition\(block + 1)"
        x = activatedConvolution(channels, kernelSize: 1, names: ("\(name).norm", "\(name).conv"), x)
        x = AveragePooling2D(poolSize: 2)(x)
    }
    return normalized(x, name: "features.norm5")
}

/// The input beside `growth` new channels: batch norm, ReLU, 1×1 to 4·growth, batch norm, ReLU, 3×3.
private func denseLayer(_ growth: Int, _ name: String, _ x: SymbolicTensor) -> SymbolicTensor {
    var y = activatedConvolution(4 * growth, kernelSize: 1, names: ("\(name).norm1", "\(name).conv1"), x)
    y = activatedConvolution(growth, kernelSize: 3, names: ("\(name).norm2", "\(name).conv2"), y)
    return Concatenate()(x, y)
}

private func activatedConvolution(
    _ filters: Int, kernelSize: Int, names: (String, String), _ x: SymbolicTensor
) -> SymbolicTensor {
    Conv2D(
        filters, kernelSize: kernelSize, padding: .same, useBias: false, kernelInitializer: .heNormal,
        name: names.1)(normalized(x, name: names.0))
}
