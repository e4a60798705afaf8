// The one-dimensional transforms of Winograd's minimal filtering F(4, 5): four outputs of a five-tap filter
// from eight inputs with eight multiplications instead of twenty.
//
//     y = Aᵀ · [(G · g) ⊙ (Bᵀ · d)]
//
// The matrices belong to the interpolation points 0, ∞, 1, −1, 2, −2, ½ and −½, in this order. Lavin and
// Gray, "Fast Algorithms for Convolutional Neural Networks" (2015).

enum StripTransforms {
    static let points = 8
    static let taps = 5
    static let outputs = 4

    /// Bᵀ · d; `load` returns the eight inputs, `store` takes the eight results.
    ///
    ///     1    0  −21/4    0    21/4    0   −1  0
    ///     0   −1    0    21/4    0   −21/4   0  1
    ///     0    1    1   −17/4  −17/4    1    1  0
    ///     0   −1    1    17/4  −17/4   −1    1  0
    ///     0   1/2  1/4   −5/2   −5/4    2    1  0
    ///     0  −1/2  1/4    5/2   −5/4   −2    1  0
    ///     0    2    4    −5/2    −5    1/2   1  0
    ///     0   −2    4     5/2    −5   −1/2   1  0
    @inline(__always)
    static func input(_ load: (_ row: Int) -> Vector, _ store: (_ point: Int, Vector) -> Void) {
        let (d0, d1, d2, d3) = (load(0), load(1), load(2), load(3))
        let (d4, d5, d6, d7) = (load(4), load(5), load(6), load(7))
        store(0, d0 - d6 + 5.25 * (d4 - d2))
        store(1, d7 - d1 + 5.25 * (d3 - d5))
        let (even1, odd1) = (d2 + d6 - 4.25 * d4, d1 + d5 - 4.25 * d3)
        store(2, even1 + odd1)
        store(3, even1 - odd1)
        let (even2, odd2) = (0.25 * d2 + d6 - 1.25 * d4, 0.5 * d1 + 2 * d5 - 2.5 * d3)
        store(4, even2 + odd2)
        store(5, even2 - odd2)
        let (even3, odd3) = (4 * d2 + d6 - 5 * d4, 2 * d1 + 0.5 * d5 - 2.5 * d3)
        store(6, even3 + odd3)
        store(7, even3 - odd3)
    }

    /// G · g, for the five taps of a filter's column: the polynomial with these coefficients at each point,
    /// divided by the value of the point's row of Bᵀ at that point. `store` takes the eight results.
    @inline(__always)
    static func filter(
        _ g: (Float, Float, Float, Float, Float), _ store: (_ point: Int, Float) -> Void
    ) {
        func value(_ x: Float, _ factor: Float) -> Float {
            factor * (g.0 + x * (g.1 + x * (g.2 + x * (g.3 + x * g.4))))
        }
        store(0, g.0)
        store(1, g.4)
        store(2, value(1, -2 / 9))
        store(3, value(-1, -2 / 9))
        store(4, value(2, 1 / 90))
        store(5, value(-2, 1 / 90))
        store(6, value(0.5, 4 / 45))
        store(7, value(-0.5, 4 / 45))
    }

    /// Aᵀ · m; `load` returns the eight products.
    ///
    ///     1  0  1   1  1   1  8   8
    ///     0  0  1  −1  2  −2  4  −4
    ///     0  0  1   1  4   4  2   2
    ///     0  1  1  −1  8  −8  1  −1
    @inline(__always)
    static func output(_ load: (_ point: Int) -> Vector) -> (Vector, Vector, Vector, Vector) {
        let (even1, odd1) = (load(2) + load(3), load(2) - load(3))
        let (even2, odd2) = (load(4) + load(5), load(4) - load(5))
        let (even3, odd3) = (load(6) + load(7), load(6) - load(7))
        return (
            load(0) + even1 + even2 + 8 * even3, odd1 + 2 * odd2 + 4 * odd3, even1 + 4 * even2 + 2 * even3,
            load(1) + odd1 + 8 * odd2 + odd3
        )
    }
}
