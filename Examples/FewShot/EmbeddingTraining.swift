import Cognitron
import CognitronData
import CognitronModels

/// Trains towers that turn pictures into vectors, each in another way on as many pictures.
struct EmbeddingTraining {
    private let train: CharacterPictures
    private let settings: ExperimentSettings

    init(_ train: CharacterPictures, _ settings: ExperimentSettings) {
        (self.train, self.settings) = (train, settings)
    }

    /// The pictures that each method sees.
    private var pictureCount: Int { settings.pick(full: 48_000, small: 24_000) }

    /// The training pictures, moved a little at random.
    private var source: AugmentedSource {
        train.source.augmented([
            .rotation(degrees: 8, fillMode: .constant), .randomCrop(padding: 2, fillMode: .constant),
        ])
    }

    // MARK: - The networks

    /// Convolutions of 3×3 with batch normalisation, each followed by max pooling, and a dense layer.
    private func tower(_ activation: ActivationFunction = .linear) throws -> Sequential {
        let model = Sequential(name: "tower")
        model.add(Input(shape: train.shape))
        for filters in settings.pick(full: [32, 64, 64, 64], small: [16, 32, 32]) {
            model.addPooledConvolution(filters)
        }
        model.add(Flatten())
        model.add(Dense(settings.pick(full: 128, small: 64), activation: activation))
        try model.build(train.shape)
        return model
    }

    /// The tower with its initial weights.
    func untrained() throws -> Model {
        let tower = try tower()
        try tower.compile(optimizer: Adam(), loss: .prototypical, seed: settings.seed)
        return tower
    }

    /// Two towers with shared weights, trained on pairs.
    ///
    /// - Returns: the tower's vectors of the test's pictures, and the share of the test's pairs that are
    ///   judged rightly.
    func siamese(_ test: CharacterPictures) throws -> (Embedding, verification: Double) {
        let tower = try tower(.sigmoid)
        let model = try CognitronModels.siamese(tower)
        try model.compile(
            optimizer: Adam(), loss: .binaryCrossentropy, metrics: [.binaryAccuracy], seed: settings.seed)
        let pairs = try PairSource(source, labels: train.labels)
        try model.fit(
            pairs, batchSize: 32, epochs: max(1, pictureCount / 2 / train.labels.count), verbose: .silent)
        let scores = try model.evaluate(PairSource(test.source, labels: test.labels))
        guard let join = model.layer(named: "join") as? Dense, let verification = scores["binary_accuracy"]
        else {
            throw CognitronError(.model, "siamese", "has no layer join")
        }
        return (
            Embedding(try tower.predict(test.pictures), weights: join.kernel.value), Double(verification)
        )
    }

    /// A tower whose vectors of the same character are nearer than those of others.
    func triplet() throws -> Model {
        let tower = try tower()
        tower.add(UnitNormalization())
        try fit(tower, .tripletSemiHard(margin: 0.5), ways: 32, samplesPerClass: 4)
        return tower
    }

    /// A tower whose vectors are nearest to the example of their character, out of 32.
    func prototypical() throws -> Model {
        let tower = try tower()
        try fit(tower, .prototypical(shots: 1), ways: 32, samplesPerClass: 4)
        return tower
    }

    private func fit(_ tower: Model, _ loss: Loss, ways: Int, samplesPerClass: Int) throws {
        let episodes = try EpisodeSource(
            source, labels: train.labels, ways: ways, samplesPerClass: samplesPerClass)
        try tower.compile(optimizer: Adam(), loss: loss, seed: settings.seed)
        try tower.fit(
            episodes, batchSize: episodes.batchSize, stepsPerEpoch: pictureCount / episodes.batchSize,
            verbose: .silent)
    }
}
