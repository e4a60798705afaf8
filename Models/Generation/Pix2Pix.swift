import Cognitron

/// pix2pix: a generator that makes one picture of another, and a discriminator that says of each patch
/// whether it is real, as one model (`Model.adversarial`).
///
///     let model = try pix2pix(inputShape: [64, 64, 1])
///     let generator = model.layer(named: "generator") as? Model
///
/// `pix2pixStep` trains it. The defaults are a small form for 64×64; with 64 filters and 3 layers it is the
/// published one, for 256×256.
///
/// - Parameters:
///   - filters: those of the first convolution of both networks.
///   - layers: the discriminator's convolutions with stride 2.
///   - inputShape: that of the pictures that are given; those that are made have three channels.
/// - Throws: `CognitronError.shape` where height and width are no multiples of 16.
/// - Source: Isola, Zhu, Zhou and Efros, "Image-to-Image Translation with Conditional Adversarial Networks"
///   (2017).
public func pix2pix(filters: Int = 16, layers: Int = 2, inputShape: Shape = [64, 64, 3]) throws -> Model {
    let generator = try pix2pixGenerator(filters: filters, inputShape: inputShape)
    let discriminator = try patchDiscriminator(
        filters: filters, layers: layers, inputShape: inputShape.replacingLast(with: 3),
        conditionShape: inputShape)
    return try .adversarial(generator: generator, discriminator: discriminator, name: "pix2pix")
}

/// The step that trains pix2pix on pairs: half of the discriminator's loss, and for the generator −log D and
/// the absolute error times a weight.
///
/// - Parameters:
///   - reconstructionWeight: 200 for numbers in 0…1 is the paper's 100 for −1…1.
///   - labelSmoothing: s: the discriminator learns 1 − s for real pictures.
public func pix2pixStep(reconstructionWeight: Float = 200, labelSmoothing: Float = 0) -> AdversarialStep {
    AdversarialStep(
        loss: .nonSaturating(labelSmoothing: labelSmoothing), form: .pairs, discriminatorWeight: 0.5,
        reconstruction: .meanAbsoluteError, reconstructionWeight: reconstructionWeight)
}
