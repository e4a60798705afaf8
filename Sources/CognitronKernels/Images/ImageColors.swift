#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

// Changes of the colours of one image in place. x: (H, W, C).

/// The values from black to white, 0…1 or 0…255.
package typealias ValueRange = ClosedRange<Float>

extension ValueRange {
    @inline(__always)
    func clip(_ x: Float) -> Float { Swift.max(lowerBound, Swift.min(upperBound, x)) }

    var length: Float { upperBound - lowerBound }

    /// A value as bytes count it, 0…255.
    @inline(__always)
    func byte(_ x: Float) -> Float { (x - lowerBound) / length * 255 }

    /// The value that bytes count so.
    @inline(__always)
    func value(_ byte: Float) -> Float { byte / 255 * length + lowerBound }
}

extension ImageSize {
    /// How bright red, green and blue are.
    ///
    /// - Source: TensorFlow `rgb_to_grayscale`.
    static let brightnesses = SIMD3<Float>(0.2989, 0.5870, 0.1140)

    /// Replaces every value.
    @inline(__always)
    func map(_ x: UnsafeMutablePointer<Float>, _ f: (Float) -> Float) {
        for i in 0..<count { x[i] = f(x[i]) }
    }

    /// Replaces every pixel of an image with three channels; others stay as they are.
    @inline(__always)
    func mapPixels(_ x: UnsafeMutablePointer<Float>, _ f: (SIMD3<Float>) -> SIMD3<Float>) {
        guard channels == 3 else { return }
        for pixel in 0..<height * width {
            let at = x + 3 * pixel
            let y = f(SIMD3(at[0], at[1], at[2]))
            (at[0], at[1], at[2]) = (y.x, y.y, y.z)
        }
    }

    /// The mean of a channel.
    func mean(_ x: UnsafePointer<Float>, channel: Int) -> Float {
        var sum = 0.0
        for pixel in 0..<height * width { sum += Double(x[pixel * channels + channel]) }
        return Float(sum / Double(height * width))
    }

    /// x ← x + share · (grey − x)
    func grey(_ x: UnsafeMutablePointer<Float>, share: Float) {
        mapPixels(x) { pixel in
            let grey = (pixel * Self.brightnesses).sum()
            return pixel + share * (SIMD3(repeating: grey) - pixel)
        }
    }

    /// x ← (x − m) · factor + m, with the mean m of each channel.
    func contrast(_ x: UnsafeMutablePointer<Float>, factor: Float) {
        for c in 0..<channels {
            let mean = mean(x, channel: c)
            for pixel in 0..<height * width {
                let at = pixel * channels + c
                x[at] = (x[at] - mean) * factor + mean
            }
        }
    }

    /// Each channel stretched so that its darkest value becomes black and its brightest white. Channels of
    /// one value stay.
    func stretch(_ x: UnsafeMutablePointer<Float>, _ range: ValueRange) {
        for c in 0..<channels {
            guard let (low, high) = extremes(x, channel: c) else { continue }
            for pixel in 0..<height * width {
                let at = pixel * channels + c
                x[at] = range.clip((x[at] - low) / (high - low) * range.length + range.lowerBound)
            }
        }
    }

    /// The least and the greatest value of a channel; nil where they are the same.
    func extremes(_ x: UnsafePointer<Float>, channel: Int) -> (low: Float, high: Float)? {
        var (low, high) = (x[channel], x[channel])
        for pixel in 0..<height * width {
            low = min(low, x[pixel * channels + channel])
            high = max(high, x[pixel * channels + channel])
        }
        return high > low ? (low, high) : nil
    }

    /// Each channel's values replaced so that they are spread evenly: by the share of its values that are not
    /// greater, in steps of `bins`.
    ///
    /// - Source: Keras `Equalization`.
    func equalize(_ x: UnsafeMutablePointer<Float>, bins: Int, _ range: ValueRange) {
        var table = [Float](repeating: 0, count: bins)
        func bin(_ value: Float) -> Int {
            let place = range.byte(value) / 255 * Float(bins - 1)
            // Values of bytes are whole numbers but for rounding.
            return place > 0 ? min(bins - 1, Int(min(place + 1e-3, Float(bins)))) : 0
        }
        for c in 0..<channels {
            var counts = [Int](repeating: 0, count: bins)
            for pixel in 0..<height * width { counts[bin(x[pixel * channels + c])] += 1 }
            let first = counts.first { $0 > 0 } ?? 0
            let rest = height * width - first
            guard rest > 0 else { continue }
            var sum = 0
            for i in 0..<bins {
                sum += counts[i]
                table[i] = range.value(
                    (Float(max(0, sum - first)) * 255 / Float(rest)).rounded(.toNearestOrEven))
            }
            for pixel in 0..<height * width {
                let at = pixel * channels + c
                x[at] = table[bin(x[at])]
            }
        }
    }
}

/// Colours by hue, saturation and value.
///
/// - Source: TensorFlow `rgb_to_hsv` and `hsv_to_rgb`.
enum HSV {
    static func from(_ rgb: SIMD3<Float>) -> SIMD3<Float> {
        let (high, low) = (rgb.max(), rgb.min())
        let range = high - low
        guard range > 0 else { return SIMD3(0, 0, high) }
        let scale = 1 / (6 * range)
        var hue =
            rgb.x == high
            ? scale * (rgb.y - rgb.z)
            : rgb.y == high ? scale * (rgb.z - rgb.x) + 2 / 6 : scale * (rgb.x - rgb.y) + 4 / 6
        if hue < 0 { hue += 1 }
        return SIMD3(hue, high > 0 ? range / high : 0, high)
    }

    static func rgb(_ hsv: SIMD3<Float>) -> SIMD3<Float> {
        let sector = hsv.x * 6
        let d = SIMD3(abs(sector - 3) - 1, 2 - abs(sector - 2), 2 - abs(sector - 4))
            .clamped(lowerBound: .zero, upperBound: .one)
        return ((1 - hsv.y) + hsv.y * d) * hsv.z
    }
}
