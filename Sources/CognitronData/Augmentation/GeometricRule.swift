import Cognitron
import Foundation

/// A rule that moves each picture: a mirror, a turn, a crop. Masks, boxes and pictures among the targets move
/// with it (`AugmentedSource.targets`).
///
///     struct Tilt: GeometricRule {
///         var degrees: Float = 10
///         func warp(height: Int, width: Int, _ draw: inout ImageDraw) -> Warp? {
///             let angle = Float.random(in: -degrees...degrees, using: &draw.generator)
///             return .rotation(degrees: angle, height: height, width: width, fillMode: .reflect)
///         }
///     }
///
/// Images are interpolated bilinearly, masks take the nearest pixel. Edges of masks are filled as those of
/// the picture are; a constant is class 0. A box becomes the hull of its moved corners, cut at the edges of
/// the picture.
public protocol GeometricRule: AugmentationRule {
    /// The movement of one picture of this size; nil where it stays.
    ///
    /// - Parameter draw: the random numbers of this picture in this epoch. Rules of a list draw from it one
    ///   after another.
    func warp(height: Int, width: Int, _ draw: inout ImageDraw) -> Warp?
}

extension GeometricRule {
    public func apply(to batch: inout Batch, samples: [Int], _ draw: Draw) throws {
        try apply(to: &batch, targets: [], samples: samples, draw)
    }

    public func apply(
        to batch: inout Batch, targets: [TargetKind], samples: [Int], _ draw: Draw
    ) throws {
        try PictureRules([.moving(self)]).apply(to: &batch, targets: targets, samples: samples, draw)
    }
}

// MARK: - The package's rules

struct RandomFlip: GeometricRule {
    func warp(height: Int, width: Int, _ draw: inout ImageDraw) -> Warp? {
        Bool.random(using: &draw.generator) ? .mirrored : nil
    }
}

struct AlternatingFlip: GeometricRule {
    func warp(height: Int, width: Int, _ draw: inout ImageDraw) -> Warp? {
        draw.isOtherSide ? .mirrored : nil
    }
}

struct VerticalFlip: GeometricRule {
    func warp(height: Int, width: Int, _ draw: inout ImageDraw) -> Warp? {
        Bool.random(using: &draw.generator) ? .flipped : nil
    }
}

struct RandomCrop: GeometricRule {
    var padding: Int
    var fillMode: FillMode

    func problem(for image: Shape) -> RuleProblem? {
        padding.problem("padding", in: 0...max(0, min(image[0], image[1]) - 1), image)
    }

    func warp(height: Int, width: Int, _ draw: inout ImageDraw) -> Warp? {
        let down = Int.random(in: -padding...padding, using: &draw.generator)
        let right = Int.random(in: -padding...padding, using: &draw.generator)
        return .shift(down: down, right: right, fillMode: fillMode)
    }
}

struct Zoom: GeometricRule {
    var factor: Float
    var fillMode: FillMode

    var problem: RuleProblem? { factor.problem("factor", in: 0..<1) }

    func warp(height: Int, width: Int, _ draw: inout ImageDraw) -> Warp? {
        let size = draw.generator.uniform(1 - factor, 1 + factor)
        return .zoom(rows: size, columns: size, height: height, width: width, fillMode: fillMode)
    }
}

struct ResizedCrop: GeometricRule {
    var smallest: Float
    var ratio: Float

    var problem: RuleProblem? {
        smallest.problem("smallest share", above: 0, to: 1)
            ?? (ratio >= 1 && ratio.isFinite ? nil : ("a ratio of at least 1", "\(ratio)"))
    }

    /// - Source: torchvision `RandomResizedCrop`; ten tries, then the whole picture.
    func warp(height: Int, width: Int, _ draw: inout ImageDraw) -> Warp? {
        for _ in 0..<10 {
            let area = Float(height * width) * draw.generator.uniform(smallest, 1)
            let aspect = exp(draw.generator.uniform(-log(ratio), log(ratio)))
            let (rows, columns) = ((area / aspect).squareRoot(), (area * aspect).squareRoot())
            guard rows <= Float(height), columns <= Float(width) else { continue }
            return .crop(
                top: draw.generator.uniform(0, Float(height) - rows),
                left: draw.generator.uniform(0, Float(width) - columns), rows: rows, columns: columns,
                height: height, width: width)
        }
        return nil
    }
}

struct Rotation: GeometricRule {
    var degrees: Float
    var fillMode: FillMode

    var problem: RuleProblem? { degrees.problem("degrees", above: 0, to: 180) }

    func warp(height: Int, width: Int, _ draw: inout ImageDraw) -> Warp? {
        .rotation(
            degrees: draw.generator.uniform(-degrees, degrees), height: height, width: width,
            fillMode: fillMode)
    }
}

struct Shear: GeometricRule {
    var factor: Float
    var fillMode: FillMode

    var problem: RuleProblem? { factor.problem("factor", above: 0, to: 1) }

    func warp(height: Int, width: Int, _ draw: inout ImageDraw) -> Warp? {
        .shear(
            x: draw.generator.uniform(-factor, factor), y: 0, height: height, width: width,
            fillMode: fillMode)
    }
}

struct Perspective: GeometricRule {
    var factor: Float
    var fillMode: FillMode

    var problem: RuleProblem? { factor.problem("factor", above: 0, to: 1) }

    /// Each corner moves inwards by up to half the factor of each side.
    ///
    /// - Source: torchvision `RandomPerspective`.
    func warp(height: Int, width: Int, _ draw: inout ImageDraw) -> Warp? {
        let (right, bottom) = (Float(width - 1), Float(height - 1))
        let corners = [(0, 0), (right, 0), (0, bottom), (right, bottom)].map { (x: Float, y: Float) in
            let dx = draw.generator.uniform(0, factor / 2 * right)
            let dy = draw.generator.uniform(0, factor / 2 * bottom)
            return (x: x == 0 ? dx : x - dx, y: y == 0 ? dy : y - dy)
        }
        return .perspective(corners: corners, height: height, width: width, fillMode: fillMode)
    }
}

struct Elastic: GeometricRule {
    var factor: Float
    var fillMode: FillMode

    var problem: RuleProblem? { factor.problem("factor", above: 0, to: 1) }

    func warp(height: Int, width: Int, _ draw: inout ImageDraw) -> Warp? {
        .elastic(scale: factor, height: height, width: width, fillMode: fillMode, &draw.generator)
    }
}
