import Cognitron
import CognitronData
import CognitronModels

/// What an encoder learns from pictures without labels.
enum PretextTask: String, CaseIterable {
    case nothing
    case autoencoder
    case denoising = "denoising autoencoder"
    case rotation

    /// The encoder, trained.
    func encoder(for data: LabelledAndNot, _ settings: ExperimentSettings) throws -> Model {
        let pictures = data.unlabelled(settings.pick(full: 15_000, small: 1_000))
        let encoder = try Self.newEncoder(pictures.shape.sample, settings)
        switch self {
        case .nothing: break
        case .autoencoder: try Self.copy(pictures, with: encoder, noise: 0, settings)
        case .denoising: try Self.copy(pictures, with: encoder, noise: 0.3, settings)
        case .rotation: try Self.tellRotations(pictures, with: encoder, settings)
        }
        return encoder
    }

    /// The filters of the first convolution.
    private static func filters(_ settings: ExperimentSettings) -> Int {
        settings.pick(full: 32, small: 16)
    }

    /// The encoder with its initial weights.
    static func newEncoder(_ shape: Shape, _ settings: ExperimentSettings) throws -> Sequential {
        let filters = filters(settings)
        let encoder = Sequential(name: "encoder") {
            Input(shape: shape)
            Conv2D(filters, kernelSize: 3, padding: .same, activation: .relu)
            MaxPooling2D(poolSize: 2)
            Conv2D(2 * filters, kernelSize: 3, padding: .same, activation: .relu)
            MaxPooling2D(poolSize: 2)
            Flatten()
            Dense(64, activation: .relu)
        }
        try encoder.compile(optimizer: Adam(), loss: .meanSquaredError, seed: settings.seed)
        return encoder
    }

    /// Trains the encoder, and a decoder, to give the pictures themselves.
    ///
    /// - Parameter noise: the standard deviation of noise on the input.
    private static func copy(
        _ pictures: Tensor, with encoder: Sequential, noise: Float, _ settings: ExperimentSettings
    ) throws {
        let (height, width) = (pictures.shape[1] / 4, pictures.shape[2] / 4)
        let filters = filters(settings)
        let decoder = Sequential(name: "decoder") {
            Input(64)
            Dense(height * width * 2 * filters, activation: .relu)
            Reshape([height, width, 2 * filters])
            Conv2DTranspose(filters, kernelSize: 3, strides: 2, padding: .same, activation: .relu)
            Conv2DTranspose(1, kernelSize: 3, strides: 2, padding: .same, activation: .sigmoid)
        }
        try decoder.build([64])
        let model = try CognitronModels.autoencoder(encoder, decoder, noise: noise)
        try model.compile(optimizer: Adam(), loss: .binaryCrossentropy, seed: settings.seed)
        try model.fit(
            pictures, pictures, batchSize: 64, epochs: settings.pick(full: 5, small: 3), verbose: .silent)
    }

    /// Trains the encoder, and a layer of four classes, to tell by how many quarters pictures are turned.
    private static func tellRotations(
        _ pictures: Tensor, with encoder: Sequential, _ settings: ExperimentSettings
    ) throws {
        let input = Input(shape: pictures.shape.sample)
        let model = try Model(
            inputs: input, outputs: Dense(4, activation: .softmax)(encoder(input)), name: "rotation")
        try model.compile(optimizer: Adam(), loss: .sparseCategoricalCrossentropy, seed: settings.seed)
        let turned = SampleSource([pictures]).map { batch, samples, draw in
            let turns = samples.map { sample in
                var random = (draw ?? Draw(epoch: 0, key: RandomKey(seed: 0))).generator(for: sample)
                return Int.random(in: 0..<4, using: &random)
            }
            return Batch(inputs: [batch.inputs[0].turned(turns)], targets: [Tensor(turns)])
        }
        try model.fit(
            turned, batchSize: 64, epochs: settings.pick(full: 5, small: 3), verbose: .silent)
    }
}

extension Tensor {
    /// Square pictures (N, H, H, C), each turned by a number of quarters anticlockwise.
    func turned(_ quarters: [Int]) -> Tensor {
        let transposed = permuted([0, 2, 1, 3])
        let all = Tensor.concatenated(
            [
                self, transposed.flipped(axis: 1), flipped(axis: 1).flipped(axis: 2),
                transposed.flipped(axis: 2),
            ],
            axis: 0)
        return all.batch(quarters.enumerated().map { $1 * shape[0] + $0 })
    }
}
