import Cognitron

/// The generator of pix2pix: a U-Net that makes one picture of another.
///
/// | layer, f filters | output of 64×64 |
/// |---|---|
/// | conv f @ 4×4, stride 2; leaky ReLU | 32×32×f |
/// | conv 2f, batch norm, leaky ReLU; the same with 4f, 8f, 8f | 2×2×8f |
/// | conv 8f, ReLU | 1×1×8f |
/// | transposed conv 8f @ 4×4, stride 2; batch norm, dropout | 2×2×8f |
/// | joined with the encoder's 2×2, ReLU; transposed conv 8f, batch norm, dropout | 4×4×8f |
/// | the same with 4f; without dropout with 2f and f | 32×32×f |
/// | joined with the encoder's 32×32, ReLU; transposed conv 3, tanh | 64×64×3 |
///
/// Pictures have numbers in 0…1 on both sides; inside they are −1…1. The first three stages of the decoder
/// have dropout, only the last has biases, weights start as N(0, 0.02), scales as N(1, 0.02).
///
/// With f = 16 and pictures of 64×64 (6 levels) 1,830,563 parameters and 25 million multiply-adds; with f =
/// 64 and 256×256 (8 levels), as published, 54,413,955 and 6.0 billion.
///
/// The paper keeps dropout and the batch's statistics when it makes pictures, so that each run gives another
/// one: `generator.forward(pictures, .training).output`. `predict` uses neither.
///
/// - Parameters:
///   - filters: f, those of the first convolution.
///   - levels: how often the encoder halves the pictures; nil for as often as both sides can be halved, at
///     most 8.
///   - dropout: the rate.
///   - outputChannels: those of the pictures that it makes.
/// - Throws: `CognitronError.shape` where the pictures' sides are no multiples of 2^levels; without `levels`,
///   of 16.
/// - Source: Isola, Zhu, Zhou and Efros, "Image-to-Image Translation with Conditional Adversarial Networks"
///   (2017).
public func pix2pixGenerator(
    filters: Int = 16, levels: Int? = nil, dropout: Float = 0.5, inputShape: Shape = [64, 64, 3],
    outputChannels: Int = 3
) throws -> Model {
    let levels = try halvings(of: inputShape, levels)
    let widths = (0..<levels).map { filters * min(1 << $0, 8) }
    let input = Input(shape: inputShape)
    var x = Rescaling(2, offset: -1)(input)
    var encoded: [SymbolicTensor] = []
    for (level, width) in widths.enumerated() {
        let isInnermost = level == levels - 1
        x = patchBlock(
            width, isNormalized: level > 0 && !isInnermost,
            activation: ReLU(negativeSlope: isInnermost ? 0 : 0.2), name: "down\(level + 1)", x)
        encoded.append(x)
    }
    for level in (0..<levels).reversed() {
        if level < levels - 1 { x = ReLU()(Concatenate()(encoded[level], x)) }
        let name = "up\(level + 1)"
        guard level > 0 else {
            x = adversarialTransposed(
                outputChannels, activation: .tanh, useBias: true, name: "\(name).conv")(x)
            break
        }
        x = adversarialTransposed(widths[level - 1], name: "\(name).conv")(x)
        x = adversarialNormalization(name: "\(name).norm")(x)
        if levels - level <= droppedStages { x = Dropout(dropout)(x) }
    }
    return try Model(inputs: input, outputs: Rescaling(0.5, offset: 0.5)(x), name: "generator")
}

/// The stages of the decoder that have dropout.
private let droppedStages = 3

/// How often a U-Net for pictures of a shape halves them.
///
/// - Parameter levels: the wanted number; nil for as many as possible.
private func halvings(of shape: Shape, _ levels: Int?) throws -> Int {
    try requirePictures(shape, classCount: 1, "pix2pix")
    let possible = min(shape[0].trailingZeroBitCount, shape[1].trailingZeroBitCount, 8)
    if let levels, levels < 2 {
        throw CognitronError(
            .argument, "pix2pix", "has too few levels", expected: "at least 2", got: "\(levels)")
    }
    guard possible >= levels ?? 4 else {
        throw CognitronError(
            .shape, "pix2pix", "cannot halve pictures of this size so often",
            expected: "height and width that are multiples of \(1 << min(levels ?? 4, 30))",
            got: "\(shape[0]) × \(shape[1])", advice: "resize the pictures, for instance to 64 × 64")
    }
    return levels ?? possible
}
