import CognitronKernels

extension ImageDrawing {
    /// Some of eleven changes, each as strong as `strength` says.
    ///
    /// - Source: Cubuk et al., "RandAugment: Practical Automated Data Augmentation with a Reduced Search
    ///   Space" (2020), with the changes of Keras `RandAugment`.
    package static func randAugment(
        count: Int, strength: ClosedRange<Float>, _ range: ValueRange, _ sampling: PixelSampling
    ) -> ImageDrawing {
        let choices = policy(strength, range, sampling, withColors: true)
        return ImageDrawing { size, generator in
            (0..<count).flatMap { _ in
                choices[Int.random(in: choices.indices, using: &generator)].draw(size, &generator)
            }
        }
    }

    /// Several chains of changes, mixed with the image.
    ///
    /// - Source: Hendrycks et al., "AugMix: A Simple Data Processing Method to Improve Robustness and
    ///   Uncertainty" (2020), with the changes of Keras `AugMix`.
    package static func augMix(
        chains: Int, depth: Int, strength: ClosedRange<Float>, alpha: Float, withColors: Bool,
        _ range: ValueRange, _ sampling: PixelSampling
    ) -> ImageDrawing {
        let choices = policy(strength, range, sampling, withColors: withColors)
        return ImageDrawing { size, generator in
            let weights = generator.dirichlet(alpha, count: chains)
            let own = generator.beta(alpha)
            let chains = weights.map { weight in
                let changes = (0..<depth).flatMap { _ in
                    // The place past the end stands for no change.
                    let choice = Int.random(in: 0...choices.count, using: &generator)
                    return choice < choices.count ? choices[choice].draw(size, &generator) : []
                }
                return (weight: weight, changes: changes)
            }
            return [.mixture(own: own, chains: chains, range)]
        }
    }

    private static func policy(
        _ strength: ClosedRange<Float>, _ range: ValueRange, _ sampling: PixelSampling, withColors: Bool
    ) -> [ImageDrawing] {
        let bits = max(1, min(8, Int(8 * strength.upperBound)))
        let colors: [ImageDrawing] =
            withColors
            ? [
                .brightness(strength, range), .grey(strength, range),
                .contrast(1 - strength.lowerBound...1 + strength.upperBound, range),
                .sharpness(2 * strength.lowerBound...2 * strength.upperBound, range),
            ] : []
        return colors + [
            .shear(x: strength, y: strength, sampling),
            .translation(down: strength, right: strength, sampling),
            .rotation(turns: strength, sampling), .posterize(bits: bits...bits, range),
            .solarize(addition: strength, threshold: strength, range), .stretch(range),
            .equalize(range),
        ]
    }
}
