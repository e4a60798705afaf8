import CognitronKernels
import Foundation

// Elementwise arithmetic. Shapes combine by NumPy's broadcasting rules: aligned at the last axis, an axis of
// size 1 is repeated.

extension Tensor {
    public static func + (a: Tensor, b: Tensor) -> Tensor { combined(a, b, .add) }
    public static func - (a: Tensor, b: Tensor) -> Tensor { combined(a, b, .subtract) }
    public static func * (a: Tensor, b: Tensor) -> Tensor { combined(a, b, .multiply) }
    public static func / (a: Tensor, b: Tensor) -> Tensor { combined(a, b, .divide) }

    public static func + (a: Tensor, b: Float) -> Tensor { a.mapped { $0 + b } }
    public static func - (a: Tensor, b: Float) -> Tensor { a.mapped { $0 - b } }
    public static func * (a: Tensor, b: Float) -> Tensor { a.mapped { $0 * b } }
    public static func / (a: Tensor, b: Float) -> Tensor { a.mapped { $0 / b } }
    public static func + (a: Float, b: Tensor) -> Tensor { b + a }
    public static func - (a: Float, b: Tensor) -> Tensor { b.mapped { a - $0 } }
    public static func * (a: Float, b: Tensor) -> Tensor { b * a }
    public static func / (a: Float, b: Tensor) -> Tensor { b.mapped { a / $0 } }
    public static prefix func - (a: Tensor) -> Tensor { a.mapped { -$0 } }

    public static func += (a: inout Tensor, b: Tensor) { a.combine(b, .add) }
    public static func -= (a: inout Tensor, b: Tensor) { a.combine(b, .subtract) }
    public static func *= (a: inout Tensor, b: Tensor) { a.combine(b, .multiply) }
    public static func /= (a: inout Tensor, b: Tensor) { a.combine(b, .divide) }
    public static func += (a: inout Tensor, b: Float) { a.update { $0 + b } }
    public static func -= (a: inout Tensor, b: Float) { a.update { $0 - b } }
    public static func *= (a: inout Tensor, b: Float) { a.update { $0 * b } }
    public static func /= (a: inout Tensor, b: Float) { a.update { $0 / b } }

    /// The smaller (larger) of the elements at each place; NaN where one is (NumPy's `minimum`, `maximum`).
    public func minimum(_ other: Tensor) -> Tensor { Self.combined(self, other, .minimum) }
    public func maximum(_ other: Tensor) -> Tensor { Self.combined(self, other, .maximum) }
    public func minimum(_ other: Float) -> Tensor {
        let other = Vector(repeating: other)
        return mapped { $0.smaller(other) }
    }
    public func maximum(_ other: Float) -> Tensor {
        let other = Vector(repeating: other)
        return mapped { $0.larger(other) }
    }

    /// Every element, no smaller and no larger than the range allows; NaN stays NaN.
    public func clamped(to range: ClosedRange<Float>) -> Tensor {
        let (low, high) = (Vector(repeating: range.lowerBound), Vector(repeating: range.upperBound))
        return mapped { $0.larger(low).smaller(high) }
    }

    public var squared: Tensor { mapped { $0 * $0 } }
    public var squareRoot: Tensor { mapped { $0.squareRoot() } }
    /// |x|: of −0 it is 0.
    public var absolute: Tensor { mapped { $0.magnitude } }

    /// eˣ and ln x, bit for bit the system's.
    public var exponential: Tensor { mapped { $0.mapLanes { exp($0) } } }
    public var logarithm: Tensor { mapped { $0.mapLanes { log($0) } } }

    /// tanh x, within 2 units in the last place.
    public var hyperbolicTangent: Tensor { mapped { $0.hyperbolicTangent } }

    /// erf x = 2/√π ∫₀ˣ e^−t² dt, within 3 units in the last place.
    public var errorFunction: Tensor { mapped { $0.errorFunction } }

    /// σ(x) = 1 / (1 + e^−x), within 3 units in the last place; 0 below −88.7.
    public var sigmoid: Tensor { mapped { $0.sigmoid } }

    /// The sine and cosine of angles in radians, bit for bit the system's.
    public var sine: Tensor { mapped { $0.mapLanes { sin($0) } } }
    public var cosine: Tensor { mapped { $0.mapLanes { cos($0) } } }

    /// The tensor of `transform` of every element, one at a time.
    public func map(_ transform: (Float) throws -> Float) rethrows -> Tensor {
        var result = Tensor(uninitialized: shape)
        try withUnsafeScalars { x in
            try result.withUnsafeMutableScalars { y in
                for i in x.indices { y[i] = try transform(x[i]) }
            }
        }
        return result
    }

    /// y ← f(x), eight elements at a time on all workers.
    @inline(__always)
    func mapped(_ f: (Vector) -> Vector) -> Tensor {
        var result = Tensor(uninitialized: shape)
        Elementwise.map(pointer, into: result.mutablePointer, count: count, f)
        withExtendedLifetime((self, result)) {}
        return result
    }

    /// x ← f(x) in place.
    @inline(__always)
    mutating func update(_ f: (Vector) -> Vector) {
        let x = mutablePointer
        Elementwise.map(x, into: x, count: count, f)
        withExtendedLifetime(self) {}
    }

    private static func plan(_ a: Tensor, _ b: Tensor) -> BroadcastPlan {
        guard let plan = BroadcastPlan(a.shape.sizes, b.shape.sizes) else {
            fail(
                "shapes \(a.shape) and \(b.shape) do not combine: sizes differ and neither is 1")
        }
        return plan
    }

    static func combined(_ a: Tensor, _ b: Tensor, _ operation: BroadcastPlan.Operation) -> Tensor {
        let plan = plan(a, b)
        var result = Tensor(uninitialized: Shape(plan.shape))
        plan.apply(operation, a.pointer, b.pointer, into: result.mutablePointer)
        withExtendedLifetime((a, b, result)) {}
        return result
    }

    private mutating func combine(_ other: Tensor, _ operation: BroadcastPlan.Operation) {
        let plan = Self.plan(self, other)
        require(plan.shape == shape.sizes, "a tensor of shape \(shape) cannot take in \(other.shape)")
        let x = mutablePointer
        plan.apply(operation, x, other.pointer, into: x)
        withExtendedLifetime((self, other)) {}
    }
}
