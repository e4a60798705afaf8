import Cognitron

/// A residual network for images of 224×224: a 7×7 stem, and four stages of residual blocks.
///
/// | layer | output |
/// |---|---|
/// | conv 64 @ 7×7, stride 2, batch norm, ReLU; max pool 3, stride 2 | 56×56×64 |
/// | blocks of width 64 | 56×56×64 (256) |
/// | blocks of width 128, the first with stride 2 | 28×28×128 (512) |
/// | blocks of width 256, the first with stride 2 | 14×14×256 (1024) |
/// | blocks of width 512, the first with stride 2 | 7×7×512 (2048) |
/// | global average pooling | 512 (2048) |
/// | dense classes, softmax | classes |
///
/// | depth | blocks | kind | parameters | multiply-adds |
/// |---|---|---|---|---|
/// | 18 | 2, 2, 2, 2 | basic | 11,689,512 | 1.8 billion |
/// | 34 | 3, 4, 6, 3 | basic | 21,797,672 | 3.7 billion |
/// | 50 | 3, 4, 6, 3 | bottleneck | 25,557,032 | 4.1 billion |
/// | 101 | 3, 4, 23, 3 | bottleneck | 44,549,160 | 7.8 billion |
/// | 152 | 3, 8, 36, 3 | bottleneck | 60,192,808 | 11.5 billion |
///
/// Numbers in brackets are those of bottleneck blocks. As in torchvision (`resnet50`), whose names the layers
/// have: the stride is in the 3×3 convolution. Images of any size. `smallResNet` is the form for 32×32.
///
/// - Parameters:
///   - depth: 18, 34, 50, 101 or 152 layers with weights.
///   - width: the factor of all channels.
///   - includeTop: whether the dense layer follows.
///   - pooling: what follows the feature maps without it.
/// - Source: He, Zhang, Ren and Sun, "Deep Residual Learning for Image Recognition" (2016).
public func imageNetResNet(
    depth: Int, width: Float = 1, inputShape: Shape = [224, 224, 3], classCount: Int = 1000,
    includeTop: Bool = true, pooling: FeaturePooling? = nil
) throws -> Model {
    let plan = try ResidualPlan(depth: depth, width: width)
    try requirePictures(inputShape, classCount: classCount, "resnet\(depth)")
    let input = Input(shape: inputShape)
    return try classifier(
        "resnet\(depth)\(depth < 50 ? "-imagenet" : "")", input, plan.stages(plan.stem(input))[3],
        includeTop: includeTop, pooling: pooling, top: averagedClasses(classCount, name: "fc"))
}

/// A residual network for small images: the stem is a 3×3 convolution without pooling; stages, names and
/// blocks are those of `imageNetResNet`.
///
/// - Parameters:
///   - depth: 18, 34, 50, 101 or 152 layers with weights.
///   - width: the factor of all channels.
public func smallResNet(
    depth: Int, width: Float = 1, inputShape: Shape = [32, 32, 3], classCount: Int = 10,
    includeTop: Bool = true, pooling: FeaturePooling? = nil
) throws -> Model {
    let plan = try ResidualPlan(depth: depth, width: width)
    try requirePictures(inputShape, classCount: classCount, "resnet\(depth)")
    let input = Input(shape: inputShape)
    let stem = convolutionBlock(plan.width(64), kernelSize: 3, names: ("conv1", "bn1"), input)
    return try classifier(
        "resnet\(depth)", input, plan.stages(stem)[3], includeTop: includeTop, pooling: pooling,
        top: averagedClasses(classCount, name: "fc"))
}

/// ResNet-18 for small images: stages of 2, 2, 2 and 2 blocks. 555 million multiply-adds per image of
/// 32×32×3.
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
    try smallResNet(depth: 18, inputShape: inputShape, classCount: classCount)
}

/// ResNet-34 for small images: as ResNet-18 with stages of 3, 4, 6 and 3 blocks.
///
/// - Throws: `CognitronError` where the input shape is not an image's.
public func resNet34(inputShape: Shape = [32, 32, 3], classCount: Int = 10) throws -> Model {
    try smallResNet(depth: 34, inputShape: inputShape, classCount: classCount)
}

/// The blocks of a residual network.
struct ResidualPlan {
    let blocks: [Int]
    /// Whether blocks are 1×1, 3×3, 1×1 with four times as many channels at their ends.
    let hasBottlenecks: Bool
    let width: WidthFactor

    init(depth: Int, width: Float) throws {
        let plans = [
            18: [2, 2, 2, 2], 34: [3, 4, 6, 3], 50: [3, 4, 6, 3], 101: [3, 4, 23, 3], 152: [3, 8, 36, 3],
        ]
        guard let blocks = plans[depth] else {
            throw CognitronError(
                .argument, "resnet", "has no such depth", expected: "18, 34, 50, 101 or 152", got: "\(depth)")
        }
        (self.blocks, hasBottlenecks) = (blocks, depth >= 50)
        self.width = try WidthFactor(width, "resnet")
    }

    /// The stem for large pictures: a quarter of their size.
    func stem(_ input: Input) -> SymbolicTensor {
        let x = convolutionBlock(width(64), kernelSize: 7, strides: 2, names: ("conv1", "bn1"), input)
        return MaxPooling2D(poolSize: 3, strides: 2, padding: .explicit(1))(x)
    }

    /// What each of the four stages makes of what comes before it.
    func stages(_ x: SymbolicTensor) -> [SymbolicTensor] {
        blocks.indices.reduce(into: []) { outputs, number in
            outputs.append(stage(number, outputs.last ?? x))
        }
    }

    /// The channels that a stage makes.
    func channels(_ stage: Int) -> Int { width(64 << stage) * (hasBottlenecks ? 4 : 1) }

    /// Stage `number`, from 0 on.
    func stage(_ number: Int, _ x: SymbolicTensor) -> SymbolicTensor {
        var (x, channels) = (x, number == 0 ? width(64) : self.channels(number - 1))
        let filters = self.channels(number)
        for block in 0..<blocks[number] {
            let strides = block == 0 && number > 0 ? 2 : 1
            let name = "layer\(number + 1).\(block)"
            let shortcut =
                strides == 1 && channels == filters
                ? x
                : convolutionBlock(
                    filters, kernelSize: 1, strides: strides, activation: nil,
                    names: ("\(name).downsample.0", "\(name).downsample.1"), x)
            let sum = Add()(
                residual(width(64 << number), filters, strides: strides, name, x), shortcut)
            (x, channels) = (ReLU()(sum), filters)
        }
        return x
    }

    private func residual(
        _ width: Int, _ filters: Int, strides: Int, _ name: String, _ x: SymbolicTensor
    ) -> SymbolicTensor {
        func part(
            _ number: Int, _ filters: Int, _ kernelSize: Int, strides: Int = 1,
            activation: ReLU? = ReLU(), _ x: SymbolicTensor
        ) -> SymbolicTensor {
            convolutionBlock(
                filters, kernelSize: kernelSize, strides: strides, activation: activation,
                names: ("\(name).conv\(number)", "\(name).bn\(number)"), x)
        }
        guard hasBottlenecks else {
            return part(2, filters, 3, activation: nil, part(1, width, 3, strides: strides, x))
        }
        return part(3, filters, 1, activation: nil, part(2, width, 3, strides: strides, part(1, width, 1, x)))
    }
}
