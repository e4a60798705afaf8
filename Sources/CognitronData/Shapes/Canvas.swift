import Cognitron
import CognitronKernels

/// A picture while shapes are drawn on it, from back to front.
struct Canvas {
    let size: Int
    /// Red, green and blue in 0…1: (H, W).
    private var colours: [SIMD4<Float>]

    private static let ink = SIMD4<Float>(0.1, 0.1, 0.1, 0)

    /// - Parameter size: pixels per side.
    init(size: Int, _ background: Surface) {
        self.size = size
        colours = []
        colours.reserveCapacity(size * size)
        for at in 0..<size * size { colours.append(background.colour(Self.point(at, size))) }
    }

    private static func point(_ at: Int, _ size: Int) -> SIMD2<Float> {
        (SIMD2(Float(at % size), Float(at / size)) + 0.5) / Float(size)
    }

    /// Draws a shape over what is there.
    mutating func fill(_ pixels: [PlacedShape.Pixel], _ surface: Surface) {
        for pixel in pixels where pixel.cover > 0 {
            let colour = surface.colour(Self.point(pixel.at, size))
            colours[pixel.at] += (colour - colours[pixel.at]) * pixel.cover
        }
    }

    /// Draws a shape's outline over what is there.
    mutating func outline(_ pixels: [PlacedShape.Pixel]) {
        for pixel in pixels { colours[pixel.at] += (Self.ink - colours[pixel.at]) * pixel.line }
    }

    /// The picture as bytes.
    ///
    /// - Parameter noise: the largest change of a value, and the key of the changes.
    func picture(_ channels: Shapes.Channels, noise: (amount: Float, key: RandomKey)? = nil) -> Picture {
        var bytes = NoiseBytes((noise?.key ?? RandomKey(seed: 0)).philox)
        let amount = noise?.amount ?? 0
        var pixels: [UInt8] = []
        pixels.reserveCapacity(colours.count * channels.rawValue)
        for colour in colours {
            switch channels {
            case .grey: pixels.append(UInt8(unit: colour.brightness + amount * bytes.next()))
            case .rgb: for c in 0..<3 { pixels.append(UInt8(unit: colour[c] + amount * bytes.next())) }
            }
        }
        return Picture(height: size, width: size, channels: channels.rawValue, pixels: pixels)
    }
}

extension UInt8 {
    /// 0…1 as 0…255; values outside are brought to the nearer end.
    init(unit value: Float) { self.init(Swift.min(Swift.max(value, 0), 1) * 255 + 0.5) }
}
