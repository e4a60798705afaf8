import Cognitron

/// The random state of one image in one epoch.
struct Showing {
    /// Seeded by image and epoch.
    var random: RandomGenerator

    private let picture: Int
    private let epoch: Int
    private let key: RandomKey

    init(of picture: Int, epoch: Int, _ key: RandomKey) {
        (self.picture, self.epoch, self.key) = (picture, epoch, key)
        random = key.folding(epoch).folding(picture).generator()
    }

    /// Whether the image is mirrored: random in the first epoch, then alternating.
    var isOtherSide: Bool {
        var coin = key.folding("side").folding(picture).generator()
        return Bool.random(using: &coin) != (epoch % 2 == 1)
    }
}
