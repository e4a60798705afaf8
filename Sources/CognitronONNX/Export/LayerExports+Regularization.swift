import Cognitron

extension LayerExports {
    /// What changes training alone is left out.
    static let regularization: [Rule] = [
        passed(ActivityRegularization.self), passed(AlphaDropout.self), passed(Dropout.self),
        passed(GaussianDropout.self), passed(GaussianNoise.self), passed(SpatialDropout1D.self),
        passed(SpatialDropout2D.self), passed(SpatialDropout3D.self),
        // In prediction, the mean alone.
        rule(GaussianSampling.self) { $1.input },
        passed(AugMix.self), rules(CutMix.self) { $1.inputs }, passed(Equalization.self),
        rules(MixUp.self) { $1.inputs }, passed(RandAugment.self), passed(RandomBrightness.self),
        passed(RandomColorDegeneration.self), passed(RandomColorJitter.self), passed(RandomContrast.self),
        passed(RandomElasticTransform.self), passed(RandomErasing.self), passed(RandomFlip.self),
        passed(RandomGaussianBlur.self), passed(RandomGrayscale.self), passed(RandomHue.self),
        passed(RandomInvert.self), passed(RandomPerspective.self), passed(RandomPosterization.self),
        passed(RandomRotation.self), passed(RandomSaturation.self), passed(RandomSharpness.self),
        passed(RandomShear.self), passed(RandomTranslation.self), passed(RandomZoom.self),
        passed(Solarization.self),
    ]

    private static func passed<L: AnyLayer>(_ type: L.Type) -> Rule { rule(type) { $1.input } }
}
