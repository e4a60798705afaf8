import Cognitron

/// A DCGAN whose networks are told the class: the generator makes pictures of the class that it is asked for.
///
/// | network | condition | then |
/// |---|---|---|
/// | generator | the class embedded in 50 numbers, joined to the noise | `dcgan`'s generator |
/// | discriminator | the class embedded in H×W numbers, joined as a channel | `dcgan`'s discriminator |
///
/// - Throws: `CognitronError` where the pictures cannot be halved, or there are no classes.
/// - Source: Mirza and Osindero, "Conditional Generative Adversarial Nets" (2014), with the layers of Radford
///   et al. (2016).
public func conditionalGAN(
    filters: Int = 64, inputShape: Shape = [28, 28, 1], classCount: Int = 10
) throws -> Model {
    try requirePictures(inputShape, classCount: classCount, "cgan")
    let maps = try HalvedMaps(inputShape, filters: filters, "cgan")
    /// The class as a vector; vectors of unit variance differ enough to be told apart from the first step on.
    func embedded(_ label: Input, _ size: Int) -> SymbolicTensor {
        Flatten()(Embedding(classCount, size, embeddingsInitializer: .randomNormal(stddev: 1))(label))
    }
    func chain(_ layers: [any AnyLayer], _ x: SymbolicTensor) -> SymbolicTensor {
        layers.reduce(x) { $1($0) }
    }

    let (noise, asked) = (Input(generatorNoise, name: "noise"), Input(1, name: "class"))
    let generator = try Model(
        inputs: [noise, asked], outputs: chain(maps.grown, Concatenate()(noise, embedded(asked, 50))),
        name: "generator")

    let (picture, label) = (Input(shape: inputShape, name: "picture"), Input(1, name: "class"))
    let (height, width) = (inputShape[0], inputShape[1])
    let channel = Reshape(height, width, 1)(embedded(label, height * width))
    let joined = Concatenate()(Rescaling(2, offset: -1)(picture), channel)
    let discriminator = try Model(
        inputs: [picture, label], outputs: chain(maps.shrunk, joined), name: "discriminator")
    return try .adversarial(generator: generator, discriminator: discriminator, name: "cgan")
}
