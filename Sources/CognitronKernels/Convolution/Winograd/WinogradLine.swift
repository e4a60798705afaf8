// The values along one row or column of a patch, eight channels at a time.

typealias ThreeVectors = (Vector, Vector, Vector)
typealias FourVectors = (Vector, Vector, Vector, Vector)

/// Input or output of a one-dimensional transform: the pixels of one row or column of a patch, or as many
/// products.
protocol WinogradLine {
    static var count: Int { get }

    /// Loads eight channels from `c` on of the pixels at `pixels`.
    init(_ pixels: UnsafeMutablePointer<UnsafePointer<Float>>, channel c: Int)
    init(_ p: UnsafeMutablePointer<Vector>, stride: Int)
    init(_ p: UnsafeMutablePointer<Float>, stride: Int)

    func store(_ p: UnsafeMutablePointer<Vector>, stride: Int)
    func store(_ p: UnsafeMutablePointer<Float>, stride: Int)
    /// Adds to eight channels from `c` on of the pixels at `pixels`.
    func add(to pixels: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, channel c: Int)
}

struct SixVectors: WinogradLine {
    static var count: Int { 6 }

    var v0: Vector, v1: Vector, v2: Vector, v3: Vector, v4: Vector, v5: Vector

    @inline(__always)
    init(_ v0: Vector, _ v1: Vector, _ v2: Vector, _ v3: Vector, _ v4: Vector, _ v5: Vector) {
        (self.v0, self.v1, self.v2, self.v3, self.v4, self.v5) = (v0, v1, v2, v3, v4, v5)
    }

    @inline(__always)
    init(_ pixels: UnsafeMutablePointer<UnsafePointer<Float>>, channel c: Int) {
        self.init(
            Vector(pixels[0] + c), Vector(pixels[1] + c), Vector(pixels[2] + c), Vector(pixels[3] + c),
            Vector(pixels[4] + c), Vector(pixels[5] + c))
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

    @inline(__always)
    func add(to pixels: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, channel c: Int) {
        v0.add(to: pixels[0] + c)
        v1.add(to: pixels[1] + c)
        v2.add(to: pixels[2] + c)
        v3.add(to: pixels[3] + c)
        v4.add(to: pixels[4] + c)
        v5.add(to: pixels[5] + c)
    }
}

/// Five values at even positions and four at odd ones.
struct NineVectors: WinogradLine {
    static var count: Int { 9 }

    typealias Even = (Vector, Vector, Vector, Vector, Vector)

    var even: Even
    var odd: FourVectors

    @inline(__always)
    init(even: Even, odd: FourVectors) { (self.even, self.odd) = (even, odd) }

    @inline(__always)
    init(_ pixels: UnsafeMutablePointer<UnsafePointer<Float>>, channel c: Int) {
        even = (
            Vector(pixels[0] + c), Vector(pixels[2] + c), Vector(pixels[4] + c), Vector(pixels[6] + c),
            Vector(pixels[8] + c)
        )
        odd = (
            Vector(pixels[1] + c), Vector(pixels[3] + c), Vector(pixels[5] + c), Vector(pixels[7] + c)
        )
    }

    @inline(__always)
    init(_ p: UnsafeMutablePointer<Vector>, stride: Int) {
        even = (p[0], p[2 &* stride], p[4 &* stride], p[6 &* stride], p[8 &* stride])
        odd = (p[stride], p[3 &* stride], p[5 &* stride], p[7 &* stride])
    }

    @inline(__always)
    init(_ p: UnsafeMutablePointer<Float>, stride: Int) {
        even = (
            Vector(p), Vector(p + 2 &* stride), Vector(p + 4 &* stride), Vector(p + 6 &* stride),
            Vector(p + 8 &* stride)
        )
        odd = (
            Vector(p + stride), Vector(p + 3 &* stride), Vector(p + 5 &* stride), Vector(p + 7 &* stride)
        )
    }

    @inline(__always)
    func store(_ p: UnsafeMutablePointer<Vector>, stride: Int) {
        (p[0], p[2 &* stride], p[4 &* stride]) = (even.0, even.1, even.2)
        (p[6 &* stride], p[8 &* stride]) = (even.3, even.4)
        (p[stride], p[3 &* stride], p[5 &* stride], p[7 &* stride]) = odd
    }

    @inline(__always)
    func store(_ p: UnsafeMutablePointer<Float>, stride: Int) {
        even.0.store(p)
        odd.0.store(p + stride)
        even.1.store(p + 2 &* stride)
        odd.1.store(p + 3 &* stride)
        even.2.store(p + 4 &* stride)
        odd.2.store(p + 5 &* stride)
        even.3.store(p + 6 &* stride)
        odd.3.store(p + 7 &* stride)
        even.4.store(p + 8 &* stride)
    }

    @inline(__always)
    func add(to pixels: UnsafeMutablePointer<UnsafeMutablePointer<Float>>, channel c: Int) {
        even.0.add(to: pixels[0] + c)
        odd.0.add(to: pixels[1] + c)
        even.1.add(to: pixels[2] + c)
        odd.1.add(to: pixels[3] + c)
        even.2.add(to: pixels[4] + c)
        odd.2.add(to: pixels[5] + c)
        even.3.add(to: pixels[6] + c)
        odd.3.add(to: pixels[7] + c)
        even.4.add(to: pixels[8] + c)
    }
}

extension Vector {
    @inline(__always)
    fileprivate func add(to pointer: UnsafeMutablePointer<Float>) { (Vector(pointer) + self).store(pointer) }
}
