import Cognitron

/// Koch's Siamese network: says whether two pictures show the same character, of an alphabet that it may
/// never have seen.
///
///     p = σ(Σᵢ wᵢ · |h(x₁) − h(x₂)|ᵢ + b)
///
/// Both pictures pass the same tower h:
///
/// | layer | output |
/// |---|---|
/// | conv 64 @ 10×10, ReLU; max pool 2 | 48×48×64 |
/// | conv 128 @ 7×7, ReLU; max pool 2 | 21×21×128 |
/// | conv 128 @ 4×4, ReLU; max pool 2 | 9×9×128 |
/// | conv 256 @ 4×4, ReLU | 6×6×256 |
/// | dense 4096, sigmoid | 4096 |
///
/// 38,951,745 parameters; 909 million multiply-adds per picture of 105×105×1. Inputs are `left` and `right`,
/// the output is the probability (N, 1) of the same class; `PairSource` makes the batches.
///
/// - Throws: `CognitronError` where the pictures are too small for the poolings.
/// - Source: Koch, Zemel and Salakhutdinov, "Siamese Neural Networks for One-shot Image Recognition" (2015).
public func siamese(inputShape: Shape = [105, 105, 1]) throws -> Model {
    try siamese(siameseTower(inputShape: inputShape))
}

/// A Siamese network of any tower: the weighted distance of the vectors that it gives for two samples.
///
/// - Parameter tower: has one input of a fixed shape and one output (N, D); it becomes the layer `tower`.
/// - Throws: `CognitronError` where it has not.
public func siamese(_ tower: Model, name: String = "siamese") throws -> Model {
    guard let shape = tower.inputShape, tower.outputCount == 1, tower.outputShape?.rank == 1 else {
        throw CognitronError(
            .model, name, "cannot compare what the tower gives",
            expected: "a built model with one input and one vector as output",
            got: tower.outputShape.map { "an output of shape \($0)" } ?? "a model that is not built")
    }
    let inputs = [Input(shape: shape, name: "left"), Input(shape: shape, name: "right")]
    let (left, right) = (tower(inputs[0]), tower(inputs[1]))
    // |a − b| = max(a, b) − min(a, b)
    let distance = Subtract(name: "distance")(Maximum()(left, right), Minimum()(left, right))
    return try Model(
        inputs: inputs, outputs: Dense(1, activation: .sigmoid, name: "join")(distance), name: name)
}

/// The tower of Koch's network: 38,947,648 parameters.
func siameseTower(inputShape: Shape) throws -> Model {
    let bias = Initializer.randomNormal(mean: 0.5, stddev: 0.01)
    func convolution(_ filters: Int, _ size: Int) -> Conv2D {
        Conv2D(
            filters, kernelSize: size, activation: .relu, kernelInitializer: .randomNormal(stddev: 0.01),
            biasInitializer: bias)
    }
    let model = Sequential(name: "tower") {
        Input(shape: inputShape)
        convolution(64, 10); MaxPooling2D(poolSize: 2)
        convolution(128, 7); MaxPooling2D(poolSize: 2)
        convolution(128, 4); MaxPooling2D(poolSize: 2)
        convolution(256, 4)
        Flatten()
        Dense(
            4096, activation: .sigmoid, kernelInitializer: .randomNormal(stddev: 0.2), biasInitializer: bias)
    }
    try model.build(inputShape)
    return model
}
