import CognitronKernels

// Parts of a tensor along any axis. Negative axes count from the end; the results are copies.

extension Tensor {
    /// Every `step`-th slice of `range` along an axis.
    ///
    ///     let t: Tensor = [[1, 2, 3], [4, 5, 6]]
    ///     t.slice(axis: 1, 0..<2)              // [[1, 2], [4, 5]]
    ///     t.slice(axis: 1, 0..<3, by: 2)       // [[1, 3], [4, 6]]
    ///
    /// - Parameters:
    ///   - range: indices within the axis; may be empty.
    ///   - step: at least 1; the first index taken is the range's lower bound.
    public func slice(axis: Int, _ range: Range<Int>, by step: Int = 1) -> Tensor {
        let (part, start) = part(axis, range, step)
        var result = Tensor(uninitialized: part.shape)
        StridedCopy.copy(
            pointer + start, into: result.mutablePointer,
            StridedAxes(Array(part.shape), [part.strides, part.shape.strides]))
        withExtendedLifetime((self, result)) {}
        return result
    }

    /// The slice at `index` of an axis, which vanishes.
    public func slice(axis: Int, _ index: Int) -> Tensor {
        let axis = shape.resolve(axis)
        require(
            (0..<shape[axis]).contains(index), "index \(index) of axis \(axis) of a tensor of shape \(shape)")
        return slice(axis: axis, index..<index + 1).reshaped(shape.removing([axis]))
    }

    /// Writes `value`, broadcast to the slice's shape, over every `step`-th slice of `range` along an axis.
    ///
    ///     t.assign([[7], [8]], axis: 1, 0..<2)     // [[7, 7, 3], [8, 8, 6]]
    public mutating func assign(_ value: Tensor, axis: Int, _ range: Range<Int>, by step: Int = 1) {
        let (part, start) = part(axis, range, step)
        require(
            Shape.broadcast([value.shape, part.shape]) == part.shape,
            "a tensor of shape \(value.shape) written over a slice of shape \(part.shape)")
        StridedCopy.copy(
            value.pointer, into: mutablePointer + start,
            StridedAxes(Array(part.shape), [value.shape.strides(broadcastTo: part.shape), part.strides]))
        withExtendedLifetime((self, value)) {}
    }

    /// Writes `value`, broadcast to the slice's shape, over the slice at `index` of an axis; `value` lacks
    /// that axis.
    public mutating func assign(_ value: Tensor, axis: Int, _ index: Int) {
        let axis = shape.resolve(axis)
        require(
            (0..<shape[axis]).contains(index), "index \(index) of axis \(axis) of a tensor of shape \(shape)")
        let slice = shape.removing([axis])
        require(
            Shape.broadcast([value.shape, slice]) == slice,
            "a tensor of shape \(value.shape) written over a slice of shape \(slice)")
        // Ones in front, as broadcasting adds them, so that the axis can be put back in its place.
        let missing = [Int](repeating: 1, count: slice.rank - value.rank)
        let aligned = value.reshaped(Shape(missing + Array(value.shape)))
        assign(aligned.expandingDimensions(at: axis), axis: axis, index..<index + 1)
    }

    /// The slices of an axis in the opposite order.
    public func flipped(axis: Int) -> Tensor {
        let axis = shape.resolve(axis)
        var strides = shape.strides
        let last = (shape[axis] - 1) * strides[axis]
        strides[axis] = -strides[axis]
        var result = Tensor(uninitialized: shape)
        guard count > 0 else { return result }
        StridedCopy.copy(
            pointer + last, into: result.mutablePointer, StridedAxes(Array(shape), [strides, shape.strides]))
        withExtendedLifetime((self, result)) {}
        return result
    }

    /// The slices of an axis moved on by `shift` places; those that leave at its end come back at its start
    /// (NumPy's `roll`). A negative shift moves the other way.
    ///
    ///     ([1, 2, 3, 4] as Tensor).rolled(by: 1, axis: 0)      // [4, 1, 2, 3]
    public func rolled(by shift: Int, axis: Int) -> Tensor {
        let axis = shape.resolve(axis)
        guard count > 0 else { return self }
        let size = shape[axis]
        let back = ((shift % size) + size) % size
        guard back > 0 else { return self }
        return .concatenated(
            [slice(axis: axis, size - back..<size), slice(axis: axis, 0..<size - back)], axis: axis)
    }

    /// The tensor with a border of `value` around it.
    ///
    ///     ([[1, 2]] as Tensor).padded([(0, 1), (2, 0)])        // [[0, 0, 1, 2], [0, 0, 0, 0]]
    ///
    /// - Parameter amounts: for each axis, the slices before its first and after its last one; not negative.
    public func padded(_ amounts: [(before: Int, after: Int)], with value: Float = 0) -> Tensor {
        require(
            amounts.count == rank && amounts.allSatisfy { $0.before >= 0 && $0.after >= 0 },
            "padding \(amounts) of a tensor of shape \(shape): "
                + "expected a pair of numbers from 0 on for each axis")
        let padded = Shape(zip(shape, amounts).map { $0 + $1.before + $1.after })
        var result = Tensor(repeating: value, shape: padded)
        let start = zip(amounts, padded.strides).reduce(0) { $0 + $1.0.before * $1.1 }
        StridedCopy.copy(
            pointer, into: result.mutablePointer + start,
            StridedAxes(Array(shape), [shape.strides, padded.strides]))
        withExtendedLifetime((self, result)) {}
        return result
    }

    /// The slices along an axis, each without it: the inverse of `stacked(_:axis:)`.
    public func unstacked(axis: Int = 0) -> [Tensor] {
        let axis = shape.resolve(axis)
        return (0..<shape[axis]).map { slice(axis: axis, $0) }
    }

    /// A part along one axis: its shape, the strides that it has here, and where it starts.
    private func part(
        _ axis: Int, _ range: Range<Int>, _ step: Int
    ) -> (part: (shape: Shape, strides: [Int]), start: Int) {
        let axis = shape.resolve(axis)
        require(step >= 1, "a slice with step \(step); expected at least 1")
        require(
            range.lowerBound >= 0 && range.upperBound <= shape[axis],
            "slices \(range) of axis \(axis) of a tensor of shape \(shape)")
        var strides = shape.strides
        let start = range.isEmpty ? 0 : range.lowerBound * strides[axis]
        strides[axis] *= step
        return ((shape.replacing(axis, with: (range.count + step - 1) / step), strides), start)
    }
}
