import Cognitron
import CognitronKernels

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

/// A colour with a linear gradient across the image and sinusoidal stripes.
struct Surface {
    private let base: SIMD4<Float>
    private let shade: SIMD2<Float>
    private let wave: SIMD2<Float>
    private let phase: Float
    private let stripes: Float

    /// - Parameters:
    ///   - tones: the range of its brightness, 0…1.
    ///   - colourfulness: the maximum deviation of red, green and blue from grey.
    ///   - stripes: the maximum amplitude of its stripes.
    init(
        _ tones: (Float, Float), colourfulness: Float = 0.22, stripes: Float,
        _ draws: inout RandomGenerator
    ) {
        let tone = draws.uniform(tones.0, tones.1)
        let tint =
            SIMD3(draws.uniform(-1, 1), draws.uniform(-1, 1), draws.uniform(-1, 1)) * colourfulness
        let brightness = (tint * SIMD3(0.299, 0.587, 0.114)).sum()
        self.init(SIMD4(tint - brightness + tone, 0), stripes: stripes, &draws)
    }

    /// - Parameter base: red, green and blue, 0…1, where nothing shades them.
    init(_ base: SIMD4<Float>, stripes: Float, _ draws: inout RandomGenerator) {
        self.base = base
        shade = SIMD2(draws.uniform(-1, 1), draws.uniform(-1, 1)) * 0.12
        let direction = draws.uniform(-.pi, .pi)
        wave = SIMD2(cos(direction), sin(direction)) * draws.uniform(8, 40)
        phase = draws.uniform(-.pi, .pi)
        self.stripes = draws.uniform(0, stripes)
    }

    /// One colour all over.
    init(flat colour: SIMD4<Float>) {
        (base, shade, wave, phase, stripes) = (colour, .zero, .zero, 0, 0)
    }

    func colour(_ p: SIMD2<Float>) -> SIMD4<Float> {
        let shading = (shade * (p - 0.5)).sum()
        return base + (stripes == 0 ? shading : shading + stripes * sin((wave * p).sum() + phase))
    }
}

extension SIMD4<Float> {
    /// The brightness of red, green and blue, as in ITU-R BT.601.
    var brightness: Float { (self * SIMD4(0.299, 0.587, 0.114, 0)).sum() }
}
