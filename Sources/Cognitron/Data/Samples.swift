/// A collection of samples that returns any selection as one tensor. `fit`, `evaluate` and `predict` take it.
///
/// `Tensor` conforms: its first axis counts the samples. Data in another form, such as images as bytes, is
/// converted to `Float` batch by batch, so that it takes a quarter of the memory.
public protocol Samples: Sendable {
    /// The shape of all samples together; the first axis counts them.
    var shape: Shape { get }

    /// The samples at `indices`, in that order: `(indices.count, …)`.
    func batch(_ indices: some Collection<Int>) -> Tensor

    /// The samples at `indices` with the random changes (augmentation) of one epoch; by default unchanged.
    ///
    /// - Parameters:
    ///   - epoch: the number of epochs that the model was trained before this one.
    ///   - key: the same in all epochs of a model; for changes that differ between epochs use
    ///     `key.folding(epoch)`.
    func trainingBatch(_ indices: some Collection<Int>, epoch: Int, _ key: RandomKey) -> Tensor
}

extension Samples {
    public func trainingBatch(_ indices: some Collection<Int>, epoch: Int, _ key: RandomKey) -> Tensor {
        batch(indices)
    }

    /// The number of samples; 0 where the shape has no axes.
    public var sampleCount: Int { shape.first ?? 0 }

    /// The shape of one sample.
    public var sampleShape: Shape { shape.sample }
}
