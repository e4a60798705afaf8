// Philox 4×32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As
// Easy as 1, 2, 3" (2011). A value depends on the key and its position alone, so any thread can draw any
// part.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

package struct Philox: Sendable {
    package var key: UInt64

    @inlinable package init(key: UInt64) { self.key = key }

    /// The 128 random bits at `position` of the sequence `stream`.
    @inlinable
    package func block(_ position: UInt64, stream: UInt64 = 0) -> SIMD4<UInt32> {
        // Scalar words instead of vectors: they stay in registers.
        var (x, y) = (UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: position >> 32))
        var (z, w) = (UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32))
        var (k0, k1) = (UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32))
        for _ in 0..<10 {
            let a = UInt64(x) &* 0xD251_1F53
            let b = UInt64(z) &* 0xCD9E_8D57
            (x, y) = (UInt32(truncatingIfNeeded: b >> 32) ^ y ^ k0, UInt32(truncatingIfNeeded: b))
            (z, w) = (UInt32(truncatingIfNeeded: a >> 32) ^ w ^ k1, UInt32(truncatingIfNeeded: a))
            k0 &+= 0x9E37_79B9
            k1 &+= 0xBB67_AE85
        }
        return SIMD4(x, y, z, w)
    }

    /// The blocks at `lanes` positions from `first` on, by word: word j of block l at words[j · lanes + l]. A
    /// loop over the lanes is compiled to vectors, which takes a third of the time of as many blocks.
    @inline(__always)
    func fillBlocks(
        _ first: UInt64, stream: UInt64, lanes: Int, into words: UnsafeMutablePointer<UInt32>
    ) {
        for lane in 0..<lanes {
            let position = first &+ UInt64(truncatingIfNeeded: lane)
            let block = block(position, stream: stream)
            words[lane] = block.x
            words[lane &+ lanes] = block.y
            words[lane &+ 2 &* lanes] = block.z
            words[lane &+ 3 &* lanes] = block.w
        }
    }

    /// Four numbers uniform in [0, 1), each a multiple of 2⁻²⁴.
    @inlinable
    package func uniforms(_ position: UInt64, stream: UInt64 = 0) -> SIMD4<Float> {
        SIMD4<Float>(block(position, stream: stream) &>> 8) * 0x1p-24
    }

    /// A standard normal number, by the Box-Muller transform.
    package func normal(_ position: UInt64, stream: UInt64 = 0) -> Float {
        let u = uniforms(position, stream: stream)
        return sqrt(-2 * log(1 - u.x)) * cos(2 * Float.pi * u.y)
    }

    /// A number uniform in [0, 1) from one word of a block.
    @inlinable
    package static func uniform(_ word: UInt32) -> Float { Float(word &>> 8) * 0x1p-24 }
}

extension Philox {
    /// x[i] ← a number uniform in [low, high).
    package func fillUniform(_ x: UnsafeMutablePointer<Float>, count: Int, low: Float, high: Float) {
        let scale = high - low
        // Rounding may raise low + scale·u to `high` itself.
        let limit = SIMD4(repeating: high.nextDown)
        fill(x, count: count) { pointwiseMin(low + scale * $0, limit) }
    }

    /// x[i] ← mean + deviation · a standard normal number, by the Box-Muller transform.
    package func fillNormal(_ x: UnsafeMutablePointer<Float>, count: Int, mean: Float, deviation: Float) {
        fill(x, count: count) { u in
            let first = sqrt(-2 * log(1 - u.x))
            let second = sqrt(-2 * log(1 - u.z))
            let (a, b) = (2 * Float.pi * u.y, 2 * Float.pi * u.w)
            return mean + deviation
                * SIMD4(first * cos(a), first * sin(a), second * cos(b), second * sin(b))
        }
    }

    /// As `fillNormal`, truncated at two deviations from the mean: the inverse of the truncated distribution
    /// function of a uniform number, without rejection.
    package func fillTruncatedNormal(
        _ x: UnsafeMutablePointer<Float>, count: Int, mean: Float, deviation: Float
    ) {
        let share: Float = 0.954_499_74  // probability of a normal number within two deviations: erf √2
        fill(x, count: count) { u in
            // The midpoints of the 2²⁴ steps, for symmetry.
            let z = Float(2).squareRoot() * Self.inverseErrorFunction(share * (2 * u + (0x1p-24 - 1)))
            return mean + deviation
                * z.clamped(lowerBound: SIMD4(repeating: -2), upperBound: SIMD4(repeating: 2))
        }
    }

    /// erf⁻¹ for |y| < 0.996, with a relative error of 1e-6: M. Giles, "Approximating the erfinv function"
    /// (GPU Computing Gems, 2011), the central polynomial of the single-precision version.
    private static func inverseErrorFunction(_ y: SIMD4<Float>) -> SIMD4<Float> {
        let product = (1 - y) * (1 + y)
        let w = -SIMD4(log(product.x), log(product.y), log(product.z), log(product.w)) - 2.5
        var p = 2.810_226_4e-08 * w + 3.432_739_4e-07
        p = p * w - 3.523_387_7e-06
        p = p * w - 4.391_506_5e-06
        p = p * w + 0.000_218_580_87
        p = p * w - 0.001_253_725_03
        p = p * w - 0.004_177_681_64
        p = p * w + 0.246_640_727
        p = p * w + 1.501_409_41
        return p * y
    }

    /// Numbers per tile: a number costs some 10 ns.
    private static let grain = 1 << 13

    /// x[4i], x[4i + 1] … ← `transform` of the four uniform numbers at position i.
    @inline(__always)
    private func fill(
        _ x: UnsafeMutablePointer<Float>, count: Int, _ transform: (SIMD4<Float>) -> SIMD4<Float>
    ) {
        WorkerPool.shared.run(total: count, grain: Self.grain) { range, _ in
            for i in stride(from: range.lowerBound, to: range.upperBound, by: 4) {
                let numbers = transform(uniforms(UInt64(i / 4)))
                for j in 0..<Swift.min(4, range.upperBound - i) { x[i + j] = numbers[j] }
            }
        }
    }
}
