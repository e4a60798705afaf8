import Cognitron

/// A network that learns small photographs with little arithmetic: a layer that whitens patches, and three
/// groups of two convolutions.
///
/// | layer | output |
/// |---|---|
/// | normalisation; conv 24 @ 2×2 without padding, whitening, GELU | 31×31×24 |
/// | conv 64 @ 3×3, max pool 2, batch norm, GELU; conv 64 @ 3×3, batch norm, GELU | 15×15×64 |
/// | the same with 256 | 7×7×256 |
/// | the same with 256 | 3×3×256 |
/// | global max pooling, divided by its channels | 256 |
/// | dense classes without bias, softmax | classes |
///
/// 1,971,352 trained parameters and 118 million multiply-adds per image of 32×32×3. Convolutions start as the
/// identity on as many channels as there are, batch normalisation has no scale, and the 288 weights of the
/// first convolution are not trained: `adaptAirBench` sets them by the training images. Images of any size
/// from 16 pixels; `airBenchOptimizer` trains it.
///
/// - Parameter widths: the filters of each group. 128, 384, 384 is the form of airbench95.
/// - Source: Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU" (2024), and its successor with Muon,
///   github.com/KellerJordan/cifar10-airbench, whose names the layers have.
public func airBench(
    widths: [Int] = [64, 256, 256], inputShape: Shape = [32, 32, 3], classCount: Int = 10,
    includeTop: Bool = true, pooling: FeaturePooling? = nil
) throws -> Model {
    guard let width = widths.last else {
        throw CognitronError(
            .argument, "airbench", "has no groups", expected: "widths such as [64, 256, 256]")
    }
    try requirePictures(inputShape, atLeast: 16, classCount: classCount, "airbench94")
    let input = Input(shape: inputShape)
    let patch = 4 * (inputShape.last ?? 1)
    let whitening = Conv2D(
        2 * patch, kernelSize: 2, activation: .gelu, biasInitializer: .torchUniform(fanIn: patch),
        name: "whiten")
    whitening.kernel.isTrainable = false
    var x = whitening(Normalization(name: "normalization")(input))
    for (group, filters) in widths.enumerated() {
        x = airBenchGroup(filters, "layers.\(group + 1)", x)
    }
    return try classifier("airbench94", input, x, includeTop: includeTop, pooling: pooling) { x in
        // Logits start within about ±1 / 16 of each other.
        let features = Rescaling(1 / Float(width))(GlobalMaxPooling2D()(x))
        return Dense(
            classCount, activation: .softmax, useBias: false,
            kernelInitializer: .randomUniform(minval: -Float(3).squareRoot(), maxval: Float(3).squareRoot()),
            name: "head")(features)
    }
}

private func airBenchGroup(_ filters: Int, _ name: String, _ x: SymbolicTensor) -> SymbolicTensor {
    func convolution(_ number: Int) -> Conv2D {
        Conv2D(
            filters, kernelSize: 3, padding: .same, useBias: false,
            kernelInitializer: .dirac(rest: .varianceScaling(scale: 1 / 3, distribution: .uniform)),
            name: "\(name).conv\(number)")
    }
    func normalized(_ number: Int, _ x: SymbolicTensor) -> SymbolicTensor {
        Activation(.gelu)(
            BatchNormalization(momentum: 0.6, epsilon: 1e-12, scale: false, name: "\(name).norm\(number)")(x))
    }
    let pooled = MaxPooling2D(poolSize: 2)(convolution(1)(x))
    return normalized(2, convolution(2)(normalized(1, pooled)))
}

/// Gives the network the training images' normalisation, and a first convolution that whitens the patches of
/// the first 5,000 of them.
public func adaptAirBench(_ model: Model, to source: any BatchSource) throws {
    try model.adaptNormalization(to: source)
    guard let whitening = model.layers.first(where: { $0.name == "whiten" }) as? Conv2D,
        let normalization = model.layers.first(where: { $0 is Normalization }) as? Normalization,
        let batch = try source.batch(Array(0..<min(5_000, source.sampleCount ?? 0)), nil),
        let images = batch.inputs.first
    else { return }
    try whitening.whiten(normalization.forward(images, .inference).output)
}

/// The optimizer of `airBench`: Muon for the convolutions, SGD with Nesterov's momentum for the biases and
/// the head. All rates fall to 0 in straight lines: that of the whitening bias in the first three eighths of
/// the steps.
///
/// SGD's rates are those for a batch's summed loss times its size, since the loss here is the mean.
///
/// - Parameters:
///   - learningRate: Muon's first rate; the others change in proportion.
///   - weightDecay: how much SGD's weights shrink at a step for each sample of a batch, at the first rates.
///   - batchSize: samples per step.
///   - steps: of the training.
/// - Source: github.com/KellerJordan/cifar10-airbench, airbench94_muon.py.
public func airBenchOptimizer(
    learningRate: Float = 0.24, weightDecay: Float = 2e-6, batchSize: Int = 2000, steps: Int = 200
) -> MultiOptimizer {
    func falling(_ rate: Float, steps: Int) -> LearningRate {
        .polynomialDecay(initialLearningRate: rate, decaySteps: max(1, steps), endLearningRate: 0)
    }
    func sgd(_ rate: Float, steps: Int) -> SGD {
        let rate = rate * learningRate / 0.24
        return SGD(
            learningRate: falling(rate * Float(batchSize), steps: steps), momentum: 0.85, nesterov: true,
            l2: rate > 0 ? weightDecay / rate : 0)
    }
    let muon = Muon(
        learningRate: falling(learningRate, steps: steps), weightDecay: 0, momentum: 0.6, nsSteps: 3,
        rmsRate: nil, normalizesKernels: true)
    return MultiOptimizer(
        OptimizerMap(
            defaultOptimizer: muon,
            [
                "whiten/bias": sgd(0.053, steps: Int(Double(steps) * 0.375)),
                ".*/beta": sgd(0.053, steps: steps),
                "head/kernel": sgd(0.67, steps: steps),
            ]))
}

extension Initializer {
    /// PyTorch's initial biases: uniform over ±1 / √fanIn.
    fileprivate static func torchUniform(fanIn: Int) -> Initializer {
        let limit = 1 / Float(max(1, fanIn)).squareRoot()
        return .randomUniform(minval: -limit, maxval: limit)
    }
}
