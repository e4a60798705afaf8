import Cognitron

/// Batches whose class numbers became distributions, as mixing augmentations and the loss
/// `categoricalCrossentropy` take them.
struct CategoricalSource: BatchSource {
    let base: any BatchSource
    let classCount: Int

    var sampleCount: Int? { base.sampleCount }
    var unit: String { base.unit }
    func validate() throws { try base.validate() }

    func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch? {
        guard var batch = try base.batch(samples, draw), let labels = batch.targets.first else {
            return nil
        }
        batch.targets[0] = try toCategorical(labels, classCount: classCount)
        return batch
    }
}

extension BatchSource {
    /// The same batches, the class numbers `(N)` of the first target as distributions `(N, classCount)`: 1 in
    /// the column of the class. Use it for training and validation, before augmentations that mix samples
    /// (mixup, cutmix, mosaic), and compile with `.categoricalCrossentropy`.
    public func withCategoricalTargets(classCount: Int) -> some BatchSource {
        CategoricalSource(base: self, classCount: classCount)
    }
}
