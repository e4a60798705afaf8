// The logarithm and functions based on it, for eight floats at a time.

extension Vector {
    /// ln x, within 1 ulp: x = m·2ⁿ with m from √½ to √2, and a polynomial for ln m (Cephes `logf`, Moshier
    /// 1992).
    ///
    /// −∞ for ±0, NaN for negative values and NaN, ∞ for ∞. Denormals count as zero if the thread flushes
    /// them.
    @inlinable @inline(__always)
    package var logarithm: Vector {
        // A denormal times 2²⁵ is a normal float.
        let isTiny = self .< Float.leastNormalMagnitude
        let scaled = replacing(with: self * 33_554_432, where: isTiny)
        // Subtracting the bits of √½ leaves n in the exponent field and the fraction of m, less that of √½,
        // below.
        let bits = unsafeBitCast(scaled, to: SIMD8<UInt32>.self) &- 0x3f35_04f3
        let m = unsafeBitCast((bits & 0x007f_ffff) &+ 0x3f35_04f3, to: Vector.self)
        // Adding a small integer to the bits of 1.5·2²³ adds it to the value.
        let shifted = (unsafeBitCast(bits, to: SIMD8<Int32>.self) &>> 23) &+ 0x4b40_0000
        let n =
            unsafeBitCast(shifted, to: Vector.self)
            - Vector(repeating: 12_582_912).replacing(
                with: 12_582_937, where: isTiny)

        let f = m - 1
        let square = f * f
        var p = Vector(repeating: 7.037_683_6e-2)
        p = p * f - 1.151_461e-1
        p = p * f + 1.167_699_9e-1
        p = p * f - 1.242_014_1e-1
        p = p * f + 1.424_932_3e-1
        p = p * f - 1.666_805_8e-1
        p = p * f + 2.000_071_5e-1
        p = p * f - 2.499_999_4e-1
        p = p * f + 3.333_333_1e-1
        // ln 2 in two parts; the smaller one is added to the small terms.
        let small = p * f * square - n * 2.121_944_4e-4 - 0.5 * square
        var result = (f + small) + n * 0.693_359_375
        result.replace(with: .nan, where: scaled .< 0)
        result.replace(with: -.infinity, where: scaled .== 0)
        result.replace(with: self, where: (self .== .infinity) .| (self .!= self))
        return result
    }

    /// ln(1 + x), within 2 ulp, also for x near 0. −∞ for −1, NaN below, ∞ for ∞. ±0 and NaN are unchanged.
    @inlinable @inline(__always)
    package var logarithmOfOnePlus: Vector {
        let u = 1 + self
        // Corrects the rounding error of 1 + x to first order: error / u.
        var result = u.logarithm + (self - (u - 1)) / u
        result.replace(with: -.infinity, where: u .== 0)
        result.replace(with: self, where: (u .== 1) .| (self .== .infinity))
        return result
    }

    /// ln(1 + eˣ) = max(x, 0) + ln(1 + e^−|x|), which cannot overflow. Within 2 ulp where the result is a
    /// normal float; smaller results may be 0. NaN for NaN.
    @inlinable @inline(__always)
    package var softplus: Vector { larger(Vector()) + (-magnitude).exponential.logarithmOfOnePlus }
}
