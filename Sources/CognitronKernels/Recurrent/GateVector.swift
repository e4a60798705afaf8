/// Vectors of sixteen floats for gates: a register of AVX-512, two of narrower ones. Exponentials take 40 %
/// of a small LSTM's time in `Vector`s.
typealias GateVector = SIMD16<Float>

extension GateVector {
    @inline(__always)
    static var width: Int { 16 }

    /// Loads sixteen floats, or only the first `lanes`, then zeros.
    @inline(__always)
    init(_ pointer: UnsafePointer<Float>, lanes: Int) {
        if lanes == Self.width {
            self = UnsafeRawPointer(pointer).loadUnaligned(as: GateVector.self)
        } else {
            self = GateVector()
            for i in 0..<lanes { self[i] = pointer[i] }
        }
    }

    @inline(__always)
    init(_ pointer: UnsafeMutablePointer<Float>, lanes: Int) {
        self.init(UnsafePointer(pointer), lanes: lanes)
    }

    /// Stores all sixteen floats, or only the first `lanes`.
    @inline(__always)
    func store(_ pointer: UnsafeMutablePointer<Float>, lanes: Int) {
        if lanes == Self.width {
            UnsafeMutableRawPointer(pointer).storeBytes(of: self, as: GateVector.self)
        } else {
            for i in 0..<lanes { pointer[i] = self[i] }
        }
    }

    /// Calls `body` with the starts of vectors that make up `0..<count` and their lanes, sixteen except for
    /// the last. As for `Vector.forEach`, `body` must be an always-inlined function. It should hold one
    /// exponential at most, so that the loop's constants stay in registers.
    @inline(__always)
    static func forEach(_ count: Int, _ body: (_ start: Int, _ lanes: Int) -> Void) {
        var start = 0
        while start &+ width <= count {
            body(start, width)
            start &+= width
        }
        if start < count { body(start, count &- start) }
    }

    /// eˣ for x clamped to the exponents of normal floats; the polynomial of `Vector.exponential`. NaN for
    /// NaN, since the power of two is multiplied and not added to the exponent.
    @inline(__always)
    private var clampedExponential: GateVector {
        let (low, high) = (GateVector(repeating: -87.3), GateVector(repeating: 88))
        let x = replacing(with: low, where: self .< low).replacing(with: high, where: self .> high)
        let shifted = x * 1.442_695_04 + 12_582_912
        let n = shifted - 12_582_912
        let r = x - n * 0.693_359_375 + n * 2.121_944_4e-4
        var p = GateVector(repeating: 1.987_569_2e-4)
        p = p * r + 1.398_199_9e-3
        p = p * r + 8.333_452e-3
        p = p * r + 4.166_579_6e-2
        p = p * r + 1.666_666_5e-1
        p = p * r + 0.5
        let mantissa = p * r * r + r + 1
        let power = (unsafeBitCast(shifted, to: SIMD16<UInt32>.self) &+ 127) &<< 23
        return mantissa * unsafeBitCast(power, to: GateVector.self)
    }

    /// σ(x), within 3 ulp where |x| < 87.
    @inline(__always)
    var sigmoid: GateVector { 1 / (1 + (-self).clampedExponential) }

    /// tanh x, as `Vector.hyperbolicTangent`.
    @inline(__always)
    var hyperbolicTangent: GateVector {
        let bits = unsafeBitCast(self, to: SIMD16<UInt32>.self)
        let magnitude = unsafeBitCast(bits & 0x7fff_ffff, to: GateVector.self)
        let square = self * self
        var p = GateVector(repeating: -5.704_988_7e-3)
        p = p * square + 2.063_908_9e-2
        p = p * square - 5.373_971_6e-2
        p = p * square + 1.333_144_2e-1
        p = p * square - 3.333_328_2e-1
        let near = p * square * self + self
        let far = 1 - 2 / ((2 * magnitude).clampedExponential + 1)
        let signedFar = unsafeBitCast(
            unsafeBitCast(far, to: SIMD16<UInt32>.self) | (bits & 0x8000_0000), to: GateVector.self)
        return near.replacing(with: signedFar, where: magnitude .>= 0.625)
    }
}
