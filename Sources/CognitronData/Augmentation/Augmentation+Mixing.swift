// Samples mixed with others of their batch.
//
// Classes must be distributions (`withCategoricalTargets`), with the loss `.categoricalCrossentropy`; class
// numbers are an error. Pictures and numbers among the targets are mixed alike.

extension Augmentation {
    /// Mixes each sample with another of its batch: x ← s x + (1 − s) x′, and its targets alike, s from the
    /// beta distribution. Masks and boxes are an error. Keras: `MixUp`; Zhang et al., "mixup: Beyond
    /// Empirical Risk Minimization" (2018).
    ///
    /// - Parameter alpha: both parameters of the distribution; the smaller, the nearer s is to 0 or 1.
    public static func mixup(alpha: Float = 0.2) -> Augmentation { Augmentation(Mixup(alpha: alpha)) }

    /// Replaces a rectangle of each picture by that of another of its batch. Classes are weighted by area;
    /// masks show what the picture shows. Boxes `(N, M, 5)` become `(N, 2 M, 5)`: the partner's follow the
    /// picture's own. Keras: `CutMix`; Yun et al., "CutMix" (2019).
    public static func cutmix(alpha: Float = 1) -> Augmentation { Augmentation(Cutmix(alpha: alpha)) }

    /// Puts each picture together from parts of four of its batch. Classes are weighted by area. Boxes
    /// `(N, M, 5)` become `(N, 4 M, 5)`, those of each part in M rows, and numbers of instance masks follow
    /// them. Bochkovskiy et al., "YOLOv4" (2020).
    public static func mosaic(probability: Float = 1) -> Augmentation {
        Augmentation(Mosaic(probability: probability))
    }

    /// Whether the augmentation mixes targets, so that classes must be distributions.
    public var mixesTargets: Bool { rule is any CollageRule || rule is Mixup }
}
