import Cognitron

/// How finely a fully convolutional network scores classes before it enlarges the scores to the picture.
public enum FCNStride: Int, CaseIterable, Sendable {
    /// Scores of the last stage alone, 32 pixels apart.
    case thirtyTwo = 32
    /// Also those of the stage before.
    case sixteen = 16
    /// Also those of the stage before that.
    case eight = 8
}

/// A fully convolutional network on a small VGG of five stages.
///
/// | layer | output |
/// |---|---|
/// | 2 × (conv 16 @ 3×3, batch norm, ReLU); max pool 2 | 64×64×16 |
/// | 2 × (conv 32, batch norm, ReLU); max pool 2 | 32×32×32 |
/// | 2 × (conv 64, batch norm, ReLU); max pool 2: pool 3 | 16×16×64 |
/// | 2 × (conv 128, batch norm, ReLU); max pool 2: pool 4 | 8×8×128 |
/// | 2 × (conv 256, batch norm, ReLU); max pool 2 | 4×4×256 |
/// | conv 512 @ 3×3, ReLU, dropout 0.5; conv 512 @ 1×1, ReLU, dropout 0.5 | 4×4×512 |
/// | conv classes @ 1×1: the scores | 4×4×classes |
/// | FCN-32s: scores 32 times enlarged, softmax | 128×128×classes |
/// | FCN-16s: scores twice enlarged + conv classes @ 1×1 of pool 4; 16 times enlarged, softmax | |
/// | FCN-8s: the sum twice enlarged + conv classes @ 1×1 of pool 3; 8 times enlarged, softmax | |
///
/// Scores are enlarged s times by transposed convolutions of 2·s × 2·s without bias, which start as bilinear
/// interpolation; the last one is frozen there, as in the paper. Pictures of any size, also with free axes:
/// `Input(nil, nil, 3)`.
///
/// - Parameter base: the filters of the first stage.
/// - Throws: `CognitronError` where the input are no pictures.
/// - Source: Long, Shelhamer and Darrell, "Fully Convolutional Networks for Semantic Segmentation" (2015).
public func fcn(
    _ input: Input = Input(128, 128, 3), classCount: Int = 11, stride: FCNStride = .eight, base: Int = 16
) throws -> Model {
    try requirePictures(input, atLeast: 1, classCount: classCount, "fcn")
    var (x, pools) = (input.symbolic, [SymbolicTensor]())
    for stage in 0..<5 {
        for number in 0..<2 {
            let name = "stage.\(stage).\(number)"
            x = convolutionBlock(base << stage, kernelSize: 3, names: ("\(name).conv", "\(name).norm"), x)
        }
        x = MaxPooling2D(poolSize: 2, padding: input.isDivisible(by: 32) ? .valid : .same)(x)
        pools.append(x)
    }
    func dense(_ size: Int, _ name: String, _ x: SymbolicTensor) -> SymbolicTensor {
        let convolution = Conv2D(
            32 * base, kernelSize: size, padding: .same, activation: .relu, kernelInitializer: .heNormal,
            name: name)
        return Dropout(0.5)(convolution(x))
    }
    let features = dense(1, "fc7", dense(3, "fc6", x))
    return try FCNHead(classCount, stride, padding: .same, input).model(
        input, pools, features, name: "fcn-\(stride.rawValue)s")
}

