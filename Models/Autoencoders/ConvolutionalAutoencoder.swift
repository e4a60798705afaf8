import Cognitron

/// A convolutional autoencoder: the stages of `PictureStages` around a dense code.
///
/// | layer | output |
/// |---|---|
/// | conv 32 @ 3×3, stride 2, ReLU | 14×14×32 |
/// | conv 64 @ 3×3, stride 2, ReLU | 7×7×64 |
/// | flatten, dense: the code | 32 |
/// | dense, ReLU | 7×7×64 |
/// | transposed conv 64 @ 3×3, stride 2, ReLU | 14×14×64 |
/// | transposed conv 32 @ 3×3, stride 2, ReLU | 28×28×32 |
/// | transposed conv 1 @ 3×3, sigmoid | 28×28×1 |
///
/// 278,369 parameters for 28×28×1.
///
/// - Parameters:
///   - inputShape: height × width × channels of the pictures; each stage halves height and width.
///   - codeSize: the numbers of the code.
///   - filters: those of each stage.
///   - latentNoise: the standard deviation of noise on the code while training.
/// - Throws: `CognitronError` where the stages do not divide the pictures, or a size is below 1.
/// - Source: Masci et al., "Stacked Convolutional Auto-Encoders" (2011); layers of Keras's example
///   "Variational AutoEncoder" (2020).
public func convolutionalAutoencoder(
    inputShape: Shape = [28, 28, 1], codeSize: Int = 32, filters: [Int] = [32, 64], latentNoise: Float = 0
) throws -> Model {
    let stages = try PictureStages(inputShape, filters: filters, "conv-autoencoder")
    return try autoencoder(
        stages.encoder(codeSize: codeSize), stages.decoder(codeSize: codeSize), latentNoise: latentNoise,
        name: "conv_autoencoder")
}
