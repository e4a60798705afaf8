import Cognitron

/// A sparse autoencoder: one wide layer, of which a picture may use few units.
///
///     code = relu(W₁ · input + b₁)
///     output = σ(W₂ · code + b₂)
///     loss += penalty · Σ code / (N · numbers of a picture)
///
/// 402,448 parameters for 28×28×1.
///
/// - Parameters:
///   - inputShape: height × width × channels of the pictures, of any size.
///   - codeSize: the units of the layer.
///   - penalty: what a unit's output of 1 costs, as a part of the loss summed over a picture; at least 0.
/// - Throws: `CognitronError` where the samples are no pictures, a size is below 1 or the penalty below 0.
/// - Source: Ng, "Sparse autoencoder", CS294A lecture notes (2011), with the absolute value for a penalty.
public func sparseAutoencoder(
    inputShape: Shape = [28, 28, 1], codeSize: Int = 256, penalty: Float = 0.1
) throws -> Model {
    try requirePictures(inputShape, classCount: 1, "sparse-autoencoder")
    let code = Dense(
        codeSize, activation: .relu, activityRegularizer: .l1(penalty / Float(inputShape.elementCount)),
        name: "code")
    return try denseAutoencoder(inputShape, code, units: [], name: "sparse_autoencoder")
}
