/// A source of batches: arrays, folders of images, text, a generator.
///
/// Several threads may call `batch` at once. Random changes of a sample must depend on the draw and the
/// sample's number alone, so that results do not depend on the number of threads and the order of calls.
public protocol BatchSource: Sendable {
    /// The number of samples; nil where it is not known.
    var sampleCount: Int? { get }

    /// The samples with these numbers in this order, with targets and weights. For a source of unknown length
    /// the numbers count up from 0; it returns nil where it has ended before them.
    ///
    /// - Parameter draw: the epoch and key of random changes in training; nil in evaluation.
    /// - Throws: an error where the samples cannot be read. Training ends with this error.
    func batch(_ samples: [Int], _ draw: Draw?) throws -> Batch?

    /// The name of the samples in the progress line: "images", "samples".
    var unit: String { get }

    /// Throws a `CognitronError` where the source is invalid. Called before the first batch.
    func validate() throws

    /// The samples of an epoch in the order in which they are cut into batches: those that belong together
    /// next to each other, such as sequences of similar length. By default the order given.
    ///
    /// - Parameter samples: all samples, shuffled if the training shuffles.
    func ordered(_ samples: [Int], batchSize: Int) -> [Int]
}

extension BatchSource {
    public var unit: String { "samples" }
    public func validate() throws {}
    public func ordered(_ samples: [Int], batchSize: Int) -> [Int] { samples }
}

/// The epoch and key that the random changes of samples depend on.
public struct Draw: Hashable, Sendable {
    /// The number of epochs that the model was trained before this one.
    public let epoch: Int
    /// The same in all epochs of a training; for changes that differ between epochs use `key.folding(epoch)`.
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
