import Cognitron

/// A generator and a discriminator of dense layers, for small pictures.
///
/// | generator | output | discriminator | output |
/// |---|---|---|---|
/// | noise | 100 | picture, to −1…1 | H·W·C |
/// | dense, leaky ReLU | 256 | dense, leaky ReLU, dropout 0.3 | 512 |
/// | dense, leaky ReLU | 512 | dense, leaky ReLU, dropout 0.3 | 256 |
/// | dense, tanh, to 0…1 | H·W·C | dense | 1 |
///
/// The slope of leaky ReLUs is 0.2. For 28×28: 559,632 and 533,505 parameters.
///
/// - Throws: `CognitronError` where the samples are no pictures.
/// - Source: Goodfellow et al., "Generative Adversarial Nets" (2014), whose networks have rectifiers and
///   maxout.
public func gan(inputShape: Shape = [28, 28, 1]) throws -> Model {
    try requirePictures(inputShape, classCount: 1, "gan")
    let generator = Sequential(name: "generator") {
        Input(generatorNoise)
        for units in [256, 512] {
            Dense(units)
            LeakyReLU(negativeSlope: 0.2)
        }
        Dense(inputShape.elementCount, activation: .tanh)
        Reshape(inputShape)
        Rescaling(0.5, offset: 0.5)
    }
    let discriminator = Sequential(name: "discriminator") {
        Input(shape: inputShape)
        Rescaling(2, offset: -1)
        Flatten()
        for units in [512, 256] {
            Dense(units)
            LeakyReLU(negativeSlope: 0.2)
            Dropout(0.3)
        }
        Dense(1)
    }
    return try .adversarial(generator: generator, discriminator: discriminator, name: "gan")
}

/// The length of the generators' noise.
let generatorNoise = 100
