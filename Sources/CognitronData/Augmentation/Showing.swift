import Cognitron

/// What decides how one picture is changed in one epoch.
struct Showing {
    /// Other numbers for every picture and every epoch.
    var random: RandomGenerator

    private let picture: Int
    private let epoch: Int
    private let key: RandomKey

    init(of picture: Int, epoch: Int, _ key: RandomKey) {
        (self.picture, self.epoch, self.key) = (picture, epoch, key)
        random = key.folding(epoch).folding(picture).generator()
    }

    /// Which of two sides of the picture is shown: a coin says it for the first epoch, and every epoch after it shows the other.
    var isOtherSide: Bool {
        var coin = key.folding("side").folding(picture).generator()
        return Bool.random(using: &coin) != (epoch % 2 == 1)
    }
}
