// The exponential of eight floats at a time, and the functions made of it.

extension Vector {
    /// eˣ, within 2 units in the last place: x = n·ln 2 + r, a polynomial for eʳ on |r| ≤ ln 2 / 2, and n added to
    /// the exponent (Cephes `expf`, Moshier 1992). 0 below −87.3, and ∞ above 88.02, where eˣ leaves the range of
    /// normal floats. NaN stays NaN.
    @inlinable @inline(__always)
    package var exponential: Vector {
        let limited = clamped(lowerBound: Vector(repeating: -87.33), upperBound: Vector(repeating: 88.02))
        // Adding and subtracting 1.5·2²³ rounds to the nearest whole number.
        let n = (limited * 1.442_695_04 + 12_582_912) - 12_582_912
        // ln 2 in two parts, so that n·ln 2 is subtracted exactly.
        let r = limited - n * 0.693_359_375 + n * 2.121_944_4e-4
        var p = Vector(repeating: 1.987_569_2e-4)
        p = p * r + 1.398_199_9e-3
        p = p * r + 8.333_452e-3
        p = p * r + 4.166_579_6e-2
        p = p * r + 1.666_666_5e-1
        p = p * r + 0.5
        let mantissa = p * r * r + r + 1
        // n + 1.5·2²³ holds n + 2²² in its low bits: a conversion without leaving the vector unit.
        let shifted = unsafeBitCast(n + 12_582_912, to: SIMD8<UInt32>.self)
        let power = unsafeBitCast((shifted &+ 127) &<< 23, to: Vector.self)
        var result = mantissa * power
        result.replace(with: 0, where: self .< -87.33)
        result.replace(with: .infinity, where: self .> 88.02)
        result.replace(with: self, where: self .!= self)
        return result
    }

    /// `f` of every lane, one at a time: for functions used too rarely to deserve a vector form.
    @inlinable @inline(__always)
    package func mapLanes(_ f: (Float) -> Float) -> Vector {
        var result = self
        for i in 0..<Vector.width { result[i] = f(self[i]) }
        return result
    }
}
