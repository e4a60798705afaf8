import Cognitron

/// A random change of a picture that leaves its class what it is: more kinds of pictures to learn from.
///
///     let history = try model.fit(
///         train.images.augmented([.randomFlip, .randomCrop(padding: 4)]), train.labels, epochs: 15,
///         validationData: (test.images, test.labels))
public enum Augmentation: Hashable, Sendable {
    /// Half of the pictures are seen in a mirror: left and right exchanged. Keras: `RandomFlip("horizontal")`.
    case randomFlip

    /// The picture moves by up to `padding` pixels up or down and left or right; what comes in at the edges is black.
    /// The same as a crop, of the picture's own size, from the picture with that many black pixels around it
    /// (He et al., "Deep Residual Learning for Image Recognition", 2016, section 4.2).
    case randomCrop(padding: Int)

    /// A square of `size` pixels a side becomes black. Its middle may be any pixel, so at the edges less of it is seen.
    /// DeVries and Taylor, "Improved Regularization of Convolutional Neural Networks with Cutout" (2017).
    case cutout(size: Int)

    /// Throws where the augmentation's argument does not suit pictures of this size.
    func validate(height: Int, width: Int) throws {
        let name: String, argument: (name: String, value: Int), range: ClosedRange<Int>
        switch self {
        case .randomFlip: return
        case .randomCrop(let padding):
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

    /// y ← x, changed as the next numbers of `random` say. Both are (H, W, C).
    func apply(
        _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, height: Int, width: Int,
        channels: Int,
        _ random: inout RandomGenerator
    ) {
        switch self {
        case .randomFlip:
            guard Bool.random(using: &random) else {
                return y.update(from: x, count: height * width * channels)
            }
            for pixel in 0..<height * width {
                let source = pixel + width - 1 - 2 * (pixel % width)
                for c in 0..<channels { y[pixel &* channels &+ c] = x[source &* channels &+ c] }
            }
        case .cutout(let size):
            y.update(from: x, count: height * width * channels)
            let top = Int.random(in: 0..<height, using: &random) - size / 2
            let left = Int.random(in: 0..<width, using: &random) - size / 2
            let columns = max(0, left)..<min(width, left + size)
            for row in max(0, top)..<min(height, top + size) {
                (y + (row * width + columns.lowerBound) * channels)
                    .update(repeating: 0, count: columns.count * channels)
            }
        case .randomCrop(let padding):
            let down = Int.random(in: -padding...padding, using: &random)
            let right = Int.random(in: -padding...padding, using: &random)
            y.update(repeating: 0, count: height * width * channels)
            let columns = max(0, right)..<min(width, width + right)
            for row in max(0, down)..<min(height, height + down) {
                let target = y + (row * width + columns.lowerBound) * channels
                let source = x + ((row - down) * width + columns.lowerBound - right) * channels
                target.update(from: source, count: columns.count * channels)
            }
        }
    }
}
