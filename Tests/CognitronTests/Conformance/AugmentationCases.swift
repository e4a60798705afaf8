import CognitronTesting

@testable import Cognitron

extension ConformanceCase {
    /// Values from black to white that hold all inputs: nothing is clipped but at a few chosen ones.
    private static let range: ClosedRange<Float> = -8...8

    private static func colors(
        _ description: String, excluding excluded: Set<ConformanceCheck> = [],
        _ make: @escaping @Sendable () -> any AnyLayer
    ) -> ConformanceCase {
        ConformanceCase(description, [2, 4, 5, 3], excluding: excluded, make: make)
    }

    static let augmentation: [ConformanceCase] = [
        colors("flip") { RandomFlip() },
        colors("rotation") { RandomRotation(0.2) },
        colors("rotation, nearest") { RandomRotation(0.2, fillMode: .wrap, interpolation: .nearest) },
        colors("translation") { RandomTranslation(0.3, [0, 0.4]) },
        colors("zoom") { RandomZoom(0.4, fillMode: .constant, fillValue: 1) },
        colors("shear") { RandomShear(xFactor: 0.4, yFactor: [0.1, 0.3], fillMode: .nearest) },
        colors("perspective") { RandomPerspective(scale: 0.6) },
        colors("elastic transform") { RandomElasticTransform(valueRange: range) },
        colors("crop") { RandomCrop(3, 2) },
        colors("crop of a small image") { RandomCrop(6, 4) },
        colors("erasing") { RandomErasing(fillValue: [0.5], valueRange: range) },
        colors("brightness") { RandomBrightness(0.1, valueRange: range) },
        colors("contrast") { RandomContrast(0.5, valueRange: range) },
        colors("hue", excluding: [.gradients]) { RandomHue(0.5, valueRange: range) },
        colors("saturation", excluding: [.gradients]) { RandomSaturation(0.9, valueRange: range) },
        colors("grey") { RandomGrayscale() },
        colors("colour degeneration") { RandomColorDegeneration(0.9, valueRange: range) },
        colors("colour jitter") {
            RandomColorJitter(valueRange: range, brightnessFactor: 0.1, contrastFactor: 0.4)
        },
        colors("sharpness") { RandomSharpness(1, valueRange: range) },
        colors("Gaussian blur") { RandomGaussianBlur(kernelSize: [3, 5], valueRange: range) },
        colors("inversion") { RandomInvert(valueRange: range) },
        colors("posterization", excluding: [.gradients]) { RandomPosterization(3, valueRange: range) },
        colors("solarization") { Solarization(thresholdFactor: [0.1, 0.1], valueRange: range) },
        colors("equalization", excluding: [.gradients]) { Equalization(valueRange: range) },
        .choosing("contrast from black to white", [2, 3, 4, 2]) { AutoContrast(valueRange: range) },
        colors("mixup") { MixUp(alpha: 1) },
        ConformanceCase("mixup with targets", [3, 2, 3, 1], [3, 4]) { MixUp(mixesTargets: true) },
        colors("cutmix") { CutMix() },
        ConformanceCase("cutmix with targets", [3, 4, 3, 1], [3, 4]) { CutMix(mixesTargets: true) },
        colors("RandAugment", excluding: [.gradients]) { RandAugment(valueRange: range) },
        colors("AugMix", excluding: [.gradients]) { AugMix(valueRange: range) },
    ]
}
