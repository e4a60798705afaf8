import Cognitron

/// An autoencoder of any encoder and decoder, which learns to give back its input:
///
///     output = decoder(encoder(input + noise) + latentNoise)
///
/// Both kinds of noise are normally distributed and act in training only. Noise on the input makes an
/// autoencoder that removes noise, for its target is the input as it was (`TargetForm.input`); noise on the
/// code makes one in whose latent space neighbours mean nearly the same.
///
/// - Parameters:
///   - encoder: a built model called `encoder`, with one input and one output.
///   - decoder: a built model called `decoder`, from the encoder's output to a sample.
///   - noise: the standard deviation of the noise on the input; 0 for none.
///   - latentNoise: that of the noise on the code.
/// - Throws: `CognitronError` where the two do not go together, or a deviation is below 0.
/// - Source: Hinton and Salakhutdinov, "Reducing the Dimensionality of Data with Neural Networks" (2006).
public func autoencoder(
    _ encoder: Model, _ decoder: Model, noise: Float = 0, latentNoise: Float = 0,
    name: String = "autoencoder"
) throws -> Model {
    guard encoder.name == "encoder", decoder.name == "decoder", let shape = encoder.inputShape,
        decoder.outputShape == shape
    else {
        throw CognitronError(
            .model, name, "encoder and decoder do not go together",
            expected: "built models of these names, and an output of the encoder's input shape",
            got: [encoder, decoder].map { model in
                let shapes = [model.inputShape, model.outputShape].map { $0?.description ?? "unknown" }
                return "\(model.name ?? "a model without a name") from \(shapes[0]) to \(shapes[1])"
            }.joined(separator: ", "))
    }
    let input = Input(shape: shape)
    let code = encoder(noise == 0 ? input.symbolic : GaussianNoise(noise)(input))
    let told = latentNoise == 0 ? code : GaussianNoise(latentNoise, name: "latent_noise")(code)
    return try Model(inputs: input, outputs: decoder(told), name: name)
}

extension TaskRecipe {
    /// That of autoencoders of pictures: binary cross-entropy of each number, judged by the squared error.
    static let reconstruction = TaskRecipe(
        losses: [.binaryCrossentropy], metrics: [.meanSquaredError], furtherMetrics: [.meanAbsoluteError],
        targets: .input)
}
