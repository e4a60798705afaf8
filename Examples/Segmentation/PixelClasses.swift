import Cognitron
import CognitronData
import CognitronModels

/// Pictures whose pixels have classes, for training and for testing.
struct PixelClasses {
    let train: any BatchSource
    let test: any BatchSource
    let inputShape: Shape
    let classNames: [String]

    /// Trains a network by Adam, whose rate falls to 0, and the cross-entropy of each pixel.
    ///
    /// - Returns: the seconds that it took.
    func fit(
        _ model: Model, epochs: Int, learningRate: Float = 0.003, batchSize: Int = 16,
        augmentations: [Augmentation] = [], seed: UInt64
    ) throws -> Double {
        let recipe = try TaskRecipe(for: .segmentation(classNames: classNames), model)
        let steps = epochs * max(1, ((train.sampleCount ?? 0) + batchSize - 1) / batchSize)
        let optimizer = Adam(
            learningRate: .cosineDecay(initialLearningRate: learningRate, decaySteps: steps))
        try model.compile(optimizer: optimizer, losses: recipe.losses, seed: seed)
        let clock = ContinuousClock()
        return try clock.measure {
            try model.fit(
                train.augmented(augmentations, targets: [.mask]), batchSize: batchSize, epochs: epochs,
                verbose: .silent)
        } / .seconds(1)
    }

    /// How often test pixels of each class are taken for each other.
    ///
    /// - Parameter predict: pictures (N, H, W, C) to classes (N, H, W) or scores (N, H, W, classes).
    func confusion(_ predict: (_ pictures: Tensor) throws -> Tensor) throws -> ConfusionMatrix {
        var confusion = ConfusionMatrix(classCount: classNames.count)
        let count = test.sampleCount ?? 0
        for start in stride(from: 0, to: count, by: 16) {
            let batch = try test.batch(Array(start..<min(start + 16, count)), nil)
            guard let batch else { break }
            confusion.update(try predict(batch.inputs[0]), batch.targets[0], weights: nil)
        }
        return confusion
    }
}

extension ConfusionMatrix {
    /// Mean IoU and mean Dice of the classes that occur, and the share of pixels that are right.
    var summary: [Double] {
        [intersectionOverUnion, dice].map { $0.compactMap { $0.map(Double.init) }.mean } + [Double(result)]
    }
}
