import Cognitron

/// A random change of a picture that leaves its class what it is: more kinds of pictures to learn from.
///
///     let history = try model.fit(
///         train.images.augmented([.randomFlip, .randomCrop(padding: 4)]), train.labels, epochs: 15,
///         validationData: (test.images, test.labels))
public enum Augmentation: Hashable, Sendable {
    /// Half of the pictures are seen in a mirror: left and right exchanged. Keras: `RandomFlip("horizontal")`.
    case randomFlip

    /// Every picture is seen in a mirror every other time: in the first epoch half of them, in the next the others. The network
    /// sees both sides of each equally often, and none twice in a row. Jordan, "94% on CIFAR-10 in 3.29 Seconds on a Single GPU"
    /// (2024), "alternating flip".
    case alternatingFlip

    /// The picture moves by up to `padding` pixels up or down and left or right; `fillMode` says what comes in at the edges. The
    /// same as a crop, of the picture's own size, from the picture with that many pixels around it: black ones in He et al.,
    /// "Deep Residual Learning for Image Recognition" (2016), section 4.2, the picture in a mirror in Zagoruyko and Komodakis,
    /// "Wide Residual Networks" (2016), and by default here. Black ones change the mean of what every layer sees, and with it what
    /// batch normalisation takes for the mean of pictures that nobody moves (docs/RESULTS.md).
    case randomCrop(padding: Int, fillMode: FillMode = .reflect)

    /// A square of `size` pixels a side becomes black. Its middle may be any pixel, so at the edges less of it is seen.
    /// DeVries and Taylor, "Improved Regularization of Convolutional Neural Networks with Cutout" (2017).
    case cutout(size: Int)

    /// Throws where the augmentation's argument does not suit pictures of this size.
    func validate(height: Int, width: Int) throws {
        let name: String, argument: (name: String, value: Int), range: ClosedRange<Int>
        switch self {
        case .randomFlip, .alternatingFlip: return
        case .randomCrop(let padding, _):
            (name, argument, range) = ("randomCrop", ("padding", padding), 0...min(height, width) - 1)
        case .cutout(let size):
            (name, argument, range) = ("cutout", ("size", size), 1...min(height, width))
        }
        guard !range.contains(argument.value) else { return }
        throw CognitronError(
            .argument, name, "invalid \(argument.name)",
            expected:
                "\(range.lowerBound) to \(range.upperBound) for pictures of \(height)×\(width)",
            got: "\(argument.value)")
    }

    /// y, a copy of x, ← x changed as `showing` says.
    func apply(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ size: PictureSize,
        _ showing: inout Showing
    ) {
        switch self {
        case .randomFlip:
            if Bool.random(using: &showing.random) { size.mirror(x, into: y) }
        case .alternatingFlip:
            if showing.isOtherSide { size.mirror(x, into: y) }
        case .randomCrop(let padding, let fillMode):
            let down = Int.random(in: -padding...padding, using: &showing.random)
            let right = Int.random(in: -padding...padding, using: &showing.random)
            size.move(x, into: y, down: down, right: right, fillMode)
        case .cutout(let side):
            let top = Int.random(in: 0..<size.height, using: &showing.random) - side / 2
            let left = Int.random(in: 0..<size.width, using: &showing.random) - side / 2
            size.blacken(y, rows: top..<top + side, columns: left..<left + side)
        }
    }
}
