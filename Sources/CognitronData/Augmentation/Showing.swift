import Cognitron

/// What decides how one picture is changed in one epoch.
struct Showing {
    /// Other numbers for every picture and every epoch.
    var random: RandomGenerator

    /// Which of two sides of the picture is shown: a coin says it for the first epoch, and every epoch after it shows the other.
    let isOtherSide: Bool

    init(of picture: Int, epoch: Int, _ key: RandomKey) {
        random = key.folding(epoch).folding(picture).generator()
        var coin = key.folding("side").folding(picture).generator()
        isOtherSide = Bool.random(using: &coin) != (epoch % 2 == 1)
    }
}
