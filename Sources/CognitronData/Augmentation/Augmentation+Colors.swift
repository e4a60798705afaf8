// Colours and erased parts, of images with values in 0…1. Targets do not change.

extension Augmentation {
    /// Adds up to `factor`, above 0, to 1, or subtracts it. Keras: `RandomBrightness`.
    public static func brightness(_ factor: Float) -> Augmentation {
        Augmentation(Brightness(factor: factor))
    }

    /// Multiplies the distance of each value from its channel's mean by 1 − factor to 1 + factor. Keras:
    /// `RandomContrast`.
    public static func contrast(_ factor: Float) -> Augmentation { Augmentation(Contrast(factor: factor)) }

    /// Turns hues by up to half of `factor` of their circle either way. Needs three channels. Keras:
    /// `RandomHue`.
    public static func hue(_ factor: Float) -> Augmentation { Augmentation(Hue(factor: factor)) }

    /// Multiplies the saturation by 1 − factor to 1 + factor. Needs three channels.
    public static func saturation(_ factor: Float) -> Augmentation {
        Augmentation(Saturation(factor: factor))
    }

    /// Removes the colours with a probability. Needs three channels. Keras: `RandomGrayscale`.
    public static func grey(probability: Float = 0.5) -> Augmentation {
        Augmentation(Grey(probability: probability))
    }

    /// Brightness, contrast, saturation and hue, in this order. Keras: `RandomColorJitter`.
    public static func colorJitter(
        brightness: Float = 0, contrast: Float = 0, saturation: Float = 0, hue: Float = 0
    ) -> Augmentation {
        Augmentation(
            ColorJitter(brightness: brightness, contrast: contrast, saturation: saturation, hue: hue))
    }

    /// Smooths or sharpens: by 1 − factor, 0 being a smoothed image, to 1 + factor. Keras:
    /// `RandomSharpness`.
    public static func sharpness(_ factor: Float) -> Augmentation { Augmentation(Sharpness(factor: factor)) }

    /// Blurs by a Gaussian of a deviation of up to `sigma` pixels. Keras: `RandomGaussianBlur`.
    public static func blur(sigma: Float) -> Augmentation { Augmentation(Blur(sigma: sigma)) }

    /// Keeps `bits` to 8 bits of each value. Keras: `RandomPosterization`.
    public static func posterise(bits: Int) -> Augmentation { Augmentation(Posterise(bits: bits)) }

    /// Inverts the values from a random threshold on, which is `threshold` or more. Keras: `Solarization`.
    public static func solarise(threshold: Float) -> Augmentation {
        Augmentation(Solarise(threshold: threshold))
    }

    /// Spreads the values of each channel evenly, with a probability. Keras: `Equalization`.
    public static func equalise(probability: Float = 0.5) -> Augmentation {
        Augmentation(Equalise(probability: probability))
    }

    /// Stretches each channel from black to white, with a probability. Keras: `AutoContrast`.
    public static func autoContrast(probability: Float = 0.5) -> Augmentation {
        Augmentation(AutoContrast(probability: probability))
    }

    /// Inverts the image with a probability. Keras: `RandomInvert`.
    public static func invert(probability: Float = 0.5) -> Augmentation {
        Augmentation(Invert(probability: probability))
    }

    /// Sets a square of `size` × `size` pixels to black. Its centre may be any pixel, so the edges may crop
    /// it. DeVries and Taylor, "Improved Regularization of Convolutional Neural Networks with Cutout" (2017).
    public static func cutout(size: Int) -> Augmentation { Augmentation(Cutout(size: size)) }

    /// Replaces a rectangle by noise with a probability. Each side of it is the square root of `smallest` to
    /// `largest` of the image's. Keras: `RandomErasing`; Zhong et al., "Random Erasing Data Augmentation"
    /// (2020).
    public static func erasing(
        probability: Float = 0.5, smallest: Float = 0.02, largest: Float = 0.33
    ) -> Augmentation {
        Augmentation(Erasing(probability: probability, smallest: smallest, largest: largest))
    }

    /// `count` of eleven changes, each of a random strength up to `strength`. Masks and boxes do not follow
    /// its movements: use it for classes. Keras: `RandAugment`; Cubuk et al., "RandAugment" (2020).
    public static func randAugment(count: Int = 2, strength: Float = 0.5) -> Augmentation {
        Augmentation(RandomAugment(count: count, strength: strength))
    }

    /// Several chains of such changes, mixed with the image. Masks and boxes do not follow: use it for
    /// classes. Keras: `AugMix`; Hendrycks et al., "AugMix" (2020).
    public static func augMix(
        strength: Float = 0.3, chains: Int = 3, depth: Int = 3, alpha: Float = 1
    ) -> Augmentation {
        Augmentation(AugmentedMix(strength: strength, chains: chains, depth: depth, alpha: alpha))
    }
}
