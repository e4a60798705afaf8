import CognitronKernels

extension Tensor {
    /// The tensor without its border: what `padded(_:with:)` put around it, and so that one's gradient.
    ///
    /// - Parameter amounts: for each axis, the slices left out before and after.
    func cropped(_ amounts: [(before: Int, after: Int)]) -> Tensor {
        let inner = Shape(zip(shape, amounts).map { $0 - $1.before - $1.after })
        require(
            amounts.count == rank && inner.allSatisfy { $0 >= 0 },
            "a border of \(amounts) cut off a tensor of shape \(shape)")
        var result = Tensor(uninitialized: inner)
        let start = zip(amounts, shape.strides).reduce(0) { $0 + $1.0.before * $1.1 }
        StridedCopy.copy(
            pointer + start, into: result.mutablePointer,
            StridedAxes(Array(inner), [shape.strides, inner.strides]))
        withExtendedLifetime((self, result)) {}
        return result
    }
}
