/// Winograd's F(4, 3): six multiplications instead of twelve, so 36 instead of 144 along both axes.
///
/// The matrices belong to the interpolation points 0, 1, −1, 2, −2 and ∞.
/// Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2015), section 4.3.
enum WinogradUnitStride: WinogradScheme {
    @inline(__always)
    static var stride: Int { 1 }

    @inline(__always)
    static func filter(of product: Int) -> Int { product }

    static let productsByFilter = groupedProducts()

    /// Bᵀ:
    ///
    ///     4  0 −5  0  1  0
    ///     0 −4 −4  1  1  0
    ///     0  4 −4 −1  1  0
    ///     0 −2 −1  2  1  0
    ///     0  2 −1 −2  1  0
    ///     0  4  0 −5  0  1
    @inline(__always)
    static func input(_ d: SixVectors) -> SixVectors {
        let a = d.v4 - 4 * d.v2
        let b = d.v3 - 4 * d.v1
        let c = d.v4 - d.v2
        let e = 2 * (d.v3 - d.v1)
        return SixVectors(
            4 * d.v0 - 5 * d.v2 + d.v4, a + b, a - b, c + e, c - e, 4 * d.v1 - 5 * d.v3 + d.v5)
    }

    @inline(__always)
    static func inputGradient(_ v: SixVectors) -> SixVectors {
        let s = v.v1 + v.v2
        let p = v.v1 - v.v2
        let t = v.v3 + v.v4
        let q = 2 * (v.v3 - v.v4)
        return SixVectors(
            4 * v.v0, 4 * (v.v5 - p) - q, -5 * v.v0 - 4 * s - t, p + q - 5 * v.v5, v.v0 + s + t, v.v5)
    }

    /// Aᵀ:
    ///
    ///     1  1  1  1  1  0
    ///     0  1 −1  2 −2  0
    ///     0  1  1  4  4  0
    ///     0  1 −1  8 −8  1
    @inline(__always)
    static func output(_ m: SixVectors) -> FourVectors {
        let s = m.v1 + m.v2
        let d = m.v1 - m.v2
        let t = m.v3 + m.v4
        let u = m.v3 - m.v4
        return (m.v0 + s + t, d + 2 * u, s + 4 * t, d + 8 * u + m.v5)
    }

    @inline(__always)
    static func outputGradient(_ y: FourVectors) -> SixVectors {
        let s = y.0 + y.2
        let d = y.1 + y.3
        let t = y.0 + 4 * y.2
        let u = 2 * y.1 + 8 * y.3
        return SixVectors(y.0, s + d, s - d, t + u, t - u, y.3)
    }

    /// G:
    ///
    ///      1/4    0     0
    ///     −1/6  −1/6  −1/6
    ///     −1/6   1/6  −1/6
    ///      1/24  1/12  1/6
    ///      1/24 −1/12  1/6
    ///       0     0     1
    @inline(__always)
    static func filter(_ g: ThreeVectors) -> SixVectors {
        let s = (g.0 + g.2) * (-1 / 6)
        let d = g.1 * (1 / 6)
        let t = g.0 * (1 / 24) + g.2 * (1 / 6)
        let u = g.1 * (1 / 12)
        return SixVectors(g.0 * 0.25, s - d, s + d, t + u, t - u, g.2)
    }

    @inline(__always)
    static func filterGradient(_ u: SixVectors) -> ThreeVectors {
        let s = (u.v1 + u.v2) * (-1 / 6)
        let d = (u.v2 - u.v1) * (1 / 6)
        let t = u.v3 + u.v4
        let v = (u.v3 - u.v4) * (1 / 12)
        return (u.v0 * 0.25 + s + t * (1 / 24), d + v, s + t * (1 / 6) + u.v5)
    }
}
