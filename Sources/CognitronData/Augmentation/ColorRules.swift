import Cognitron
import CognitronKernels

// Rules that change the colours of one image, by the changes of the layers of the same names.

/// A rule whose change is drawn as that of a layer.
protocol DrawnRule: ImageRule {
    var drawing: ImageDrawing { get }
}

extension DrawnRule {
    func apply(to image: inout ImagePixels, _ draw: inout ImageDraw) {
        image.change(drawing, &draw.generator)
    }
}

/// Values of images as the package's sources give them.
private let unit: ClosedRange<Float> = 0...1

struct Brightness: DrawnRule {
    var factor: Float

    var problem: RuleProblem? { factor.problem("factor", above: 0, to: 1) }
    var drawing: ImageDrawing { .brightness(-factor...factor, unit) }
}

struct Contrast: DrawnRule {
    var factor: Float

    var problem: RuleProblem? { factor.problem("factor", above: 0, to: 1) }
    var drawing: ImageDrawing { .contrast(1 - factor...1 + factor, unit) }
}

struct Hue: DrawnRule {
    var factor: Float

    func problem(for image: Shape) -> RuleProblem? {
        image.colorProblem ?? factor.problem("factor", above: 0, to: 1)
    }
    var drawing: ImageDrawing { .hue(0...factor, unit) }
}

struct Saturation: DrawnRule {
    var factor: Float

    func problem(for image: Shape) -> RuleProblem? {
        image.colorProblem ?? factor.problem("factor", above: 0, to: 1)
    }
    var drawing: ImageDrawing { .saturation(1 - factor...1 + factor, unit) }
}

struct Grey: DrawnRule {
    var probability: Float

    func problem(for image: Shape) -> RuleProblem? {
        image.colorProblem ?? probability.problem("probability", above: 0, to: 1)
    }
    var drawing: ImageDrawing { .grey(1...1, unit).applied(probability...probability) }
}

struct ColorJitter: DrawnRule {
    var brightness: Float, contrast: Float, saturation: Float, hue: Float

    func problem(for image: Shape) -> RuleProblem? {
        let isColored = saturation > 0 || hue > 0
        return (isColored ? image.colorProblem : nil)
            ?? [("brightness", brightness), ("contrast", contrast), ("saturation", saturation), ("hue", hue)]
            .lazy.compactMap { $1.problem("\($0) factor", in: 0...1) }.first
    }
    var drawing: ImageDrawing {
        .sequence([
            .brightness(-brightness...brightness, unit), .contrast(1 - contrast...1 + contrast, unit),
            .saturation(1 - saturation...1 + saturation, unit), .hue(0...hue, unit),
        ])
    }
}

struct Sharpness: DrawnRule {
    var factor: Float

    var problem: RuleProblem? { factor.problem("factor", above: 0, to: 1) }
    var drawing: ImageDrawing { .sharpness(1 - factor...1 + factor, unit) }
}

struct Blur: DrawnRule {
    var sigma: Float

    var problem: RuleProblem? { sigma.problem("sigma", above: 0, to: 100) }
    var drawing: ImageDrawing {
        // Weights beyond three deviations count for nothing.
        let count = 2 * Int((3 * sigma).rounded(.up)) + 1
        return .blur(counts: (count, count), sigma: 0...sigma, .reflect)
    }
}

struct Posterise: DrawnRule {
    var bits: Int

    func problem(for image: Shape) -> RuleProblem? { bits.problem("number of bits", in: 1...8, image) }
    var drawing: ImageDrawing { .posterize(bits: bits...8, unit) }
}

struct Solarise: DrawnRule {
    var threshold: Float

    var problem: RuleProblem? { threshold.problem("threshold", in: 0...1) }
    var drawing: ImageDrawing { .solarize(addition: 0...0, threshold: threshold...1, unit) }
}

struct Equalise: DrawnRule {
    var probability: Float

    var problem: RuleProblem? { probability.problem("probability", above: 0, to: 1) }
    var drawing: ImageDrawing { .equalize(unit).applied(probability...probability) }
}

struct AutoContrast: DrawnRule {
    var probability: Float

    var problem: RuleProblem? { probability.problem("probability", above: 0, to: 1) }
    var drawing: ImageDrawing { .stretch(unit).applied(probability...probability) }
}

struct Invert: DrawnRule {
    var probability: Float

    var problem: RuleProblem? { probability.problem("probability", above: 0, to: 1) }
    var drawing: ImageDrawing { .invert(unit).applied(probability...probability) }
}

struct Erasing: DrawnRule {
    var probability: Float
    var smallest: Float
    var largest: Float

    var problem: RuleProblem? {
        probability.problem("probability", above: 0, to: 1)
            ?? (smallest <= largest ? nil : ("a smallest share of at most \(largest)", "\(smallest)"))
            ?? smallest.problem("smallest share", in: 0...1) ?? largest.problem("largest share", in: 0...1)
    }
    var drawing: ImageDrawing {
        .erase(area: smallest...largest, values: nil, unit).applied(probability...probability)
    }
}

struct RandomAugment: DrawnRule {
    var count: Int
    var strength: Float

    func problem(for image: Shape) -> RuleProblem? {
        count.problem("count", in: 1...16, image) ?? strength.problem("strength", above: 0, to: 1)
    }
    var drawing: ImageDrawing {
        .randAugment(count: count, strength: 0...strength, unit, ImageDrawing.PixelSampling())
    }
}

struct AugmentedMix: DrawnRule {
    var strength: Float
    var chains: Int
    var depth: Int
    var alpha: Float

    func problem(for image: Shape) -> RuleProblem? {
        strength.problem("strength", above: 0, to: 1) ?? chains.problem("number of chains", in: 1...16, image)
            ?? depth.problem("depth", in: 1...16, image) ?? alpha.problem("alpha", above: 0, to: 1000)
    }
    var drawing: ImageDrawing {
        .augMix(
            chains: chains, depth: depth, strength: 0...strength, alpha: alpha, withColors: true, unit,
            ImageDrawing.PixelSampling())
    }
}

extension Shape {
    /// The problem of an image whose colours have no hue.
    fileprivate var colorProblem: RuleProblem? {
        self[2] == 3 ? nil : ("images of three channels (red, green, blue)", "\(self[2])")
    }
}
