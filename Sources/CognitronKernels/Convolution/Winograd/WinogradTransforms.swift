// The one-dimensional transforms of Winograd's minimal filtering F(4, 3): four outputs of a three-tap filter from six
// inputs with six multiplications instead of twelve. Applied along both axes they make F(4×4, 3×3).
//
//     y = Aᵀ · [(G · g) ⊙ (Bᵀ · d)]
//
// The matrices belong to the interpolation points 0, 1, −1, 2, −2 and ∞.
// Lavin and Gray, "Fast Algorithms for Convolutional Neural Networks" (2015), section 4.3.

typealias ThreeVectors = (Vector, Vector, Vector)
typealias FourVectors = (Vector, Vector, Vector, Vector)

/// The six numbers that a transform takes or gives, eight channels at a time.
struct SixVectors {
    var v0: Vector, v1: Vector, v2: Vector, v3: Vector, v4: Vector, v5: Vector

    @inline(__always)
    init(_ v0: Vector, _ v1: Vector, _ v2: Vector, _ v3: Vector, _ v4: Vector, _ v5: Vector) {
        (self.v0, self.v1, self.v2, self.v3, self.v4, self.v5) = (v0, v1, v2, v3, v4, v5)
    }

    @inline(__always)
    init(_ p: UnsafeMutablePointer<Vector>, stride: Int) {
        self.init(p[0], p[stride], p[2 &* stride], p[3 &* stride], p[4 &* stride], p[5 &* stride])
    }

    @inline(__always)
    init(_ p: UnsafeMutablePointer<Float>, stride: Int) {
        self.init(
            Vector(p), Vector(p + stride), Vector(p + 2 &* stride), Vector(p + 3 &* stride),
            Vector(p + 4 &* stride), Vector(p + 5 &* stride))
    }

    @inline(__always)
    func store(_ p: UnsafeMutablePointer<Vector>, stride: Int) {
        (p[0], p[stride], p[2 &* stride]) = (v0, v1, v2)
        (p[3 &* stride], p[4 &* stride], p[5 &* stride]) = (v3, v4, v5)
    }

    @inline(__always)
    func store(_ p: UnsafeMutablePointer<Float>, stride: Int) {
        v0.store(p)
        v1.store(p + stride)
        v2.store(p + 2 &* stride)
        v3.store(p + 3 &* stride)
        v4.store(p + 4 &* stride)
        v5.store(p + 5 &* stride)
    }
}

enum WinogradTransforms {
    /// Bᵀ · d, for six inputs.
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

    /// Aᵀ · m, for six products.
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

    /// A · dy: the gradient with respect to the six products, from that with respect to the four outputs.
    @inline(__always)
    static func outputGradient(_ y: FourVectors) -> SixVectors {
        let s = y.0 + y.2
        let d = y.1 + y.3
        let t = y.0 + 4 * y.2
        let u = 2 * y.1 + 8 * y.3
        return SixVectors(y.0, s + d, s - d, t + u, t - u, y.3)
    }

    /// G · g, for the three taps of a filter.
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

    /// Gᵀ · du: the gradient with respect to the three taps, from that with respect to the transformed filter.
    @inline(__always)
    static func filterGradient(_ u: SixVectors) -> ThreeVectors {
        let s = (u.v1 + u.v2) * (-1 / 6)
        let d = (u.v2 - u.v1) * (1 / 6)
        let t = u.v3 + u.v4
        let v = (u.v3 - u.v4) * (1 / 12)
        return (u.v0 * 0.25 + s + t * (1 / 24), d + v, s + t * (1 / 6) + u.v5)
    }
}
