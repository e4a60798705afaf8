import Cognitron

/// The random numbers of one image in one epoch.
public struct ImageDraw: Sendable {
    /// Seeded by the training's seed, the epoch and the image's number.
    public var generator: RandomGenerator

    /// The image's number in its data set.
    public let sample: Int
    /// How many epochs the model was trained before this one.
    public let epoch: Int
    private let key: RandomKey

    init(of sample: Int, _ draw: Draw) {
        (self.sample, epoch, key) = (sample, draw.epoch, draw.key)
        generator = draw.generator(for: sample)
    }

    /// Whether this is an epoch in which the image is mirrored: random in the first, then alternating.
    var isOtherSide: Bool {
        var coin = key.folding("side").folding(sample).generator()
        return Bool.random(using: &coin) != (epoch % 2 == 1)
    }
}