/// A fully convolutional network on VGG16, as it was published.
///
/// | layer | output |
/// |---|---|
/// | VGG16's 13 convolutions, the first with a padding of 100, and 5 poolings that round up | 22×22×512 |
/// | conv 4096 @ 7×7, ReLU, dropout 0.5; conv 4096 @ 1×1, ReLU, dropout 0.5 | 16×16×4096 |
/// | conv classes @ 1×1: the scores | 16×16×21 |
/// | FCN-32s: enlarged 32 times, cropped from 19 on, softmax | 500×500×21 |
/// | FCN-16s: enlarged twice + scores of pool 4, cropped from 5 on; 16 times, cropped from 27 on, softmax | |
/// | FCN-8s: the sum enlarged twice + scores of pool 3, cropped from 9 on; 8 times, from 31 on, softmax | |
///
/// | stride | parameters | multiply-adds for 500×500 |
/// |---|---|---|
/// | 32 | 136,152,917 | 181.4 billion |
/// | 16 | 134,815,994 | 181.4 billion |
/// | 8 | 134,489,759 | 181.5 billion |
///
/// The convolutions have torchvision's names (`vgg16().features`), and so take its weights. Pictures of any
/// size. The last transposed convolution is frozen at bilinear interpolation.
///
/// - Parameter width: the factor of all channels.
/// - Throws: `CognitronError` where the input are no pictures.
/// - Source: Long, Shelhamer and Darrell, "Fully Convolutional Networks for Semantic Segmentation" (2015).
public func fcnVGG16(
    _ input: Input = Input(500, 500, 3), classCount: Int = 21, stride: FCNStride = .eight, width: Float = 1
) throws -> Model {
    try requirePictures(input, atLeast: 1, classCount: classCount, "fcn-vgg16")
    let width = try WidthFactor(width, "fcn-vgg16")
    var (x, pools, number) = (input.symbolic, [SymbolicTensor](), 0)
    for (stage, count) in [2, 2, 3, 3, 3].enumerated() {
        for _ in 0..<count {
            x = Conv2D(
                width(min(64 << stage, 512)), kernelSize: 3, padding: number == 0 ? .explicit(100) : .same,
                activation: .relu, kernelInitializer: .heNormal, name: "features.\(number)")(x)
            number += 2
        }
        x = MaxPooling2D(poolSize: 2, padding: .same)(x)
        pools.append(x)
        number += 1
    }
    func dense(_ size: Int, _ name: String, _ x: SymbolicTensor) -> SymbolicTensor {
        let convolution = Conv2D(
            width(4096), kernelSize: size, activation: .relu, kernelInitializer: .heNormal, name: name)
        return Dropout(0.5)(convolution(x))
    }
    let features = dense(1, "fc7", dense(7, "fc6", x))
    return try FCNHead(classCount, stride, padding: .valid, input).model(
        input, pools, features, name: "fcn-\(stride.rawValue)s-vgg16")
}

/// What makes classes of the features of three stages.
private struct FCNHead {
    let classCount: Int
    let stride: FCNStride
    /// `.same` where enlarged scores lie over the picture as they are; `.valid` for those of a network whose
    /// padding of 100 shifts them.
    let padding: Padding
    /// Whether every stage halves the size without a rest.
    let isDivisible: Bool

    init(_ classCount: Int, _ stride: FCNStride, padding: Padding, _ input: Input) {
        (self.classCount, self.stride, self.padding) = (classCount, stride, padding)
        isDivisible = input.isDivisible(by: 32)
    }

    /// - Parameters:
    ///   - pools: the outputs of five stages.
    ///   - features: what the scores of the last stage are made of.
    func model(
        _ input: Input, _ pools: [SymbolicTensor], _ features: SymbolicTensor, name: String
    ) throws -> Model {
        var scores = score("score", features)
        if stride.rawValue <= 16 { scores = joined(scores, pools[3], "4", offset: 5) }
        if stride.rawValue <= 8 { scores = joined(scores, pools[2], "3", offset: 9) }
        let offset = [32: 19, 16: 27, 8: 31][stride.rawValue] ?? 0
        let enlarged = enlarged(scores, by: stride.rawValue, "up")
        let cropped = crop(offset, enlarged, input.symbolic)
        let model = try Model(inputs: input, outputs: Softmax()(cropped), name: name)
        try model.setTrainable(false, matching: ["^up/"])
        return model
    }

    private func score(_ name: String, _ x: SymbolicTensor) -> SymbolicTensor {
        Conv2D(classCount, kernelSize: 1, name: name)(x)
    }

    private func enlarged(_ x: SymbolicTensor, by factor: Int, _ name: String) -> SymbolicTensor {
        Conv2DTranspose(
            classCount, kernelSize: 2 * factor, strides: factor, padding: padding, useBias: false,
            kernelInitializer: .bilinear, name: name)(x)
    }

    /// The scores, enlarged twice, and those of an earlier stage at the same places.
    private func joined(
        _ scores: SymbolicTensor, _ pool: SymbolicTensor, _ stage: String, offset: Int
    ) -> SymbolicTensor {
        let (enlarged, own) = (enlarged(scores, by: 2, "up\(stage)"), score("score\(stage)", pool))
        // Padded stages round up: the enlarged scores may be a pixel larger.
        return padding == .same
            ? Add()(crop(0, enlarged, own), own) : Add()(enlarged, crop(offset, own, enlarged))
    }

    private func crop(_ offset: Int, _ x: SymbolicTensor, _ wanted: SymbolicTensor) -> SymbolicTensor {
        if padding == .same, isDivisible { return x }
        return CropToMatch2D(offset: padding == .same ? 0 : offset)(x, wanted)
    }
}
