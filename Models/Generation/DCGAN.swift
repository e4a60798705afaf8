import Cognitron

/// DCGAN for small pictures: the generator doubles the size of its maps by transposed convolutions, the
/// discriminator halves it by convolutions with stride 2, both with 4×4 kernels.
///
/// | generator, of 28×28 | output | discriminator | output |
/// |---|---|---|---|
/// | noise | 100 | picture, to −1…1 | 28×28×C |
/// | dense, batch norm, ReLU | 7×7×128 | conv 64 @ 4×4/2, leaky | 14×14×64 |
/// | transposed 64 @ 4×4/2, batch norm, ReLU | 14×14×64 | conv 128 @ 4×4/2, batch norm, leaky | 7×7×128 |
/// | transposed C @ 4×4/2, tanh, to 0…1 | 28×28×C | dense | 1 |
///
/// Sizes are halved as long as they are even and at least 8: 32×32 has maps of 4×4×256 and a step more. The
/// slope of leaky ReLUs is 0.2; layers with batch normalisation have no bias.
///
/// - Throws: `CognitronError` where the pictures cannot be halved.
/// - Source: Radford et al., "Unsupervised Representation Learning with Deep Convolutional Generative
///   Adversarial Networks" (2016).
public func dcgan(filters: Int = 64, inputShape: Shape = [28, 28, 1]) throws -> Model {
    let maps = try HalvedMaps(inputShape, filters: filters, "dcgan")
    let generator = Sequential(name: "generator") {
        Input(generatorNoise)
        maps.grown
    }
    let discriminator = Sequential(name: "discriminator") {
        Input(shape: inputShape)
        Rescaling(2, offset: -1)
        maps.shrunk
    }
    return try .adversarial(generator: generator, discriminator: discriminator, name: "dcgan")
}

/// DCGAN for 64×64, in PyTorch's form.
///
/// | generator | output | discriminator | output |
/// |---|---|---|---|
/// | noise | 1×1×100 | picture, to −1…1 | 64×64×C |
/// | transposed 8f @ 4×4, batch norm, ReLU | 4×4×8f | conv f @ 4×4/2, leaky ReLU | 32×32×f |
/// | transposed 4f @ 4×4/2, batch norm, ReLU | 8×8×4f | conv 2f @ 4×4/2, batch norm, leaky ReLU | 16×16×2f |
/// | transposed 2f @ 4×4/2, batch norm, ReLU | 16×16×2f | conv 4f @ 4×4/2, batch norm, leaky ReLU | 8×8×4f |
/// | transposed f @ 4×4/2, batch norm, ReLU | 32×32×f | conv 8f @ 4×4/2, batch norm, leaky ReLU | 4×4×8f |
/// | transposed C @ 4×4/2, tanh, to 0…1 | 64×64×C | conv 1 @ 4×4 | 1 |
///
/// With f = 64 and three channels 3,576,704 trained parameters and 104,628,224 multiply-adds, and 2,765,568
/// and 103,817,216. No layer has a bias.
///
/// - Throws: `CognitronError` where the pictures are not 64×64.
/// - Source: Radford et al. (2016); PyTorch's example `dcgan`.
public func dcgan64(filters f: Int = 64, inputShape: Shape = [64, 64, 3]) throws -> Model {
    try requirePictures(inputShape, classCount: 1, "dcgan-64")
    guard inputShape[0] == 64, inputShape[1] == 64 else {
        throw CognitronError(
            .shape, "dcgan-64", "makes pictures of one size only", expected: "64 × 64",
            got: "\(inputShape[0]) × \(inputShape[1])", advice: "take dcgan for other sizes")
    }
    let generator = Sequential(name: "generator") {
        Input(generatorNoise)
        Reshape(1, 1, generatorNoise)
        doubling(8 * f, strides: 1, padding: .valid)
        for factor in [4, 2, 1] { doubling(factor * f) }
        lastDoubling(inputShape[2])
    }
    let discriminator = Sequential(name: "discriminator") {
        Input(shape: inputShape)
        Rescaling(2, offset: -1)
        halving(f, isNormalized: false)
        for factor in [2, 4, 8] { halving(factor * f) }
        Conv2D(1, kernelSize: 4, useBias: false, kernelInitializer: adversarialKernel)
        Flatten()
    }
    return try .adversarial(generator: generator, discriminator: discriminator, name: "dcgan-64")
}
