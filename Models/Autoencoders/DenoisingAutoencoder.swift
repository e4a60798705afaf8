import Cognitron

/// A denoising autoencoder: the convolutional one, trained to give back pictures that it sees with noise.
///
///     output = decoder(encoder(input + noise)), noise normally distributed, in training only
///
/// - Parameters:
///   - inputShape: as of `convolutionalAutoencoder`.
///   - codeSize: the numbers of the code.
///   - filters: those of each stage.
///   - noise: the standard deviation of the noise, where pictures run from 0 to 1.
/// - Throws: `CognitronError` where the stages do not divide the pictures, a size is below 1 or the noise
///   below 0.
/// - Source: Vincent et al., "Extracting and Composing Robust Features with Denoising Autoencoders" (2008).
public func denoisingAutoencoder(
    inputShape: Shape = [28, 28, 1], codeSize: Int = 32, filters: [Int] = [32, 64], noise: Float = 0.3
) throws -> Model {
    let stages = try PictureStages(inputShape, filters: filters, "denoising-autoencoder")
    return try autoencoder(
        stages.encoder(codeSize: codeSize), stages.decoder(codeSize: codeSize), noise: noise,
        name: "denoising_autoencoder")
}
