// The exponential and functions based on it, for eight floats at a time. Tests check the error bounds over
// dense sweeps against the system's functions on `Double`; an ulp is a unit in the last place of the result.

extension Vector {
    /// The smallest x whose eˣ is a normal float, and the largest whose eˣ is finite.
    @inlinable @inline(__always)
    static var exponentialLimits: (low: Float, high: Float) { (-87.336_54, 88.722_83) }

    /// eˣ, within 2 ulp: x = n·ln 2 + r, a polynomial for eʳ on |r| ≤ ln 2 / 2, and n added to the exponent
    /// (Cephes `expf`, Moshier 1992). 0 below −87.3365, where eˣ is no normal float, and ∞ above 88.7228. NaN
    /// for NaN.
    @inlinable @inline(__always)
    package var exponential: Vector {
        let (low, high) = Self.exponentialLimits
        let (n, r) = kept(from: low, to: high).exponentialParts
        let mantissa = r.exponentialRest + 1
        // n + 1.5·2²³ holds n in its low bits, so it can be added to the exponent within vector registers.
        let shifted = unsafeBitCast(n + 12_582_912, to: SIMD8<UInt32>.self)
        let bits = unsafeBitCast(mantissa, to: SIMD8<UInt32>.self)
        var result = unsafeBitCast(bits &+ (shifted &<< 23), to: Vector.self)
        result.replace(with: 0, where: self .< low)
        result.replace(with: .infinity, where: self .> high)
        result.replace(with: self, where: self .!= self)
        return result
    }

    /// eˣ − 1, within 2 ulp, also for x near 0. −1 below −17.4, ∞ above 88.7228. ±0 and NaN are unchanged.
    @inlinable @inline(__always)
    package var expMinusOne: Vector {
        let high = Self.exponentialLimits.high
        let (n, r) = kept(from: -20, to: high).exponentialParts
        let rest = r.exponentialRest
        // 2ⁿ⁻¹, since 2ⁿ may overflow.
        let shifted = unsafeBitCast(n + 12_582_912, to: SIMD8<UInt32>.self)
        let half = unsafeBitCast((shifted &+ 126) &<< 23, to: Vector.self)
        var result = 2 * (half * rest + (half - 0.5))
        result.replace(with: rest, where: n .== 0)
        result.replace(with: .infinity, where: self .> high)
        result.replace(with: self, where: self .!= self)
        return result.withSign(of: self)
    }

    /// The nearest number from `low` to `high`; NaN for NaN. (The standard library's `clamped` is a call.)
    @inlinable @inline(__always)
    func kept(from low: Float, to high: Float) -> Vector {
        replacing(with: low, where: self .< low).replacing(with: high, where: self .> high)
    }

    /// n and r of x = n·ln 2 + r.
    @inlinable @inline(__always)
    var exponentialParts: (n: Vector, r: Vector) {
        // Adding and subtracting 1.5·2²³ rounds to the nearest integer.
        let n = (self * 1.442_695_04 + 12_582_912) - 12_582_912
        // ln 2 in two parts, so that n·ln 2 is subtracted exactly.
        return (n, self - n * 0.693_359_375 + n * 2.121_944_4e-4)
    }

    /// eʳ − 1 for |r| ≤ ln 2 / 2.
    @inlinable @inline(__always)
    var exponentialRest: Vector {
        var p = Vector(repeating: 1.987_569_2e-4)
        p = p * self + 1.398_199_9e-3
        p = p * self + 8.333_452e-3
        p = p * self + 4.166_579_6e-2
        p = p * self + 1.666_666_5e-1
        p = p * self + 0.5
        return p * self * self + self
    }

    /// σ(x) = 1 / (1 + e^−x), within 3 ulp where the result is a normal float; smaller results may be 0. NaN
    /// for NaN.
    @inlinable @inline(__always)
    package var sigmoid: Vector { 1 / (1 + (-self).exponential) }

    /// tanh x, within 2 ulp: an odd polynomial for |x| < 0.625, 1 − 2 / (e^2|x| + 1) beyond (Cephes `tanhf`).
    /// ±0 and NaN are unchanged.
    @inlinable @inline(__always)
    package var hyperbolicTangent: Vector {
        let square = self * self
        var p = Vector(repeating: -5.704_988_7e-3)
        p = p * square + 2.063_908_9e-2
        p = p * square - 5.373_971_6e-2
        p = p * square + 1.333_144_2e-1
        p = p * square - 3.333_328_2e-1
        let near = p * square * self + self
        let far = 1 - 2 / ((2 * magnitude).exponential + 1)
        return near.replacing(with: far, where: magnitude .>= 0.625).withSign(of: self)
    }

    /// Applies `f` to each lane separately: for rare functions without a vector form.
    @inlinable @inline(__always)
    package func mapLanes(_ f: (Float) -> Float) -> Vector {
        var result = self
        for i in 0..<Vector.width { result[i] = f(self[i]) }
        return result
    }
}
