/// Numbered samples that hand out any selection of themselves as one tensor: what `fit`, `evaluate` and
/// `predict` read.
///
/// A `Tensor` is one (its first axis counts the samples). Data kept in another form, such as images as bytes,
/// becomes `Float` only when a batch is made, so that a data set takes a quarter of the memory.
public protocol Samples: Sendable {
    /// The shape of all samples together; the first axis counts them.
    var shape: Shape { get }

    /// The samples at `indices`, in that order: `(indices.count, …)`.
    func batch(_ indices: some Collection<Int>) -> Tensor

    /// The samples at `indices` as one epoch of training sees them: changed at random where they are
    /// augmented. By default as they are.
    ///
    /// - Parameters:
    ///   - epoch: how many epochs the model was trained before this one.
    ///   - key: the same in all epochs of a model; what shall be another in every epoch takes
    ///     `key.folding(epoch)`.
    func trainingBatch(_ indices: some Collection<Int>, epoch: Int, _ key: RandomKey) -> Tensor
}

extension Samples {
    public func trainingBatch(_ indices: some Collection<Int>, epoch: Int, _ key: RandomKey) -> Tensor {
        batch(indices)
    }

    /// The number of samples.
    public var sampleCount: Int { shape.first ?? 0 }

    /// The shape of one sample.
    public var sampleShape: Shape { shape.sample }
}
