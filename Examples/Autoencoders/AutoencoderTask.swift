import Cognitron
import CognitronData
import CognitronModels

/// Pictures that autoencoders learn to give back.
struct AutoencoderTask: Sendable {
    let name: String
    let classNames: [String]
    let inputShape: Shape
    let training: any BatchSource
    /// (N, H, W, C).
    let test: Tensor
    /// The class of each picture of `test`.
    let labels: [Int]
    private let settings: ExperimentSettings

    /// Fashion-MNIST at full scale, handwritten digits of 8×8 pixels at the small one.
    ///
    /// - Parameter classes: those that are trained; nil for all. The test pictures are of all classes.
    init(_ settings: ExperimentSettings, classes: [String]? = nil) throws {
        let dataset: Dataset = settings.pick(full: .fashionMNIST, small: .digits)
        let train = try dataset.selecting(classes: classes).part(.train, from: settings.data)
        let test = try dataset.part(.test, from: settings.data)
        (name, classNames, inputShape) = (test.name, dataset.classNames, test.inputShape)
        let batch = try test.source.batch(Array(0..<test.count), nil)
        self.test = batch?.inputs.first ?? .zeros(inputShape.batched(0))
        labels = try test.source.labels()
        (training, self.settings) = (train.source, settings)
    }

    /// The network of a name, trained on some of the pictures, by default all.
    func trained(
        _ name: String, on source: (any BatchSource)? = nil, epochs: Int
    ) throws -> Model {
        settings.report(name)
        let network = try ModelName(named: name)
        let model = try network.make(inputShape: inputShape, task: .unlabelled)
        let recipe = try network.recipe(for: .unlabelled, model)
        try model.compile(
            optimizer: Adam(), losses: recipe.losses, metrics: recipe.metrics, seed: settings.seed)
        try model.fit(
            recipe.targets.source(source ?? training), batchSize: settings.pick(full: 64, small: 32),
            epochs: epochs, verbose: .silent)
        return model
    }

    /// The mean of the training pictures, (1, H, W, C).
    func meanPicture() throws -> Tensor {
        let count = training.sampleCount ?? 0
        guard let batch = try training.batch(Array(0..<count), nil) else { return .zeros([1]) }
        return batch.inputs[0].mean(axis: 0, keepingDimensions: true)
    }
}
