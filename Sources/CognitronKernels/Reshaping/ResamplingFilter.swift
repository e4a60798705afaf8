// The filters that images are resized with, and the taps they give. Pixels are areas: the centre of output
// pixel o is at (o + ½) · inputs / outputs of the input (TensorFlow's half-pixel centres).

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

package enum ResamplingFilter: Hashable, Sendable {
    case nearest
    /// Bilinear.
    case triangle
    /// Keys's cubic with a = −½, as TensorFlow's bicubic.
    case cubic
    case lanczos(radius: Int)

    package var radius: Double {
        switch self {
        case .nearest: 0.5
        case .triangle: 1
        case .cubic: 2
        case .lanczos(let radius): Double(radius)
        }
    }

    /// The filter at a distance from its centre.
    package func value(_ x: Double) -> Double {
        switch self {
        case .nearest: return 1
        case .triangle: return max(0, 1 - x)
        case .cubic:
            return x < 1
                ? (1.5 * x - 2.5) * x * x + 1 : x < 2 ? ((-0.5 * x + 2.5) * x - 4) * x + 2 : 0
        case .lanczos(let radius):
            guard x > 1e-3 else { return 1 }
            guard x < Double(radius) else { return 0 }
            return Double(radius) * sin(.pi * x) * sin(.pi * x / Double(radius)) / (.pi * .pi * x * x)
        }
    }

    /// The taps of an axis. What of the filter lies outside of the input is left out, and the rest scaled up
    /// to a sum of 1.
    ///
    /// - Parameter antialias: whether the filter is widened where the image shrinks, so that every input
    ///   pixel counts.
    package func axis(inputs: Int, outputs: Int, antialias: Bool = false) -> ResamplingAxis {
        let scale = Double(inputs) / Double(outputs)
        return ResamplingAxis(
            inputs: inputs,
            taps: (0..<outputs).map { output in
                if self == .nearest {
                    // In 32 bits, where TensorFlow rounds.
                    let place = (Float(output) + 0.5) * (Float(inputs) / Float(outputs))
                    return [(min(inputs - 1, Int(place)), 1)]
                }
                return taps(
                    centre: (Double(output) + 0.5) * scale, width: antialias ? max(1, scale) : 1, inputs)
            })
    }

    private func taps(centre: Double, width: Double, _ inputs: Int) -> [(place: Int, weight: Float)] {
        let first = max(0, Int((centre - radius * width - 0.5).rounded(.up)))
        let last = min(inputs - 1, Int((centre + radius * width - 0.5).rounded(.down)))
        let places = Array(first...max(first, last))
        let values = places.map { value(abs(Double($0) + 0.5 - centre) / width) }
        let sum = values.reduce(0, +)
        return zip(places, values).compactMap { $1 == 0 ? nil : ($0, Float($1 / sum)) }
    }
}
