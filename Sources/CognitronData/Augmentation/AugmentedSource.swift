import Cognitron

/// Batches that are changed at random in training: inputs, targets and weights together. Evaluation uses
/// them unchanged.
///
///     let train = try Dataset.shapes.load(.train)
///     try model.fit(train.augmented([.alternatingFlip, .randomCrop(padding: 4)]), epochs: 5)
public struct AugmentedSource: BatchSource {
    private let base: any BatchSource

    /// Applied in this order.
    public let augmentations: [Augmentation]

    /// How each target changes with its picture; those past the end do not change.
    public let targets: [TargetKind]

    init(_ base: any BatchSource, _ augmentations: [Augmentation], _ targets: [TargetKind]) {
        (self.base, self.augmentations, self.targets) = (base, augmentations, targets)
    }

    public var sampleCount: Int? { base.sampleCount }
    public var unit: String { base.unit }
    public func validate() throws { try base.validate() }

    /// - Throws: what the base throws, and `CognitronError` where an argument is invalid for the images'
    ///   size.
    public func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
        guard var batch = try base.batch(samples, draw) else { return nil }
        guard let draw else { return batch }
        if let image = batch.inputs.first?.shape.sample, image.rank == 3 {
            for augmentation in augmentations { try augmentation.validate(for: image) }
        }
        var rest = augmentations[...]
        while let next = rest.first {
            // The first rules draw the same numbers as those of `AugmentedImages`.
            let number = rest.startIndex
            let draw = number == 0 ? draw : draw.folding(number)
            let pictures = rest.prefix { $0.pictureStep != nil }
            if pictures.isEmpty {
                try next.rule.apply(to: &batch, targets: targets, samples: samples, draw)
                rest = rest.dropFirst()
            } else {
                try PictureRules(pictures.compactMap(\.pictureStep))
                    .apply(to: &batch, targets: targets, samples: samples, draw)
                rest = rest.dropFirst(pictures.count)
            }
        }
        return batch
    }

    /// Returns the same batches with further augmentations after these.
    public func augmented(_ augmentations: [Augmentation]) -> AugmentedSource {
        AugmentedSource(base, self.augmentations + augmentations, targets)
    }
}

extension Draw {
    /// The draw for the augmentation at place `number` of a list.
    fileprivate func folding(_ number: Int) -> Draw {
        Draw(epoch: epoch, key: key.folding("augmentation").folding(number))
    }
}

extension BatchSource {
    /// Returns the same batches, changed at random in training.
    ///
    /// - Parameter targets: how each target changes with its picture; those past the end do not change.
    public func augmented(
        _ augmentations: [Augmentation], targets: [TargetKind] = []
    ) -> AugmentedSource {
        AugmentedSource(self, augmentations, targets)
    }
}

extension LabelledImages {
    /// Returns a source of the images and labels, changed at random in training.
    ///
    /// - Parameter augmentations: applied in this order; by default those of the CIFAR papers.
    /// - Throws: `CognitronError` where an argument is invalid for the images' size.
    public func augmented(
        _ augmentations: [Augmentation] = [.randomFlip, .randomCrop(padding: 4)]
    ) throws -> AugmentedSource {
        for augmentation in augmentations { try augmentation.validate(for: images.shape.sample) }
        return SampleSource(images, labels).augmented(augmentations)
    }
}

extension DatasetPart {
    /// The samples, changed at random in training; masks, boxes and pictures among the targets follow.
    public func augmented(_ augmentations: [Augmentation]) -> AugmentedSource {
        source.augmented(augmentations, targets: task.targetKinds)
    }
}
