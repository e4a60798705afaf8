/// Where batches come from: arrays, folders of pictures, text, a generator.
///
/// Several threads may ask for batches at once. What is random about a sample depends on the draw and the
/// sample's number alone, so that results do not depend on how many threads ask, or in which order.
public protocol BatchSource: Sendable {
    /// The number of samples; nil where it is not known.
    var sampleCount: Int? { get }

    /// The samples with these numbers, in that order, inputs with their targets and weights. Of a source that
    /// does not know its length the numbers go on from 0, and nil says that it ended before them.
    ///
    /// - Parameter draw: what random changes depend on while training; nil while measuring.
    /// - Throws: what keeps the samples from being read. Training ends with the error.
    func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch?

    /// What the progress line counts: "images", "samples".
    var unit: String { get }

    /// Throws a `CognitronError` where the source cannot serve a training. Called before the first batch.
    func validate() throws
}

extension BatchSource {
    public var unit: String { "samples" }
    public func validate() throws {}
}

/// What the random changes of one epoch's samples depend on.
public struct Draw: Hashable, Sendable {
    /// How many epochs the model was trained before this one.
    public let epoch: Int
    /// The same in all epochs of a training; what shall differ from epoch to epoch takes
    /// `key.folding(epoch)`.
    public let key: RandomKey

    public init(epoch: Int, key: RandomKey) {
        self.epoch = epoch
        self.key = key
    }

    /// The random numbers of one sample in this epoch.
    public func generator(for sample: Int) -> RandomGenerator {
        key.folding(epoch).folding(sample).generator()
    }
}
