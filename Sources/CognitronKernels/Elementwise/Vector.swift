// Eight floats at a time: the unit of every loop over elements.

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

    /// The first `count` (under eight) floats at `pointer`, then zeros.
    @inlinable @inline(__always)
    package init(_ pointer: UnsafePointer<Float>, first count: Int) {
        self = Vector()
        for i in 0..<count { self[i] = pointer[i] }
    }

    @inlinable @inline(__always)
    package func store(_ pointer: UnsafeMutablePointer<Float>) {
        UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: Vector.self)
    }

    /// Writes the first `count` (under eight) lanes only.
    @inlinable @inline(__always)
    package func store(_ pointer: UnsafeMutablePointer<Float>, first count: Int) {
        for i in 0..<count { pointer[i] = self[i] }
    }

    /// Eight floats, or only the first `lanes` and zeros.
    @inline(__always)
    init(_ pointer: UnsafePointer<Float>, lanes: Int) {
        self = lanes == Vector.width ? Vector(pointer) : Vector(pointer, first: lanes)
    }

    @inline(__always)
    init(_ pointer: UnsafeMutablePointer<Float>, lanes: Int) {
        self.init(UnsafePointer(pointer), lanes: lanes)
    }

    /// Writes all eight floats, or only the first `lanes`.
    @inline(__always)
    func store(_ pointer: UnsafeMutablePointer<Float>, lanes: Int) {
        if lanes == Vector.width { store(pointer) } else { store(pointer, first: lanes) }
    }

    /// Calls `body` with the starts of vectors that cover `range`, which is at least one vector long. The
    /// last overlaps the one before where the range is no multiple of the width: for loops that may do a few
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

    /// Calls `body` with the starts of vectors that make up `range` and their lanes, eight but for the last.
    /// Whole vectors and the rest are two calls, so that the loop over the former knows its lanes; a `body`
    /// that is to become part of both loops is a function that is always inlined, not a closure.
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

    /// How many lanes at `start` the vector before has held already, where `cover` calls with the starts of a
    /// range from 0 on: for loops that may do no element twice.
    @inline(__always)
    static func repeated(at start: Int) -> Int {
        let past = start & (width &- 1)
        return past == 0 ? 0 : width &- past
    }

    /// Makes the first `count` lanes zero.
    @inline(__always)
    mutating func clear(first count: Int) {
        for lane in 0..<count { self[lane] = 0 }
    }

    /// The larger of the two, lane by lane; NaN stays NaN.
    @inlinable @inline(__always)
    package func raised(to floor: Vector) -> Vector { replacing(with: floor, where: self .< floor) }

    /// The larger of the two, lane by lane; NaN where one is.
    @inlinable @inline(__always)
    package func larger(_ other: Vector) -> Vector {
        replacing(with: other, where: (self .< other) .| (other .!= other))
    }

    /// The smaller of the two, lane by lane; NaN where one is.
    @inlinable @inline(__always)
    package func smaller(_ other: Vector) -> Vector {
        replacing(with: other, where: (self .> other) .| (other .!= other))
    }

    /// |x| of every lane, that of −0 being 0.
    @inlinable @inline(__always)
    package var magnitude: Vector {
        unsafeBitCast(unsafeBitCast(self, to: SIMD8<UInt32>.self) & 0x7fff_ffff, to: Vector.self)
    }

    /// The magnitude of every lane with the sign of that of `other`.
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
