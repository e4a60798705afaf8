import Cognitron
import CognitronKernels

/// Several shapes in one picture, from front to back, each of which shows a good part of itself.
struct ShapeArrangement {
    /// From front to back.
    private(set) var shapes: [PlacedShape] = []
    /// The pixels of each shape.
    private(set) var pixels: [[PlacedShape.Pixel]] = []
    /// (H, W): 0, or one more than the number of the shape that is in front there.
    private(set) var owners: [UInt8]
    private let size: Int

    /// The least fraction of a shape that those before it leave visible.
    private static let leastVisible = 0.5
    /// Places tried for a shape. Where none has room the picture has a shape less.
    private static let attempts = 12

    /// - Parameters:
    ///   - count: the number of shapes, fewer where there is no room.
    ///   - radii: the range of their radii, as fractions of the side.
    ///   - size: pixels per side.
    init(_ count: Int, radii: (Float, Float), size: Int, _ draws: inout RandomGenerator) {
        self.size = size
        owners = [UInt8](repeating: 0, count: size * size)
        for _ in 0..<count { place(radii, &draws) }
    }

    private mutating func place(_ radii: (Float, Float), _ draws: inout RandomGenerator) {
        let kind = ShapeKind.allCases[draws.number(below: ShapeKind.allCases.count)]
        for _ in 0..<Self.attempts {
            let radius = draws.uniform(radii.0, radii.1)
            let centre = SIMD2(draws.uniform(radius, 1 - radius), draws.uniform(radius, 1 - radius))
            let angle = draws.uniform(-PlacedShape.tilt, PlacedShape.tilt)
            let shape = PlacedShape(kind, centre, radius: radius, angle: angle)
            let pixels = shape.pixels(size: size)
            let inside = pixels.filter(\.isInside)
            let visible = inside.filter { owners[$0.at] == 0 }
            guard Double(visible.count) >= Self.leastVisible * Double(inside.count) else { continue }
            shapes.append(shape)
            self.pixels.append(pixels)
            for pixel in visible { owners[pixel.at] = UInt8(shapes.count) }
            return
        }
    }

    /// The box of each shape around what is visible of it, in the order of `shapes`.
    var boxes: [BoundingBox] {
        var corners = [(low: SIMD2<Int>, high: SIMD2<Int>)](
            repeating: (SIMD2(size, size), SIMD2(-1, -1)), count: shapes.count)
        for at in owners.indices where owners[at] > 0 {
            let (owner, place) = (Int(owners[at]) - 1, SIMD2(at % size, at / size))
            corners[owner].low = pointwiseMin(corners[owner].low, place)
            corners[owner].high = pointwiseMax(corners[owner].high, place)
        }
        return zip(corners, shapes).map { corners, shape in
            let extent = corners.high &- corners.low &+ 1
            return BoundingBox(
                x: corners.low.x, y: corners.low.y, width: extent.x, height: extent.y, label: shape.kind.label
            )
        }
    }
}

extension RandomGenerator {
    /// A whole number from 0 to `count` − 1.
    mutating func number(below count: Int) -> Int {
        // Rounding may raise the draw to the count itself.
        min(Int(uniform(0, Float(count))), count - 1)
    }
}
