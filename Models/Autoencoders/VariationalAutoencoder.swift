import Cognitron

/// A variational autoencoder: codes are drawn from normal distributions that are held near the standard
/// normal one, so that every place of the latent space near 0 means a picture.
///
/// | layer | output |
/// |---|---|
/// | conv 32 @ 3×3, stride 2, ReLU | 14×14×32 |
/// | conv 64 @ 3×3, stride 2, ReLU | 7×7×64 |
/// | flatten, dense, ReLU | 16 |
/// | dense: mean; dense: logarithm of the variance | 2 and 2 |
/// | sampling: the code; in prediction the mean | 2 |
/// | the decoder of `convolutionalAutoencoder` | 28×28×1 |
///
/// The encoder has 69,076 parameters, the decoder 65,089 for 28×28×1. With the mean binary cross-entropy of
/// `ModelName.vae` the loss is the evidence lower bound, negative and divided by the numbers of a picture.
///
/// - Parameters:
///   - inputShape: height × width × channels of the pictures; each stage halves height and width.
///   - codeSize: the numbers of the code. The layer before has eight times as many units.
///   - filters: those of each stage.
///   - beta: the factor of the divergence.
/// - Throws: `CognitronError` where the stages do not divide the pictures, a size is below 1 or beta below 0.
/// - Source: Kingma and Welling, "Auto-Encoding Variational Bayes" (2014); layers of Keras's example
///   "Variational AutoEncoder" (2020); beta, Higgins et al., "beta-VAE" (2017).
public func variationalAutoencoder(
    inputShape: Shape = [28, 28, 1], codeSize: Int = 2, filters: [Int] = [32, 64], beta: Float = 1
) throws -> Model {
    let stages = try PictureStages(inputShape, filters: filters, "vae")
    let picture = Input(shape: inputShape)
    let features = Dense(8 * codeSize, activation: .relu)(stages.features(of: picture))
    let code = GaussianSampling(weight: beta / Float(inputShape.elementCount), name: "code")(
        Dense(codeSize, name: "mean")(features), Dense(codeSize, name: "log_variance")(features))
    let encoder = try Model(inputs: picture, outputs: code, name: "encoder")
    return try autoencoder(encoder, stages.decoder(codeSize: codeSize), name: "vae")
}
