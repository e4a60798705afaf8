import Cognitron

// Residual networks in the variant for small images: a 3×3 stem, and four stages of basic blocks.
//
// He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition" (2016).

/// ResNet-18: stages of 2, 2, 2 and 2 blocks. 555 million multiply-adds per image of 32×32×3.
///
/// | layer | output |
/// |---|---|
/// | conv 64 @ 3×3, batch norm, ReLU | 32×32×64 |
/// | 2 blocks of 64 | 32×32×64 |
/// | 2 blocks of 128, the first with stride 2 | 16×16×128 |
/// | 2 blocks of 256, the first with stride 2 | 8×8×256 |
/// | 2 blocks of 512, the first with stride 2 | 4×4×512 |
/// | global average pooling | 512 |
/// | dense classes, softmax | classes |
///
/// - Throws: `CognitronError` where the input shape is not an image's.
public func resNet18(inputShape: Shape = [32, 32, 3], classCount: Int = 10) throws -> Model {
    try resNet(name: "resnet18", blocks: [2, 2, 2, 2], inputShape, classCount)
}

/// ResNet-34: as ResNet-18 with stages of 3, 4, 6 and 3 blocks.
///
/// - Throws: `CognitronError` where the input shape is not an image's.
public func resNet34(inputShape: Shape = [32, 32, 3], classCount: Int = 10) throws -> Model {
    try resNet(name: "resnet34", blocks: [3, 4, 6, 3], inputShape, classCount)
}

private func resNet(name: String, blocks: [Int], _ inputShape: Shape, _ classCount: Int) throws -> Model {
    let input = Input(shape: inputShape)
    var x = ReLU()(normalizedConvolution(64, kernelSize: 3, strides: 1, input))
    var channels = 64
    for (stage, count) in blocks.enumerated() {
        for block in 0..<count {
            let filters = 64 << stage
            x = basicBlock(
                filters, strides: block == 0 && stage > 0 ? 2 : 1, isProjected: filters != channels, x)
            channels = filters
        }
    }
    x = GlobalAveragePooling2D()(x)
    return try Model(inputs: input, outputs: Dense(classCount, activation: .softmax)(x), name: name)
}

/// output = ReLU(F(x) + x), with F two 3×3 convolutions; where their shapes differ, a 1×1 convolution
/// projects x to F's.
private func basicBlock(_ filters: Int, strides: Int, isProjected: Bool, _ x: SymbolicTensor)
    -> SymbolicTensor
{
    let shortcut = isProjected ? normalizedConvolution(filters, kernelSize: 1, strides: strides, x) : x
    var residual = ReLU()(normalizedConvolution(filters, kernelSize: 3, strides: strides, x))
    residual = normalizedConvolution(filters, kernelSize: 3, strides: 1, residual)
    return ReLU()(Add()(residual, shortcut))
}

private func normalizedConvolution(
    _ filters: Int, kernelSize: Int, strides: Int, _ x: any Symbolic
) -> SymbolicTensor {
    let convolution = Conv2D(
        filters, kernelSize: kernelSize, strides: strides, padding: .same, useBias: false,
        kernelInitializer: .heNormal)
    return BatchNormalization(momentum: 0.9)(convolution(x))
}
