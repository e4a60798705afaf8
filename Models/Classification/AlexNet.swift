import Cognitron

/// AlexNet with one tower: 61,100,840 parameters, 714 million multiply-adds per image of 224×224×3.
///
/// | layer | output |
/// |---|---|
/// | conv 64 @ 11×11, stride 4, ReLU; max pool 3, stride 2 | 27×27×64 |
/// | conv 192 @ 5×5, ReLU; max pool 3, stride 2 | 13×13×192 |
/// | conv 384, 256, 256 @ 3×3, ReLU | 13×13×256 |
/// | max pool 3, stride 2; average pool to 6×6 | 6×6×256 |
/// | dropout 0.5, dense 4096, ReLU (twice) | 4096 |
/// | dense classes, softmax | classes |
///
/// Layers have torchvision's names (`alexnet`). Images of any size from 63×63 on.
///
/// - Parameters:
///   - width: the factor of all channels and units.
///   - includeTop: whether the dense layers follow.
///   - pooling: what follows the feature maps without them.
/// - Source: Krizhevsky, "One weird trick for parallelizing convolutional neural networks" (2014).
public func alexNet(
    width: Float = 1, inputShape: Shape = [224, 224, 3], classCount: Int = 1000, includeTop: Bool = true,
    pooling: FeaturePooling? = nil
) throws -> Model {
    try requirePictures(inputShape, atLeast: 63, classCount: classCount, "alexnet")
    let width = try WidthFactor(width, "alexnet")
    let input = Input(shape: inputShape)
    func convolution(
        _ filters: Int, _ kernelSize: Int, strides: Int = 1, padding: Int, _ number: Int, _ x: any Symbolic
    ) -> SymbolicTensor {
        Conv2D(
            width(filters), kernelSize: kernelSize, strides: strides, padding: .explicit(padding),
            activation: .relu, kernelInitializer: .heUniform, name: "features.\(number)")(x)
    }
    var x = convolution(64, 11, strides: 4, padding: 2, 0, input)
    x = MaxPooling2D(poolSize: 3, strides: 2)(x)
    x = convolution(192, 5, padding: 2, 3, x)
    x = MaxPooling2D(poolSize: 3, strides: 2)(x)
    x = convolution(384, 3, padding: 1, 6, x)
    x = convolution(256, 3, padding: 1, 8, x)
    x = convolution(256, 3, padding: 1, 10, x)
    x = MaxPooling2D(poolSize: 3, strides: 2)(x)
    return try classifier("alexnet", input, x, includeTop: includeTop, pooling: pooling) { x in
        let x = Flatten()(AdaptiveAveragePooling2D(outputSize: 6)(x))
        let first = Dense(width(4096), activation: .relu, name: "classifier.1")(Dropout(0.5)(x))
        let second = Dense(width(4096), activation: .relu, name: "classifier.4")(Dropout(0.5)(first))
        return Dense(classCount, activation: .softmax, name: "classifier.6")(second)
    }
}

/// AlexNet as it won the ILSVRC of 2012: 60,965,224 parameters, 724 million multiply-adds per image of
/// 227×227×3.
///
/// | layer | output |
/// |---|---|
/// | conv 96 @ 11×11, stride 4, ReLU; response normalisation; max pool 3, stride 2 | 27×27×96 |
/// | conv 256 @ 5×5 in 2 groups, ReLU; response normalisation; max pool 3, stride 2 | 13×13×256 |
/// | conv 384 @ 3×3; 384 and 256 in 2 groups, ReLU | 13×13×256 |
/// | max pool 3, stride 2 | 6×6×256 |
/// | dense 4096, ReLU, dropout 0.5 (twice) | 4096 |
/// | dense classes, softmax | classes |
///
/// Its three claims can be switched off one by one, to measure them. Images of any size from 67×67 on; 39×39
/// where pools do not overlap.
///
/// - Parameters:
///   - groups: 2, the two graphics cards of the paper, or 1: 62,378,344 parameters.
///   - normalizesResponses: whether `LocalResponseNormalization` follows the first two convolutions.
///   - overlapsPooling: whether pools of 3 have stride 2; else pools of 2 do.
///   - activation: ReLU; tanh is what the paper compares it with.
///   - width: the factor of all channels and units.
/// - Source: Krizhevsky, Sutskever and Hinton, "ImageNet Classification with Deep Convolutional Neural
///   Networks" (2012).
public func alexNet2012(
    inputShape: Shape = [227, 227, 3], classCount: Int = 1000, groups: Int = 2,
    normalizesResponses: Bool = true, overlapsPooling: Bool = true, activation: ActivationFunction = .relu,
    width: Float = 1, includeTop: Bool = true, pooling: FeaturePooling? = nil
) throws -> Model {
    guard [1, 2].contains(groups) else {
        throw CognitronError(
            .argument, "alexnet-2012", "has no such groups", expected: "1 or 2", got: "\(groups)")
    }
    try requirePictures(
        inputShape, atLeast: overlapsPooling ? 67 : 39, classCount: classCount, "alexnet-2012")
    let width = try WidthFactor(width, "alexnet-2012")
    func convolution(_ filters: Int, _ kernelSize: Int, strides: Int = 1, groups: Int = 1) -> Conv2D {
        Conv2D(
            width(filters, multipleOf: 2), kernelSize: kernelSize, strides: strides,
            padding: strides > 1 ? .valid : .same,
            groups: groups, activation: activation, kernelInitializer: .heUniform)
    }
    func normalized(_ x: SymbolicTensor) -> SymbolicTensor {
        // The paper's α of 1e-4 multiplies the sum over 5 channels, the layer's their mean.
        normalizesResponses ? LocalResponseNormalization(size: 5, alpha: 5e-4, beta: 0.75, k: 2)(x) : x
    }
    func pooled(_ x: SymbolicTensor) -> SymbolicTensor {
        MaxPooling2D(poolSize: overlapsPooling ? 3 : 2, strides: 2)(x)
    }
    let input = Input(shape: inputShape)
    var x = pooled(normalized(convolution(96, 11, strides: 4)(input)))
    x = pooled(normalized(convolution(256, 5, groups: groups)(x)))
    x = convolution(384, 3)(x)
    x = convolution(384, 3, groups: groups)(x)
    x = pooled(convolution(256, 3, groups: groups)(x))
    return try classifier("alexnet-2012", input, x, includeTop: includeTop, pooling: pooling) { x in
        let first = Dropout(0.5)(Dense(width(4096), activation: activation)(Flatten()(x)))
        let second = Dropout(0.5)(Dense(width(4096), activation: activation)(first))
        return Dense(classCount, activation: .softmax)(second)
    }
}
