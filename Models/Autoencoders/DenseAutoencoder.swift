import Cognitron

/// A dense autoencoder of pictures.
///
/// | layer | output |
/// |---|---|
/// | flatten; dense `units`, ReLU | 784, 128, 64 |
/// | dense: the code | 32 |
/// | dense `units` from the last, ReLU | 64, 128 |
/// | dense, sigmoid; as a picture | 28×28×1 |
///
/// 222,384 parameters for 28×28×1.
///
/// - Parameters:
///   - inputShape: height × width × channels of the pictures, of any size.
///   - codeSize: the numbers of the code.
///   - units: those of the layers before the code.
///   - latentNoise: the standard deviation of noise on the code while training.
/// - Throws: `CognitronError` where the samples are no pictures or a size is below 1.
/// - Source: Hinton and Salakhutdinov, "Reducing the Dimensionality of Data with Neural Networks" (2006), in
///   the small form of Chollet, "Building Autoencoders in Keras" (2016).
public func denseAutoencoder(
    inputShape: Shape = [28, 28, 1], codeSize: Int = 32, units: [Int] = [128, 64], latentNoise: Float = 0
) throws -> Model {
    try requirePictures(inputShape, classCount: 1, "autoencoder")
    return try denseAutoencoder(
        inputShape, Dense(codeSize, name: "code"), units: units, latentNoise: latentNoise,
        name: "autoencoder")
}

/// Dense layers around a dense code.
///
/// - Parameter units: those of the layers before the code, and from the last one those behind it.
func denseAutoencoder(
    _ inputShape: Shape, _ code: Dense, units: [Int], latentNoise: Float = 0, name: String
) throws -> Model {
    let encoder = Sequential(name: "encoder") {
        Input(shape: inputShape)
        Flatten()
        for count in units { Dense(count, activation: .relu) }
        code
    }
    let decoder = Sequential(name: "decoder") {
        Input(code.units)
        for count in units.reversed() { Dense(count, activation: .relu) }
        Dense(inputShape.elementCount, activation: .sigmoid)
        Reshape(inputShape)
    }
    try encoder.build(inputShape)
    try decoder.build([code.units])
    return try autoencoder(encoder, decoder, latentNoise: latentNoise, name: name)
}
