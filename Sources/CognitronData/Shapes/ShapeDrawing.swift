// One image of `Shapes`: its random parameters, and their rendering.

import Cognitron
import CognitronKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A shape on a background, with all parameters drawn.
struct ShapeDrawing {
    let kind: ShapeKind
    private let size: Int
    private let channels: Shapes.Channels
    private let centre: SIMD2<Float>  // in 0…1, as all lengths here
    private let radius: Float
    private let turn: SIMD2<Float>  // cosine and sine of its angle
    private let shape: Surface
    private let background: Surface
    private let noise: Float
    private let philox: Philox

    // The amount of variation. Measured on one thread with 10,000 training and 2,000 test images: softmax
    // regression of the raw pixels stays at 14 % (32 × 32 × 3) and 17 % (28 × 28 × 1); six 3 × 3 convolutions
    // with batch normalization pass 95 % after 2,500 to 3,700 training images, LeNet-5 (grey) after 25,000.
    // With any rotation in place of the tilt they need 7,500 and 50,000.
    private static let radii: (Float, Float) = (0.34, 0.44)
    private static let tilt: Float = 0.6  // 34° to either side
    private static let darkTone: (Float, Float) = (0.10, 0.32)
    private static let lightTone: (Float, Float) = (0.68, 0.90)
    private static let noises: (Float, Float) = (0.02, 0.06)

    init(_ kind: ShapeKind, _ key: RandomKey, size: Int, channels: Shapes.Channels) {
        (self.kind, self.size, self.channels) = (kind, size, channels)
        var draws = key.generator()
        radius = draws.uniform(Self.radii.0, Self.radii.1)
        let freedom = 0.5 - radius  // keeps the shape inside the image
        centre = SIMD2(0.5 + draws.uniform(-freedom, freedom), 0.5 + draws.uniform(-freedom, freedom))
        let angle = draws.uniform(-Self.tilt, Self.tilt)
        turn = SIMD2(cos(angle), sin(angle))
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
                    pixels[at] = byte((colour * SIMD4(0.299, 0.587, 0.114, 0)).sum() + noise * bytes.next())
                case .rgb:
                    for c in 0..<3 { pixels[at * channelCount + c] = byte(colour[c] + noise * bytes.next()) }
                }
            }
        }
    }

    private func colour(_ p: SIMD2<Float>, _ cover: Float) -> SIMD4<Float> {
        if cover == 0 { return background.colour(p) }
        if cover == 1 { return shape.colour(p) }
        return background.colour(p) * (1 - cover) + shape.colour(p) * cover
    }

    /// The fraction of the pixel around `p` that the shape covers: its distance from the outline, in pixels,
    /// clamped to ±½; and the number of pixels to the right that are also covered fully or not at all, since
    /// the distance changes by at most one pixel per pixel.
    private func coverage(_ p: SIMD2<Float>) -> (cover: Float, repeats: Int) {
        let q = (p - centre) / radius
        let pixels = radius * Float(size)  // per unit of q
        let square = (q * q).sum()
        guard square < Self.reach * Self.reach else {
            return (0, Int((square.squareRoot() - Self.reach) * pixels))
        }
        let turned = SIMD2(turn.x * q.x + turn.y * q.y, turn.x * q.y - turn.y * q.x)
        let distance = kind.distance(turned) * radius * Float(size)
        // Half a pixel of margin for rounding.
        return (min(max(0.5 - distance, 0), 1), max(0, Int(abs(distance) - 1)))
    }

    /// Radius, relative to the shape's, beyond which no shape covers a pixel.
    private static let reach: Float = 1.22

    private func byte(_ value: Float) -> UInt8 { UInt8(min(max(value, 0), 1) * 255 + 0.5) }
}

/// A colour with a linear gradient across the image and sinusoidal stripes.
private struct Surface {
    private let base: SIMD4<Float>
    private let shade: SIMD2<Float>
    private let wave: SIMD2<Float>
    private let phase: Float
    private let stripes: Float

    /// Maximum deviation of red, green and blue from grey.
    private static let colourfulness: Float = 0.22

    /// - Parameters:
    ///   - tones: the range of its brightness, 0…1.
    ///   - stripes: the maximum amplitude of its stripes.
    init(_ tones: (Float, Float), stripes: Float, _ draws: inout RandomGenerator) {
        let tone = draws.uniform(tones.0, tones.1)
        let tint =
            SIMD3(draws.uniform(-1, 1), draws.uniform(-1, 1), draws.uniform(-1, 1)) * Self.colourfulness
        let brightness = (tint * SIMD3(0.299, 0.587, 0.114)).sum()
        base = SIMD4(tint - brightness + tone, 0)
        shade = SIMD2(draws.uniform(-1, 1), draws.uniform(-1, 1)) * 0.12
        let direction = draws.uniform(-.pi, .pi)
        wave = SIMD2(cos(direction), sin(direction)) * draws.uniform(8, 40)
        phase = draws.uniform(-.pi, .pi)
        self.stripes = draws.uniform(0, stripes)
    }

    func colour(_ p: SIMD2<Float>) -> SIMD4<Float> {
        let shading = (shade * (p - 0.5)).sum()
        return base + (stripes == 0 ? shading : shading + stripes * sin((wave * p).sum() + phase))
    }
}

/// Random numbers in −1…1 of one byte each: enough for noise, at a quarter of the cost.
private struct NoiseBytes {
    private let philox: Philox
    private var position: UInt64 = 0
    private var block = SIMD16<UInt8>()
    private var left = 0

    init(_ philox: Philox) { self.philox = philox }

    mutating func next() -> Float {
        if left == 0 {
            block = unsafeBitCast(philox.block(position), to: SIMD16<UInt8>.self)
            position += 1
            left = 16
        }
        left -= 1
        return Float(block[left]) / 127.5 - 1
    }
}
