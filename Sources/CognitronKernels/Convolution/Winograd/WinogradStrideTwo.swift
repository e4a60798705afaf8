/// Three taps with stride 2. The outer two read only the even pixels of a patch, where they form a filter of
/// two taps with stride 1: Winograd's F(4, 2), five multiplications. The middle one reads the four pixels
/// between them: four multiplications, without a transform. In all nine instead of twelve, so 81 instead of
/// 144 along both axes.
///
/// The matrices belong to the interpolation points 0, 1, −1, 2 and ∞. Huang et al., "DWM: A Decomposable
/// Winograd Method for Convolution Acceleration" (2020), split filters in the same way.
enum WinogradStrideTwo: WinogradScheme {
    @inline(__always)
    static var stride: Int { 2 }

    /// Even products belong to the outer taps.
    @inline(__always)
    static func filter(of product: Int) -> Int { product % 2 == 0 ? product / 2 : 5 }

    static let productsByFilter = groupedProducts()

    /// Bᵀ for even positions; odd ones are copied.
    ///
    ///     2 −1 −2  1  0
    ///     0 −2 −1  1  0
    ///     0  2 −3  1  0
    ///     0 −1  0  1  0
    ///     0  2 −1 −2  1
    @inline(__always)
    static func input(_ d: NineVectors) -> NineVectors {
        let e = d.even
        let a = e.3 - e.2
        let b = 2 * e.1
        return NineVectors(
            even: (2 * (e.0 - e.2) + e.3 - e.1, a - b, a + b - 2 * e.2, e.3 - e.1, b - e.2 - 2 * e.3 + e.4),
            odd: d.odd)
    }

    @inline(__always)
    static func inputGradient(_ v: NineVectors) -> NineVectors {
        let e = v.even
        return NineVectors(
            even: (
                2 * e.0, 2 * (e.2 - e.1 + e.4) - e.0 - e.3, -2 * e.0 - e.1 - 3 * e.2 - e.4,
                e.0 + e.1 + e.2 + e.3 - 2 * e.4, e.4
            ),
            odd: v.odd)
    }

    /// Aᵀ for even positions; odd ones are added to the result.
    ///
    ///     1  1  1  1  0
    ///     0  1 −1  2  0
    ///     0  1  1  4  0
    ///     0  1 −1  8  1
    @inline(__always)
    static func output(_ m: NineVectors) -> FourVectors {
        let e = m.even
        let s = e.1 + e.2
        let d = e.1 - e.2
        return (
            e.0 + s + e.3 + m.odd.0, d + 2 * e.3 + m.odd.1, s + 4 * e.3 + m.odd.2,
            d + 8 * e.3 + e.4 + m.odd.3
        )
    }

    @inline(__always)
    static func outputGradient(_ y: FourVectors) -> NineVectors {
        let s = y.0 + y.2
        let d = y.1 + y.3
        return NineVectors(
            even: (y.0, s + d, s - d, y.0 + 2 * y.1 + 4 * y.2 + 8 * y.3, y.3), odd: y)
    }

    /// G for the outer taps; the middle tap is copied to the end.
    ///
    ///      1/2   0
    ///     −1/2 −1/2
    ///     −1/6  1/6
    ///      1/6  1/3
    ///       0    1
    @inline(__always)
    static func filter(_ g: ThreeVectors) -> SixVectors {
        SixVectors(
            g.0 * 0.5, (g.0 + g.2) * -0.5, (g.2 - g.0) * (1 / 6), (g.0 + 2 * g.2) * (1 / 6), g.2, g.1)
    }

    @inline(__always)
    static func filterGradient(_ u: SixVectors) -> ThreeVectors {
        (
            (u.v0 - u.v1) * 0.5 + (u.v3 - u.v2) * (1 / 6), u.v5,
            u.v1 * -0.5 + (u.v2 + 2 * u.v3) * (1 / 6) + u.v4
        )
    }
}
