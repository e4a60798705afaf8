import Cognitron

/// The discriminator of pix2pix: says of each patch of a picture whether it is real.
///
/// | layer, f filters | output of 64×64, 2 layers |
/// |---|---|
/// | conv f @ 4×4, stride 2; leaky ReLU | 32×32×f |
/// | conv 2f, stride 2, batch norm, leaky ReLU, …, up to 8f: `layers` strided ones in all | 16×16×2f |
/// | conv of twice as many, 8f at most, stride 1, batch norm, leaky ReLU | 15×15×4f |
/// | conv 1, stride 1 | 14×14×1 |
///
/// Inputs are `picture`, which may be real or made, and `condition`, the one that it was made of; they are
/// joined along the channels and have numbers in 0…1. The output holds logits. Slopes below 0 are 0.2, the
/// first and last layer have biases and no batch norm.
///
/// With f = 16 and 2 layers 43,729 parameters and 11 million multiply-adds; with f = 64 and 3 layers for
/// pairs of 256×256×3, as published, 2,768,705 and 3.2 billion: its logits see 70×70 pixels.
///
/// - Parameters:
///   - filters: f, those of the first convolution.
///   - layers: the number of convolutions with stride 2.
///   - conditionShape: of the same height and width; nil for that of the picture.
/// - Throws: `CognitronError` where nothing would be left of the pictures.
/// - Source: Isola, Zhu, Zhou and Efros, "Image-to-Image Translation with Conditional Adversarial Networks"
///   (2017).
public func patchDiscriminator(
    filters: Int = 16, layers: Int = 2, inputShape: Shape = [64, 64, 3], conditionShape: Shape? = nil
) throws -> Model {
    guard (1...8).contains(layers) else {
        throw CognitronError(
            .argument, "patch discriminator", "has no such number of layers", expected: "1 to 8",
            got: "\(layers)")
    }
    try requirePictures(inputShape, atLeast: 3 << layers, classCount: 1, "patch discriminator")
    let inputs = [
        Input(shape: inputShape, name: "picture"),
        Input(shape: conditionShape ?? inputShape, name: "condition"),
    ]
    var x = Rescaling(2, offset: -1)(Concatenate()(inputs[0], inputs[1]))
    for layer in 0...layers {
        x = patchBlock(
            filters * min(1 << layer, 8), strides: layer < layers ? 2 : 1, isNormalized: layer > 0,
            useBias: layer == 0, activation: ReLU(negativeSlope: 0.2), name: "layer\(layer + 1)", x)
    }
    let logits = patchBlock(
        1, strides: 1, isNormalized: false, useBias: true, activation: nil, name: "layer\(layers + 2)", x)
    return try Model(inputs: inputs, outputs: logits, name: "discriminator")
}
