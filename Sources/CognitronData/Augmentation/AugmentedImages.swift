import Cognitron

/// Images that are changed at random in training, anew in every epoch. Evaluation and prediction use them
/// unchanged.
///
/// The change depends on the model's seed, the epoch and the image's index alone, so the same seed trains the
/// same weights for any number of threads.
public struct AugmentedImages: Samples, Equatable {
    public let images: Images

    /// Applied in this order.
    public let augmentations: [Augmentation]

    public var shape: Shape { images.shape }

    public func batch(_ indices: some Collection<Int>) -> Tensor { images.batch(indices) }

    public func trainingBatch(_ indices: some Collection<Int>, epoch: Int, _ key: RandomKey) -> Tensor {
        var result = images.batch(indices)
        PictureRules(augmentations.compactMap(\.pictureStep))
            .apply(to: &result, samples: Array(indices), Draw(epoch: epoch, key: key))
        return result
    }
}

extension Augmentation {
    /// The rule, if it changes each picture by itself.
    var pictureStep: PictureRules.Step? {
        if let rule = rule as? any GeometricRule { return .moving(rule) }
        return (rule as? any ImageRule).map { .changing($0) }
    }
}

extension Images {
    /// Returns the same images, changed at random in training.
    ///
    /// - Parameter augmentations: applied to each image in this order; by default those of the CIFAR papers.
    /// - Throws: `CognitronError` where an argument is invalid for the images' size, or a rule may change
    ///   targets or weights too.
    public func augmented(
        _ augmentations: [Augmentation] = [.randomFlip, .randomCrop(padding: 4)]
    ) throws -> AugmentedImages {
        for augmentation in augmentations {
            try augmentation.validate(for: shape.sample)
            guard augmentation.pictureStep != nil else {
                throw CognitronError(
                    .argument, augmentation.name, "changes more than images",
                    expected: "an ImageRule or a GeometricRule",
                    advice: "augment images and labels together: LabelledImages.augmented, or "
                        + "BatchSource.augmented")
            }
        }
        return AugmentedImages(images: self, augmentations: augmentations)
    }
}
