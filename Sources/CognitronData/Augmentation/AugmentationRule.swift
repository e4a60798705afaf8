import Cognitron

/// The rule of an `Augmentation`: changes the inputs, targets and weights of a training batch.
///
///     struct MixUp: AugmentationRule {
///         func apply(to batch: inout Batch, samples: [Int], _ draw: Draw) throws {
///             let share = Tensor(samples.map { sample in
///                 var generator = draw.generator(for: sample)
///                 return Float.random(in: 0.5...1, using: &generator)
///             })
///             …
///         }
///     }
///
///     extension Augmentation { static let mixUp = Augmentation(MixUp()) }
///
///     Augmentation.register(MixUp.self)       // where files that name it are to be read
public protocol AugmentationRule: Rule {
    /// What is wrong with the arguments for images of this shape (H, W, C). By default that is `problem`.
    func problem(for image: Shape) -> RuleProblem?

    /// Changes a batch.
    ///
    /// Random numbers come from the draw and the sample's number alone, so that results do not depend on
    /// which thread makes the batch. The draw's key differs for each rule of a list.
    ///
    /// - Parameters:
    ///   - batch: the samples, the first axis of every tensor counting them.
    ///   - samples: their numbers, in the batch's order.
    /// - Throws: what keeps the batch from being changed. Training ends with the error.
    func apply(to batch: inout Batch, samples: [Int], _ draw: Draw) throws

    /// Changes a batch, knowing what its targets are. By default that is not used.
    ///
    /// - Parameter targets: how each target changes with its picture; those past the end do not change.
    func apply(to batch: inout Batch, targets: [TargetKind], samples: [Int], _ draw: Draw) throws
}

extension AugmentationRule {
    public func problem(for image: Shape) -> RuleProblem? { problem }

    public func apply(
        to batch: inout Batch, targets: [TargetKind], samples: [Int], _ draw: Draw
    ) throws {
        try apply(to: &batch, samples: samples, draw)
    }
}

/// A rule that changes each image by itself, and neither targets nor weights.
///
///     struct Brightness: ImageRule {
///         var range: Float = 0.2
///         func apply(to image: inout ImagePixels, _ draw: inout ImageDraw) {
///             let factor = Float.random(in: 1 - range...1 + range, using: &draw.generator)
///             image.map { $0 * factor }
///         }
///     }
///
/// Images are changed in place, several at once on different threads. In a batch with several inputs, the
/// rule changes the first.
public protocol ImageRule: AugmentationRule {
    /// Changes one image.
    ///
    /// - Parameter draw: the random numbers of this image in this epoch. Rules of a list draw from it one
    ///   after another.
    func apply(to image: inout ImagePixels, _ draw: inout ImageDraw)
}

extension ImageRule {
    public func apply(to batch: inout Batch, samples: [Int], _ draw: Draw) throws {
        try PictureRules([.changing(self)]).apply(to: &batch, targets: [], samples: samples, draw)
    }
}
