import Cognitron

/// A random, label-preserving transformation of training images.
///
///     let history = try model.fit(
///         train.images.augmented([.randomFlip, .randomCrop(padding: 4)]), train.labels, epochs: 15,
///         validationData: (test.images, test.labels))
public enum Augmentation: Hashable, Sendable {
    /// Mirrors an image horizontally with probability ½. Keras: `RandomFlip("horizontal")`.
    case randomFlip

    /// Mirrors every image horizontally in every other epoch: a random half in the first epoch, the other
    /// half in the next. Both sides of an image occur equally often, in turn. Jordan, "94% on CIFAR-10 in
    /// 3.29 Seconds on a Single GPU" (2024), "alternating flip".
    case alternatingFlip

    /// Shifts the image by up to `padding` pixels vertically and horizontally; `fillMode` fills the edges.
    /// Equals a crop, of the image's size, from the padded image: padded with zeros (black) in He et al.,
    /// "Deep Residual Learning for Image Recognition" (2016), section 4.2, by reflection in Zagoruyko and
    /// Komodakis, "Wide Residual Networks" (2016), and by default here. Black pixels shift the mean
    /// activations of every layer, and with them the running means of batch normalisation, away from those of
    /// unshifted images (docs/RESULTS.md).
    case randomCrop(padding: Int, fillMode: FillMode = .reflect)

    /// Sets a square of `size` × `size` pixels to black. Its centre may be any pixel, so the edges may crop
    /// it. DeVries and Taylor, "Improved Regularization of Convolutional Neural Networks with Cutout" (2017).
    case cutout(size: Int)

    /// Throws where the augmentation's argument is invalid for images of this size.
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

    /// y, a copy of x, ← x transformed with the random numbers of `showing`.
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
