import Cognitron

/// GoogLeNet: nine inception blocks, each with four branches side by side.
///
/// | layer | output |
/// |---|---|
/// | conv 64 @ 7×7, stride 2; max pool 3, stride 2 | 56×56×64 |
/// | conv 64 @ 1×1; conv 192 @ 3×3; max pool 3, stride 2 | 28×28×192 |
/// | inception 3a, 3b; max pool 3, stride 2 | 14×14×480 |
/// | inception 4a to 4e; max pool 2 | 7×7×832 |
/// | inception 5a, 5b | 7×7×1024 |
/// | global average pooling, dropout 0.2 | 1024 |
/// | dense classes, softmax | classes |
///
/// 6,624,904 parameters, 1.5 billion multiply-adds per image of 224×224×3. As in torchvision (`googlenet`),
/// whose names the layers have: batch normalisation after every convolution, and 3×3 where the paper has 5×5.
///
/// - Parameters:
///   - width: the factor of all channels.
///   - includeTop: whether the dense layer follows.
///   - pooling: what follows the feature maps without it.
/// - Source: Szegedy et al., "Going Deeper with Convolutions" (2015).
public func googLeNet(
    width: Float = 1, inputShape: Shape = [224, 224, 3], classCount: Int = 1000, includeTop: Bool = true,
    pooling: FeaturePooling? = nil
) throws -> Model {
    try requirePictures(inputShape, classCount: classCount, "googlenet")
    let input = Input(shape: inputShape)
    let features = inceptionFeatures(input, try WidthFactor(width, "googlenet"))
    return try classifier(
        "googlenet", input, features.last, includeTop: includeTop, pooling: pooling,
        top: googLeNetTop(classCount))
}

/// GoogLeNet with its two auxiliary classifiers, which bring a gradient into the middle of the network.
///
///     let network = try GoogLeNet(classCount: 10)
///     try network.training.compile(
///         optimizer: SGD(learningRate: 0.01, momentum: 0.9), losses: GoogLeNet.losses,
///         lossWeights: GoogLeNet.lossWeights, metrics: ["classes": [.accuracy]])
///     try network.training.fit([x], [y, y, y], epochs: 10)
///     let probabilities = try network.prediction.predict(x)
///
/// The two models share their layers. 13,004,888 parameters in training.
public struct GoogLeNet {
    /// Outputs "classes", "aux1" (after inception 4a) and "aux2" (after 4d).
    public let training: Model
    /// The output "classes" alone.
    public let prediction: Model

    /// The paper's weights of the losses.
    public static let lossWeights: [String: Float] = ["classes": 1, "aux1": 0.3, "aux2": 0.3]

    public static let losses: KeyValuePairs<String, Loss> = [
        "classes": .sparseCategoricalCrossentropy, "aux1": .sparseCategoricalCrossentropy,
        "aux2": .sparseCategoricalCrossentropy,
    ]

    /// - Parameter width: the factor of all channels and units.
    public init(width: Float = 1, inputShape: Shape = [224, 224, 3], classCount: Int = 1000) throws {
        try requirePictures(inputShape, classCount: classCount, "googlenet")
        let width = try WidthFactor(width, "googlenet")
        let input = Input(shape: inputShape)
        let features = inceptionFeatures(input, width)
        let classes = googLeNetTop(classCount)(features.last)
        training = try Model(
            inputs: input,
            outputs: [
                "classes": classes,
                "aux1": auxiliaryClassifier("aux1", width, classCount, features.after4a),
                "aux2": auxiliaryClassifier("aux2", width, classCount, features.after4d),
            ], name: "googlenet-auxiliary")
        prediction = try Model(inputs: input, outputs: classes, name: "googlenet")
    }
}

private func googLeNetTop(_ classCount: Int) -> (SymbolicTensor) -> SymbolicTensor {
    averagedClasses(classCount, dropout: 0.2, name: "fc")
}

/// Average pool to 4×4, conv 128 @ 1×1, dense 1024, dropout 0.7, dense classes.
private func auxiliaryClassifier(
    _ name: String, _ width: WidthFactor, _ classCount: Int, _ x: SymbolicTensor
) -> SymbolicTensor {
    let y = inceptionConvolution(width(128), 1, "\(name).conv", AdaptiveAveragePooling2D(outputSize: 4)(x))
    let hidden = Dense(width(1024), activation: .relu, name: "\(name).fc1")(Flatten()(y))
    return Dense(classCount, activation: .softmax, name: "\(name).fc2")(Dropout(0.7)(hidden))
}

private func inceptionFeatures(
    _ input: Input, _ width: WidthFactor
) -> (last: SymbolicTensor, after4a: SymbolicTensor, after4d: SymbolicTensor) {
    // Sizes are rounded up, as by .same.
    func pool(_ size: Int, _ x: SymbolicTensor) -> SymbolicTensor {
        MaxPooling2D(poolSize: size, strides: 2, padding: .same)(x)
    }
    func inception(
        _ number: String, _ single: Int, _ three: (Int, Int), _ five: (Int, Int), _ pooled: Int,
        _ x: SymbolicTensor
    ) -> SymbolicTensor {
        inceptionBlock(
            number, width(single), (width(three.0), width(three.1)), (width(five.0), width(five.1)),
            width(pooled), x)
    }
    var x = pool(3, inceptionConvolution(width(64), 7, strides: 2, "conv1", input))
    x = inceptionConvolution(width(64), 1, "conv2", x)
    x = pool(3, inceptionConvolution(width(192), 3, "conv3", x))
    x = inception("3a", 64, (96, 128), (16, 32), 32, x)
    x = pool(3, inception("3b", 128, (128, 192), (32, 96), 64, x))
    let after4a = inception("4a", 192, (96, 208), (16, 48), 64, x)
    x = inception("4b", 160, (112, 224), (24, 64), 64, after4a)
    x = inception("4c", 128, (128, 256), (24, 64), 64, x)
    let after4d = inception("4d", 112, (144, 288), (32, 64), 64, x)
    x = pool(2, inception("4e", 256, (160, 320), (32, 128), 128, after4d))
    x = inception("5a", 256, (160, 320), (32, 128), 128, x)
    return (inception("5b", 384, (192, 384), (48, 128), 128, x), after4a, after4d)
}

/// Four branches, concatenated: 1×1; 1×1 and 3×3; 1×1 and "5×5"; 3×3 max pooling and 1×1.
private func inceptionBlock(
    _ number: String, _ single: Int, _ three: (Int, Int), _ five: (Int, Int), _ pooled: Int,
    _ x: SymbolicTensor
) -> SymbolicTensor {
    let name = "inception\(number)"
    let pool = MaxPooling2D(poolSize: 3, strides: 1, padding: .same)(x)
    return Concatenate()(
        inceptionConvolution(single, 1, "\(name).branch1", x),
        inceptionConvolution(
            three.1, 3, "\(name).branch2.1", inceptionConvolution(three.0, 1, "\(name).branch2.0", x)),
        inceptionConvolution(
            five.1, 3, "\(name).branch3.1", inceptionConvolution(five.0, 1, "\(name).branch3.0", x)),
        inceptionConvolution(pooled, 1, "\(name).branch4.1", pool))
}

private func inceptionConvolution(
    _ filters: Int, _ kernelSize: Int, strides: Int = 1, _ name: String, _ x: any Symbolic
) -> SymbolicTensor {
    convolutionBlock(
        filters, kernelSize: kernelSize, strides: strides, epsilon: 1e-3,
        names: ("\(name).conv", "\(name).bn"), x)
}
