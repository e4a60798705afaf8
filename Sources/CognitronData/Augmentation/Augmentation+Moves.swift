import Cognitron

// Movements. Masks, boxes and pictures among the targets follow.

extension Augmentation {
    /// Mirrors an image horizontally with probability ½. Keras: `RandomFlip("horizontal")`.
    public static let randomFlip = Augmentation(RandomFlip())

    /// Mirrors every image horizontally in every other epoch: a random half in the first epoch, the other
    /// half in the next. Both sides of an image occur equally often, in turn. Jordan, "94% on CIFAR-10 in
    /// 3.29 Seconds on a Single GPU" (2024), "alternating flip".
    public static let alternatingFlip = Augmentation(AlternatingFlip())

    /// Shifts the image by up to `padding` pixels vertically and horizontally; `fillMode` fills the edges.
    /// Equals a crop, of the image's size, from the padded image: padded with zeros (black) in He et al.,
    /// "Deep Residual Learning for Image Recognition" (2016), section 4.2, by reflection in Zagoruyko and
    /// Komodakis, "Wide Residual Networks" (2016), and by default here. Black pixels shift the mean
    /// activations of every layer, and with them the running means of batch normalisation, away from those of
    /// unshifted images (docs/RESULTS.md).
    public static func randomCrop(padding: Int, fillMode: FillMode = .reflect) -> Augmentation {
        Augmentation(RandomCrop(padding: padding, fillMode: fillMode))
    }

    /// Exchanges top and bottom with probability ½. Keras: `RandomFlip("vertical")`.
    public static let verticalFlip = Augmentation(VerticalFlip())

    /// Enlarges or reduces the image about its middle, by up to `factor` of its size. Keras: `RandomZoom`.
    ///
    /// - Parameter factor: from 0 to below 1.
    public static func zoom(_ factor: Float, fillMode: FillMode = .reflect) -> Augmentation {
        Augmentation(Zoom(factor: factor, fillMode: fillMode))
    }

    /// Enlarges a part of the image, `smallest` of its area or more, to the whole; its sides have up to
    /// `ratio` times the image's ratio. torchvision: `RandomResizedCrop`; Szegedy et al., "Going Deeper with
    /// Convolutions" (2015).
    public static func resizedCrop(smallest: Float = 0.08, ratio: Float = 4 / 3) -> Augmentation {
        Augmentation(ResizedCrop(smallest: smallest, ratio: ratio))
    }

    /// Turns the image about its middle by up to `degrees` either way. Keras: `RandomRotation`.
    public static func rotation(degrees: Float, fillMode: FillMode = .reflect) -> Augmentation {
        Augmentation(Rotation(degrees: degrees, fillMode: fillMode))
    }

    /// Pushes rows to the side, by up to `factor` times their distance from the middle. Keras: `RandomShear`,
    /// which keeps the first row in place.
    public static func shear(_ factor: Float, fillMode: FillMode = .reflect) -> Augmentation {
        Augmentation(Shear(factor: factor, fillMode: fillMode))
    }

    /// Moves each corner inwards by up to half of `factor` of each side. torchvision: `RandomPerspective`.
    public static func perspective(_ factor: Float, fillMode: FillMode = .constant) -> Augmentation {
        Augmentation(Perspective(factor: factor, fillMode: fillMode))
    }

    /// Displaces pixels by a random field that changes slowly from one to the next. Keras:
    /// `RandomElasticTransform`; Simard et al., "Best Practices for Convolutional Neural Networks Applied to
    /// Visual Document Analysis" (2003).
    ///
    /// - Parameter factor: above 0, to 1.
    public static func elastic(_ factor: Float = 1, fillMode: FillMode = .reflect) -> Augmentation {
        Augmentation(Elastic(factor: factor, fillMode: fillMode))
    }
}
