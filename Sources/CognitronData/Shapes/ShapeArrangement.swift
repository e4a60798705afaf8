import Cognitron
import CognitronKernels

/// How much of each other the shapes of a picture hide.
public enum ShapeOverlap: String, CaseIterable, Sendable {
    /// At least half of each shape is visible; where none of twelve places leaves so much, there is one less.
    case limited
    /// Shapes lie anywhere. One of which less than 30 % is visible is drawn, but is no object.
    case free

    /// The least visible fraction of an object.
    var leastVisible: Double { self == .limited ? 0.5 : 0.3 }
}

/// Several shapes in one picture, from front to back.
struct ShapeArrangement {
    /// The objects, from front to back.
    private(set) var shapes: [PlacedShape] = []
    /// The pixels of each shape, also of those that are no objects, from front to back.
    private(set) var pixels: [[PlacedShape.Pixel]] = []
    /// (H, W): 0, or one more than the number of the object that is in front there.
    private(set) var owners: [UInt8]
    private let size: Int
    private let overlap: ShapeOverlap

    /// Places tried for a shape.
    private static let attempts = 12
    /// The owner of pixels of shapes that are no objects, while shapes are placed.
    private static let hidden = UInt8.max

    /// - Parameters:
    ///   - count: the number of shapes, fewer where there is no room.
    ///   - radii: the range of their radii, as fractions of the side.
    ///   - size: pixels per side.
    init(
        _ count: Int, radii: (Float, Float), size: Int, overlap: ShapeOverlap = .limited,
        _ draws: inout RandomGenerator
    ) {
        (self.size, self.overlap) = (size, overlap)
        owners = [UInt8](repeating: 0, count: size * size)
        for _ in 0..<count { place(radii, &draws) }
        for at in owners.indices where owners[at] == Self.hidden { owners[at] = 0 }
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
            let isObject = Double(visible.count) >= overlap.leastVisible * Double(inside.count)
            guard isObject || overlap == .free else { continue }
            if isObject { shapes.append(shape) }
            self.pixels.append(pixels)
            for pixel in visible { owners[pixel.at] = isObject ? UInt8(shapes.count) : Self.hidden }
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
