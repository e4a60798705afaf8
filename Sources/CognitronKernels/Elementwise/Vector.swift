// Vectors of eight floats, the unit of every loop over elements.

@usableFromInline package typealias Vector = SIMD8<Float>

extension Vector {
    @inlinable @inline(__always)
    package static var width: Int { 8 }

    @inlinable @inline(__always)
    package init(_ pointer: UnsafePointer<Float>) {
        self = UnsafeRawPointer(pointer).loadUnaligned(as: Vector.self)
    }

    @inlinable @inline(__always)
    package init(_ pointer: UnsafeMutablePointer<Float>) { self.init(UnsafePointer(pointer)) }

    /// Loads the first `count` (under eight) floats at `pointer`, then zeros.
    @inlinable @inline(__always)
    package init(_ pointer: UnsafePointer<Float>, first count: Int) {
        self = Vector()
        for i in 0..<count { self[i] = pointer[i] }
    }

    @inlinable @inline(__always)
    package func store(_ pointer: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: Vector.self)
    }

    /// Stores the first `count` (under eight) lanes only.
    @inlinable @inline(__always)
    package func store(_ pointer: UnsafeMutablePointer<Float>, first count: Int) {
        for i in 0..<count { pointer[i] = self[i] }
    }

    /// Loads eight floats, or only the first `lanes`, then zeros.
    @inline(__always)
    init(_ pointer: UnsafePointer<Float>, lanes: Int) {
        self = lanes == Vector.width ? Vector(pointer) : Vector(pointer, first: lanes)
    }

    @inline(__always)
    init(_ pointer: UnsafeMutablePointer<Float>, lanes: Int) {
        self.init(UnsafePointer(pointer), lanes: lanes)
    }

    /// Stores all eight floats, or only the first `lanes`.
    @inline(__always)
    func store(_ pointer: UnsafeMutablePointer<Float>, lanes: Int) {
        if lanes == Vector.width { store(pointer) } else { store(pointer, first: lanes) }
    }

    /// Calls `body` with the starts of vectors that cover `range`, which is at least one vector long. The
    /// last overlaps the one before where the range is no multiple of the width: for loops that may process
    /// elements twice.
    @inlinable @inline(__always)
    package static func cover(_ range: Range<Int>, _ body: (_ start: Int) -> Void) {
        require(range.count >= width, "no vector lies within \(range)")
        var start = range.lowerBound
        while start &+ width <= range.upperBound {
            body(start)
            start &+= width
        }
        if start < range.upperBound { body(range.upperBound &- width) }
    }

    /// Calls `body` with the starts of vectors that make up `range` and their lanes, eight except for the
    /// last. Whole vectors and the rest are separate calls, so that `lanes` is a constant in the loop; for
    /// this `body` must be an always-inlined function, not a closure.
    @inline(__always)
    static func forEach(in range: Range<Int>, _ body: (_ start: Int, _ lanes: Int) -> Void) {
        var start = range.lowerBound
        let last = range.upperBound &- width
        while start <= last {
            body(start, width)
            start &+= width
        }
        if start < range.upperBound { body(start, range.upperBound &- start) }
    }

    /// The number of lanes at `start` that overlap the vector before, in a `cover` of a range from 0 on: for
    /// loops that must process each element once.
    @inline(__always)
    static func repeated(at start: Int) -> Int {
        let past = start & (width &- 1)
        return past == 0 ? 0 : width &- past
    }

    /// Sets the first `count` lanes to zero.
    @inline(__always)
    mutating func clear(first count: Int) {
        for lane in 0..<count { self[lane] = 0 }
    }

    /// The larger of the two per lane; NaN in `self` stays NaN.
    @inlinable @inline(__always)
    package func raised(to floor: Vector) -> Vector { replacing(with: floor, where: self .< floor) }

    /// The smaller of the two per lane; NaN in `self` stays NaN.
    @inlinable @inline(__always)
    package func lowered(to ceiling: Vector) -> Vector { replacing(with: ceiling, where: self .> ceiling) }

    /// The larger of the two per lane; NaN where either is NaN.
    @inlinable @inline(__always)
    package func larger(_ other: Vector) -> Vector {
        replacing(with: other, where: (self .< other) .| (other .!= other))
    }

    /// The smaller of the two per lane; NaN where either is NaN.
    @inlinable @inline(__always)
    package func smaller(_ other: Vector) -> Vector {
        replacing(with: other, where: (self .> other) .| (other .!= other))
    }

    /// |x| of every lane; 0 for −0.
    @inlinable @inline(__always)
    package var magnitude: Vector {
        unsafeBitCast(unsafeBitCast(self, to: SIMD8<UInt32>.self) & 0x7fff_ffff, to: Vector.self)
    }

    /// The magnitude of every lane with the sign of `other`'s.
    @inlinable @inline(__always)
    package func withSign(of other: Vector) -> Vector {
        let magnitude = unsafeBitCast(self, to: SIMD8<UInt32>.self) & 0x7fff_ffff
        let sign = unsafeBitCast(other, to: SIMD8<UInt32>.self) & 0x8000_0000
        return unsafeBitCast(magnitude | sign, to: Vector.self)
    }

    /// 1 in the lanes of `mask`, 0 in the others.
    @inlinable @inline(__always)
    package static func one(where mask: SIMDMask<MaskStorage>) -> Vector {
        Vector().replacing(with: 1, where: mask)
    }
}
