// The error function and the normal distribution, for eight floats at a time.

extension Vector {
    /// erf x = 2/√π ∫₀ˣ e^−t² dt, within 3 ulp: an odd polynomial for |x| < 1, 1 − erfc |x| beyond. ±1 for
    /// ±∞; ±0 and NaN are unchanged.
    @inlinable @inline(__always)
    package var errorFunction: Vector {
        let square = self * self
        var p = Vector(repeating: 7.853_858e-5)
        p = p * square - 8.010_192_5e-4
        p = p * square + 5.188_328e-3
        p = p * square - 2.685_381e-2
        p = p * square + 1.128_358_5e-1
        p = p * square - 3.761_262_6e-1
        p = p * square + 1.128_379_1
        let near = p * self
        let far = 1 - magnitude.positiveComplementaryErrorFunction
        return near.replacing(with: far, where: magnitude .>= 1).withSign(of: self)
    }

    /// erfc x = 1 − erf x, within 6 ulp where the result is a normal float; smaller results (x > 9.19) are 0.
    /// 2 for −∞; NaN for NaN.
    @inlinable @inline(__always)
    package var complementaryErrorFunction: Vector {
        let positive = magnitude.positiveComplementaryErrorFunction
        return positive.replacing(with: 2 - positive, where: self .< 0)
    }

    /// erfc x for x ≥ 0: e^−x² · p(t) / (1 + 2x), where t = (x − 2.5) / (x + 2.5) maps 0 to ∞ to −1 to 1 and
    /// p is the polynomial of least relative error (the form of Shepherd and Laframboise 1981).
    @inlinable @inline(__always)
    var positiveComplementaryErrorFunction: Vector { positiveErrorParts.complement }

    /// e^−x² and erfc x for x ≥ 0.
    @inlinable @inline(__always)
    var positiveErrorParts: (gaussian: Vector, complement: Vector) {
        // Beyond 10.5 the result is 0, and x² must stay finite.
        let x = replacing(with: 10.5, where: self .> 10.5)
        let t = (x - 2.5) / (x + 2.5)
        var p = Vector(repeating: 8.064_631_4e-5)
        p = p * t + 6.169_415_4e-4
        p = p * t + 3.440_364_1e-4
        p = p * t - 4.421_43e-3
        p = p * t + 9.787_81e-4
        p = p * t + 3.277_73e-2
        p = p * t - 1.029_734_5e-1
        p = p * t + 1.576_278_8e-1
        p = p * t - 9.902_421e-2
        p = p * t - 1.223_567e-1
        p = p * t + 1.264_838_2
        // x² = a² + rest, where a has the upper 12 bits of x, so that a² is exact: the result amplifies an
        // error of x² up to 80 times.
        let a = unsafeBitCast(unsafeBitCast(x, to: SIMD8<UInt32>.self) & 0xffff_f000, to: Vector.self)
        let rest = (x - a) * (x + a)
        var correction = rest * 4.166_666_8e-2 - 1.666_666_7e-1
        correction = correction * rest + 0.5
        correction = correction * rest - 1
        correction = correction * rest + 1
        let gaussian = (-a * a).exponential * correction
        return (gaussian, gaussian * (p / (1 + x + x)))
    }

    /// Φ(x) = erfc(−x / √2) / 2, within 2e-7: the probability that a standard normal variable is below x.
    @inlinable @inline(__always)
    package var normalDistribution: Vector { normal.distribution }

    /// Φ(x), and its derivative e^(−x²/2) / √(2π): both from one exponential.
    @inlinable @inline(__always)
    package var normal: (distribution: Vector, density: Vector) {
        let (gaussian, complement) = (0.707_106_77 * self).magnitude.positiveErrorParts
        let below = 0.5 * complement
        return (below.replacing(with: 1 - below, where: self .> 0), 0.398_942_28 * gaussian)
    }
}
