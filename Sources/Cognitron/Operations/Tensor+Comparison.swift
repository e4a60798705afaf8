import CognitronKernels

// Comparisons of elements, and choices by them. Shapes combine by NumPy's broadcasting rules.

/// Comparisons give 1 where they hold and 0 elsewhere. As in NumPy, every comparison with NaN is 0, but for
/// `.!=`, which is 1.
///
///     [1, 2, 3] .< [[2], [3]]                  // [[1, 0, 0], [1, 1, 0]]
extension Tensor {
    public static func .< (a: Tensor, b: Tensor) -> Tensor { combined(a, b, .less) }
    public static func .<= (a: Tensor, b: Tensor) -> Tensor { combined(a, b, .lessOrEqual) }
    public static func .> (a: Tensor, b: Tensor) -> Tensor { combined(a, b, .greater) }
    public static func .>= (a: Tensor, b: Tensor) -> Tensor { combined(a, b, .greaterOrEqual) }
    public static func .== (a: Tensor, b: Tensor) -> Tensor { combined(a, b, .equal) }
    public static func .!= (a: Tensor, b: Tensor) -> Tensor { combined(a, b, .notEqual) }

    public static func .< (a: Tensor, b: Float) -> Tensor { a.mapped { .one(where: $0 .< b) } }
    public static func .<= (a: Tensor, b: Float) -> Tensor { a.mapped { .one(where: $0 .<= b) } }
    public static func .> (a: Tensor, b: Float) -> Tensor { a.mapped { .one(where: $0 .> b) } }
    public static func .>= (a: Tensor, b: Float) -> Tensor { a.mapped { .one(where: $0 .>= b) } }
    public static func .== (a: Tensor, b: Float) -> Tensor { a.mapped { .one(where: $0 .== b) } }
    public static func .!= (a: Tensor, b: Float) -> Tensor { a.mapped { .one(where: $0 .!= b) } }
    public static func .< (a: Float, b: Tensor) -> Tensor { b .> a }
    public static func .<= (a: Float, b: Tensor) -> Tensor { b .>= a }
    public static func .> (a: Float, b: Tensor) -> Tensor { b .< a }
    public static func .>= (a: Float, b: Tensor) -> Tensor { b .<= a }
    public static func .== (a: Float, b: Tensor) -> Tensor { b .== a }
    public static func .!= (a: Float, b: Tensor) -> Tensor { b .!= a }
}

extension Tensor {
    /// The element of `a` where `condition` is not 0, that of `b` where it is (NumPy's and Keras's `where`).
    ///
    ///     output = condition ≠ 0 ? a : b
    ///
    ///     Tensor.where(x .> 0, x, Tensor(0))   // ReLU
    ///
    /// - Parameters: three tensors whose shapes combine by broadcasting. NaN as a condition is not 0.
    public static func `where`(_ condition: Tensor, _ a: Tensor, _ b: Tensor) -> Tensor {
        guard let shape = Shape.broadcast([condition.shape, a.shape, b.shape]) else {
            fail(
                "shapes \(condition.shape), \(a.shape) and \(b.shape) do not combine: "
                    + "sizes differ and none is 1")
        }
        var result = Tensor(uninitialized: shape)
        let axes = StridedAxes(
            Array(shape), [condition, a, b].map { $0.shape.strides(broadcastTo: shape) })
        Selection.select(condition.pointer, a.pointer, b.pointer, into: result.mutablePointer, axes)
        withExtendedLifetime((condition, a, b, result)) {}
        return result
    }
}
