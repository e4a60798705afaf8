// One image of `Shapes`: its random parameters, and their rendering.

import Cognitron
import CognitronKernels

/// A shape on a background, with all parameters drawn.
struct ShapeDrawing {
    private let placed: PlacedShape
    private let size: Int
    private let channels: Shapes.Channels
    private let shape: Surface
    private let background: Surface
    private let noise: Float
    private let philox: Philox

    // The amount of variation. Measured on one thread with 10,000 training and 2,000 test images: softmax
    // regression of the raw pixels stays at 14 % (32 × 32 × 3) and 17 % (28 × 28 × 1); six 3 × 3 convolutions
    // with batch normalization pass 95 % after 2,500 to 3,700 training images, LeNet-5 (grey) after 25,000.
    // With any rotation in place of the tilt they need 7,500 and 50,000.
    private static let radii: (Float, Float) = (0.34, 0.44)
    private static let darkTone: (Float, Float) = (0.10, 0.32)
    private static let lightTone: (Float, Float) = (0.68, 0.90)
    private static let noises: (Float, Float) = (0.02, 0.06)

    var kind: ShapeKind { placed.kind }

    init(_ kind: ShapeKind, _ key: RandomKey, size: Int, channels: Shapes.Channels) {
        (self.size, self.channels) = (size, channels)
        var draws = key.generator()
        let radius = draws.uniform(Self.radii.0, Self.radii.1)
        let freedom = 0.5 - radius  // keeps the shape inside the image
        let centre = SIMD2(0.5 + draws.uniform(-freedom, freedom), 0.5 + draws.uniform(-freedom, freedom))
        let angle = draws.uniform(-PlacedShape.tilt, PlacedShape.tilt)
        placed = PlacedShape(kind, centre, radius: radius, angle: angle)
        let isLight = draws.uniform(0, 1) < 0.5
        shape = Surface(isLight ? Self.lightTone : Self.darkTone, stripes: 0, &draws)
        background = Surface(isLight ? Self.darkTone : Self.lightTone, stripes: 0.06, &draws)
        noise = draws.uniform(Self.noises.0, Self.noises.1)
        philox = key.folding("noise").philox
    }

    /// Writes the image to `pixels` (H, W, C) and, if given, the shape to `mask` (H, W).
    func render(_ pixels: UnsafeMutablePointer<UInt8>, mask: UnsafeMutablePointer<UInt8>?) {
        let channelCount = channels.rawValue
        var bytes = NoiseBytes(philox)
        for y in 0..<size {
            // Coverage of the last pixel, and the number of following pixels with the same coverage.
            var (cover, repeats): (Float, Int) = (0, 0)
            for x in 0..<size {
                let p = (SIMD2(Float(x), Float(y)) + 0.5) / Float(size)
                if repeats > 0 { repeats -= 1 } else { (cover, repeats) = coverage(p) }
                let colour = colour(p, cover)
                let at = y * size + x
                mask?[at] = cover >= 0.5 ? 1 : 0
                switch channels {
                case .grey:
                    pixels[at] = UInt8(unit: colour.brightness + noise * bytes.next())
                case .rgb:
                    for c in 0..<3 {
                        pixels[at * channelCount + c] = UInt8(unit: colour[c] + noise * bytes.next())
                    }
                }
            }
        }
    }

    private func colour(_ p: SIMD2<Float>, _ cover: Float) -> SIMD4<Float> {
        if cover == 0 { return background.colour(p) }
        if cover == 1 { return shape.colour(p) }
        return background.colour(p) * (1 - cover) + shape.colour(p) * cover
    }

    /// The fraction of the pixel around `p` that the shape covers, and the number of pixels to the right that
    /// it covers as much.
    private func coverage(_ p: SIMD2<Float>) -> (cover: Float, repeats: Int) {
        let (distance, repeats) = placed.distance(p, size: size)
        return (min(max(0.5 - distance, 0), 1), repeats)
    }
}
