import Cognitron

extension AugmentationName {
    /// The package's own, with strengths that suit photographs of things.
    static let standard: [AugmentationName] = [
        AugmentationName("flip", "left and right exchanged, in every other epoch") { _, _ in .alternatingFlip
        },
        AugmentationName("flip-vertical", "top and bottom exchanged, half of the time") { _, _ in
            .verticalFlip
        },
        AugmentationName("shift", "shifted, edges reflected", "pixels, an eighth of the side") {
            most, image in
            .randomCrop(padding: most.pixels ?? max(1, min(image[0], image[1]) / 8))
        },
        AugmentationName("zoom", "enlarged or reduced about the middle", "share of the size, 0.2") {
            strength, _ in .zoom(strength ?? 0.2)
        },
        AugmentationName("crop", "a part enlarged to the whole", "smallest share of the area, 0.4") {
            smallest, _ in .resizedCrop(smallest: smallest ?? 0.4)
        },
        AugmentationName("rotate", "turned about the middle", "degrees either way, 15") { degrees, _ in
            .rotation(degrees: degrees ?? 15)
        },
        AugmentationName("shear", "rows pushed to the side", "pixels for each row, 0.2") { factor, _ in
            .shear(factor ?? 0.2)
        },
        AugmentationName("perspective", "seen from aside", "share of the sides, 0.4") { factor, _ in
            .perspective(factor ?? 0.4)
        },
        AugmentationName("elastic", "distorted as rubber", "scale, 1") { scale, _ in .elastic(scale ?? 1) },
        AugmentationName("brightness", "lighter or darker", "most, 0.2") { factor, _ in
            .brightness(factor ?? 0.2)
        },
        AugmentationName("contrast", "more or less contrast", "most, 0.4") { factor, _ in
            .contrast(factor ?? 0.4)
        },
        AugmentationName("hue", "hues turned", "share of half their circle, 0.2") { factor, _ in
            .hue(factor ?? 0.2)
        },
        AugmentationName("saturation", "stronger or weaker colours", "most, 0.5") { factor, _ in
            .saturation(factor ?? 0.5)
        },
        AugmentationName("jitter", "brightness, contrast, saturation and hue", "most of each, 0.2") {
            factor, image in
            let (most, color) = (factor ?? 0.2, image[2] == 3 ? factor ?? 0.2 : 0)
            return .colorJitter(brightness: most, contrast: most, saturation: color, hue: color / 2)
        },
        AugmentationName("sharpness", "smoothed or sharpened", "most, 0.9") { factor, _ in
            .sharpness(factor ?? 0.9)
        },
        AugmentationName("blur", "blurred", "pixels of deviation, 1") { sigma, _ in .blur(sigma: sigma ?? 1)
        },
        AugmentationName("grey", "without colours", "probability, 0.2") { probability, _ in
            .grey(probability: probability ?? 0.2)
        },
        AugmentationName("posterise", "fewer bits for each value", "fewest bits, 3") { bits, _ in
            .posterise(bits: bits.pixels ?? 3)
        },
        AugmentationName("solarise", "bright values inverted", "lowest threshold, 0.5") { threshold, _ in
            .solarise(threshold: threshold ?? 0.5)
        },
        AugmentationName("equalise", "values spread evenly", "probability, 0.5") { probability, _ in
            .equalise(probability: probability ?? 0.5)
        },
        AugmentationName("autocontrast", "stretched from black to white", "probability, 0.5") {
            probability, _ in .autoContrast(probability: probability ?? 0.5)
        },
        AugmentationName("invert", "as a negative", "probability, 0.2") { probability, _ in
            .invert(probability: probability ?? 0.2)
        },
        AugmentationName("cutout", "a black square", "pixels of its side, half the picture's") {
            side, image in .cutout(size: side.pixels ?? max(1, min(image[0], image[1]) / 2))
        },
        AugmentationName("erasing", "a rectangle of noise", "probability, 0.5") { probability, _ in
            .erasing(probability: probability ?? 0.5)
        },
        AugmentationName("mixup", "mixed with another, targets too", "alpha, 0.2") { alpha, _ in
            .mixup(alpha: alpha ?? 0.2)
        },
        AugmentationName("cutmix", "a rectangle of another, targets too", "alpha, 1") { alpha, _ in
            .cutmix(alpha: alpha ?? 1)
        },
        AugmentationName("mosaic", "parts of four, targets too", "probability, 1") { probability, _ in
            .mosaic(probability: probability ?? 1)
        },
        AugmentationName("randaugment", "two of eleven changes", "greatest strength, 0.3") { strength, _ in
            .randAugment(strength: strength ?? 0.3)
        },
        AugmentationName("augmix", "mixed with chains of changes", "greatest strength, 0.3") {
            strength, _ in .augMix(strength: strength ?? 0.3)
        },
    ]
}

extension Float? {
    /// As a whole number; −1, which no rule takes, for others.
    fileprivate var pixels: Int? { map { Int(exactly: $0) ?? -1 } }
}
