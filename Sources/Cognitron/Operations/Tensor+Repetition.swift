import CognitronKernels

// Tensors whose elements repeat.

extension Tensor {
    /// The tensor repeated until it has `target` as its shape, by NumPy's rules: axes are aligned at the last
    /// one, and those of size 1 repeat.
    public func broadcast(to target: Shape) -> Tensor {
        require(
            Shape.broadcast([shape, target]) == target,
            "a tensor of shape \(shape) cannot be repeated to shape \(target)")
        return copied(as: target, sizes: Array(target), strides: shape.strides(broadcastTo: target))
    }

    /// The tensor laid out again and again: `multiples[axis]` copies one after another along each axis
    /// (NumPy's and Keras's `tile`).
    ///
    ///     ([1, 2] as Tensor).tiled([2])            // [1, 2, 1, 2]
    public func tiled(_ multiples: [Int]) -> Tensor {
        require(
            multiples.count == rank && multiples.allSatisfy { $0 >= 0 },
            "tiles \(multiples) of a tensor of shape \(shape): expected a number from 0 on for each axis")
        // Every axis becomes two: the copies, which all read the same memory, and the elements.
        let strides = shape.strides
        return copied(
            as: Shape(zip(shape, multiples).map { $0 * $1 }),
            sizes: shape.indices.flatMap { [multiples[$0], shape[$0]] },
            strides: shape.indices.flatMap { [0, strides[$0]] })
    }

    /// Each slice of an axis `count` times in a row (NumPy's and Keras's `repeat`).
    ///
    ///     ([1, 2] as Tensor).repeated(2, axis: 0)  // [1, 1, 2, 2]
    public func repeated(_ count: Int, axis: Int) -> Tensor {
        let axis = shape.resolve(axis)
        require(count >= 0, "\(count) repetitions of axis \(axis) of a tensor of shape \(shape)")
        var (sizes, strides) = (Array(shape), shape.strides)
        sizes.insert(count, at: axis + 1)
        strides.insert(0, at: axis + 1)
        return copied(
            as: shape.replacing(axis, with: shape[axis] * count), sizes: sizes, strides: strides)
    }

    /// A tensor whose elements are read from this one with `strides` along `sizes`.
    private func copied(as shape: Shape, sizes: [Int], strides: [Int]) -> Tensor {
        var result = Tensor(uninitialized: shape)
        StridedCopy.copy(
            pointer, into: result.mutablePointer, StridedAxes(sizes, [strides, Shape(sizes).strides]))
        withExtendedLifetime((self, result)) {}
        return result
    }
}
