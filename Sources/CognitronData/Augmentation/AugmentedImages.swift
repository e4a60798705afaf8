import Cognitron
import CognitronKernels

/// Pictures that are changed at random whenever they are trained on, in every epoch anew. Measured and predicted they
/// stay as they are.
///
/// How a picture is changed depends on the model's seed, the epoch and the picture's number alone, so the same seed
/// trains the same weights for any number of threads.
public struct AugmentedImages: Samples, Equatable {
    public let images: Images

    /// One after another.
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

    /// Changes one picture in place; `before` has room for another.
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
    /// The same pictures, changed at random when they are trained on.
    ///
    /// - Parameter augmentations: what is done to each picture, in this order; by default what the networks of the
    ///   CIFAR papers are trained with.
    /// - Throws: `CognitronError` where an argument does not suit the pictures' size.
    public func augmented(
        _ augmentations: [Augmentation] = [.randomFlip, .randomCrop(padding: 4)]
    ) throws -> AugmentedImages {
        for augmentation in augmentations { try augmentation.validate(height: height, width: width) }
        return AugmentedImages(images: self, augmentations: augmentations)
    }
}
