// Philox 4×32-10, the counter-based generator of Salmon, Moraes, Dror and Shaw, "Parallel Random Numbers: As Easy
// as 1, 2, 3" (2011). A number depends on the key and its position alone, so any thread can draw any part.

#if canImport(Glibc)
    import Glibc
#elseif canImport(Darwin)
    import Darwin
#endif

package struct Philox: Sendable {
    package var key: UInt64

    @inlinable package init(key: UInt64) { self.key = key }

    /// The 128 random bits at `position` of the sequence named `stream`.
    @inlinable
    package func block(_ position: UInt64, stream: UInt64 = 0) -> SIMD4<UInt32> {
        var x = SIMD4(
            UInt32(truncatingIfNeeded: position), UInt32(truncatingIfNeeded: position >> 32),
            UInt32(truncatingIfNeeded: stream), UInt32(truncatingIfNeeded: stream >> 32))
        var k0 = UInt32(truncatingIfNeeded: key)
        var k1 = UInt32(truncatingIfNeeded: key >> 32)
        for _ in 0..<10 {
            let a = UInt64(x.x) &* 0xD251_1F53
            let b = UInt64(x.z) &* 0xCD9E_8D57
            x = SIMD4(
                UInt32(truncatingIfNeeded: b >> 32) ^ x.y ^ k0, UInt32(truncatingIfNeeded: b),
                UInt32(truncatingIfNeeded: a >> 32) ^ x.w ^ k1, UInt32(truncatingIfNeeded: a))
            k0 &+= 0x9E37_79B9
            k1 &+= 0xBB67_AE85
        }
        return x
    }

    /// Four numbers evenly spread over [0, 1), each a multiple of 2⁻²⁴.
    @inlinable
    package func uniforms(_ position: UInt64, stream: UInt64 = 0) -> SIMD4<Float> {
        SIMD4<Float>(block(position, stream: stream) &>> 8) * 0x1p-24
    }

    /// The same of one word of a block.
    @inlinable
    package static func uniform(_ word: UInt32) -> Float { Float(word &>> 8) * 0x1p-24 }
}

extension Philox {
    /// x[i] ← a number evenly spread over [low, high).
    package func fillUniform(_ x: UnsafeMutablePointer<Float>, count: Int, low: Float, high: Float) {
        let scale = high - low
        for i in stride(from: 0, to: count, by: 4) {
            let u = uniforms(UInt64(i / 4))
            // Rounding can carry low + scale·u up to `high` itself.
            for j in 0..<Swift.min(4, count - i) { x[i + j] = Swift.min(low + scale * u[j], high.nextDown) }
        }
    }

    /// x[i] ← mean + deviation · a standard normal number, by Box and Muller's transform.
    package func fillNormal(_ x: UnsafeMutablePointer<Float>, count: Int, mean: Float, deviation: Float) {
        for i in stride(from: 0, to: count, by: 4) {
            let z = normals(UInt64(i / 4), stream: 0)
            for j in 0..<Swift.min(4, count - i) { x[i + j] = mean + deviation * z[j] }
        }
    }

    /// As `fillNormal`, but numbers further than two deviations from the mean are drawn again.
    package func fillTruncatedNormal(
        _ x: UnsafeMutablePointer<Float>, count: Int, mean: Float, deviation: Float
    ) {
        for i in 0..<count {
            var attempt: UInt64 = 0
            var z: Float
            repeat {
                z = normals(UInt64(i / 4), stream: attempt)[i % 4]
                attempt += 1
            } while abs(z) > 2
            x[i] = mean + deviation * z
        }
    }

    private func normals(_ position: UInt64, stream: UInt64) -> SIMD4<Float> {
        let u = uniforms(position, stream: stream)
        let first = sqrt(-2 * log(1 - u.x))
        let second = sqrt(-2 * log(1 - u.z))
        let (a, b) = (2 * Float.pi * u.y, 2 * Float.pi * u.w)
        return SIMD4(first * cos(a), first * sin(a), second * cos(b), second * sin(b))
    }
}
