import Cognitron
import CognitronKernels

/// Images that are transformed at random in training, anew in every epoch. Evaluation and prediction use them
/// unchanged.
///
/// The transformation depends on the model's seed, the epoch and the image's index alone, so the same seed
/// trains the same weights for any number of threads.
public struct AugmentedImages: Samples, Equatable {
    public let images: Images

    /// Applied in this order.
    public let augmentations: [Augmentation]

    public var shape: Shape { images.shape }

    public func batch(_ indices: some Collection<Int>) -> Tensor { images.batch(indices) }

    public func trainingBatch(_ indices: some Collection<Int>, epoch: Int, _ key: RandomKey) -> Tensor {
        guard !augmentations.isEmpty else { return images.batch(indices) }
        let indices = Array(indices)
        var result = images.batch(indices)
        let size = images.pictureSize.count
        result.withUnsafeMutableScalars { scalars in
            guard let pictures = scalars.baseAddress else { return }
            let grain = max(1, Elementwise.grain / max(1, size))
            WorkerPool.shared.run(total: indices.count, grain: grain) { rows, _ in
                withUnsafeTemporaryAllocation(of: Float.self, capacity: size) { scratch in
                    guard let before = scratch.baseAddress else { return }
                    for row in rows {
                        augment(
                            pictures + row * size, before, Showing(of: indices[row], epoch: epoch, key))
                    }
                }
            }
        }
        return result
    }

    /// Transforms one image in place; `before` is scratch for one image.
    private func augment(
        _ picture: UnsafeMutablePointer<Float>, _ before: UnsafeMutablePointer<Float>,
        _ showing: Showing
    ) {
        var showing = showing
        let size = images.pictureSize
        for augmentation in augmentations {
            before.update(from: picture, count: size.count)
            augmentation.apply(before, into: picture, size, &showing)
        }
    }
}

extension Images {
    /// Returns the same images, transformed at random in training.
    ///
    /// - Parameter augmentations: applied to each image in this order; by default those of the CIFAR papers.
    /// - Throws: `CognitronError` where an argument is invalid for the images' size.
    public func augmented(
        _ augmentations: [Augmentation] = [.randomFlip, .randomCrop(padding: 4)]
    ) throws -> AugmentedImages {
        for augmentation in augmentations { try augmentation.validate(height: height, width: width) }
        return AugmentedImages(images: self, augmentations: augmentations)
    }
}
