import CognitronKernels

// Sums, means and extremes. Negative axes count from the end.

extension Tensor {
    /// The sum of all elements.
    public func sum() -> Float {
        withUnsafeScalars { Float(Reduction.sum($0.baseAddress ?? pointer, count: count)) }
    }

    /// The sum of the squares of all elements.
    var sumOfSquares: Double {
        squared.withUnsafeScalars { Reduction.sum($0.baseAddress ?? pointer, count: count) }
    }

    /// The mean of all elements; NaN for a tensor without elements.
    public func mean() -> Float { sum() / Float(count) }

    /// The largest (smallest) element; NaN where there is one. The tensor must have elements.
    public func max() -> Float { reshaped([1, count]).max(axis: 1).scalar }
    public func min() -> Float { reshaped([1, count]).min(axis: 1).scalar }

    /// The sum along `axes`, which vanish from the shape unless `keepingDimensions`.
    public func sum(axes: [Int], keepingDimensions: Bool = false) -> Tensor {
        let axes = Set(axes.map(shape.resolve)).sorted()
        var result = self
        for axis in axes.reversed() { result = result.sumKeepingAxis(axis) }
        return keepingDimensions ? result : result.reshaped(shape.removing(axes))
    }

    public func sum(axis: Int, keepingDimensions: Bool = false) -> Tensor {
        sum(axes: [axis], keepingDimensions: keepingDimensions)
    }

    public func mean(axes: [Int], keepingDimensions: Bool = false) -> Tensor {
        let count = Set(axes.map(shape.resolve)).reduce(1) { $0 * shape[$1] }
        return sum(axes: axes, keepingDimensions: keepingDimensions) / Float(count)
    }

    public func mean(axis: Int, keepingDimensions: Bool = false) -> Tensor {
        mean(axes: [axis], keepingDimensions: keepingDimensions)
    }

    public func max(axis: Int, keepingDimensions: Bool = false) -> Tensor {
        extreme(axis, keepingDimensions, largest: true).value
    }

    public func min(axis: Int, keepingDimensions: Bool = false) -> Tensor {
        extreme(axis, keepingDimensions, largest: false).value
    }

    /// The index of the largest (smallest) element along `axis`, the first of several equal ones, as whole
    /// numbers in `Float`. NaN counts as the extreme: the first one wins (NumPy's `argmax`, `argmin`).
    public func argmax(axis: Int = -1) -> Tensor { extreme(axis, false, largest: true).index }
    public func argmin(axis: Int = -1) -> Tensor { extreme(axis, false, largest: false).index }

    /// Whether no element is NaN or infinite.
    public var isFinite: Bool {
        withExtendedLifetime(buffer) { Elementwise.isFinite(pointer, count: count) }
    }

    /// result ← beta · result + the sum over all axes but the last: the gradient of a bias, with self as dy.
    ///
    /// - Parameter result: `(size of the last axis)`; may start undefined if `beta` is 0.
    func addSumOfRows(into result: inout Tensor, beta: Float) {
        let columns = result.count
        Reduction.sumRows(
            pointer, rows: count / Swift.max(1, columns), columns: columns, into: result.mutablePointer,
            beta: beta)
        withExtendedLifetime(self) {}
    }

    private func sumKeepingAxis(_ axis: Int) -> Tensor {
        var result = Tensor(uninitialized: shape.replacing(axis, with: 1))
        Reduction.sum(pointer, into: result.mutablePointer, geometry(axis))
        withExtendedLifetime((self, result)) {}
        return result
    }

    private func extreme(_ axis: Int, _ keepingDimensions: Bool, largest: Bool) -> (
        value: Tensor, index: Tensor
    ) {
        let axis = shape.resolve(axis)
        require(shape[axis] > 0, "the extreme of axis \(axis) of a tensor with shape \(shape)")
        let reduced = keepingDimensions ? shape.replacing(axis, with: 1) : shape.removing([axis])
        var value = Tensor(uninitialized: reduced)
        var index = Tensor(uninitialized: reduced)
        Reduction.extreme(
            pointer, into: value.mutablePointer, index: index.mutablePointer, geometry(axis), largest: largest
        )
        withExtendedLifetime((self, value, index)) {}
        return (value, index)
    }

    /// The tensor as the kernels see it that go along one axis.
    func geometry(_ axis: Int) -> ReductionGeometry {
        ReductionGeometry(
            outer: shape.prefix(axis).reduce(1, *), size: shape[axis],
            inner: shape.dropFirst(axis + 1).reduce(1, *))
    }
}
