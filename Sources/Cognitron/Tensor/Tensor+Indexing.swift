import CognitronKernels

// Shape, elements and slices.

extension Tensor {
    /// The same elements under another shape of as many. One size may be -1: it is worked out from the
    /// others.
    public func reshaped(_ newShape: Shape) -> Tensor {
        var sizes = Array(newShape)
        if let unknown = sizes.firstIndex(of: -1) {
            let known = sizes.reduce(1) { $1 == -1 ? $0 : $0 * $1 }
            sizes[unknown] = known == 0 ? 0 : count / known
        }
        require(
            sizes.allSatisfy { $0 >= 0 } && sizes.reduce(1, *) == count,
            "a tensor of shape \(shape) cannot become \(newShape): the element counts differ")
        var result = self
        result.shape = Shape(sizes)
        return result
    }

    /// The element at one index an axis.
    public subscript(_ indices: Int...) -> Float {
        get {
            let at = offset(indices)
            return withUnsafeScalars { $0[at] }
        }
        set {
            let at = offset(indices)
            withUnsafeMutableScalars { $0[at] = newValue }
        }
    }

    /// The slice at `index` of the first axis, which vanishes.
    public subscript(_ index: Int) -> Tensor {
        get {
            require(
                rank > 0 && (0..<shape[0]).contains(index), "index \(index) of a tensor of shape \(shape)")
            return self[index..<index + 1].reshaped(shape.sample)
        }
        set {
            require(
                rank > 0 && (0..<shape[0]).contains(index), "index \(index) of a tensor of shape \(shape)")
            require(newValue.shape == shape.sample, "a slice of shape \(newValue.shape) in \(shape)")
            let size = newValue.count
            newValue.withUnsafeScalars { source in
                withUnsafeMutableScalars { target in
                    for i in 0..<size { target[index * size + i] = source[i] }
                }
            }
        }
    }

    /// The slices at `range` of the first axis.
    public subscript(_ range: Range<Int>) -> Tensor {
        require(
            rank > 0 && range.lowerBound >= 0 && range.upperBound <= shape[0],
            "slices \(range) of a tensor of shape \(shape)")
        let size = shape.sample.elementCount
        let result = Tensor(uninitialized: shape.sample.batched(range.count))
        withUnsafeScalars { source in
            guard let base = source.baseAddress else { return }
            result.buffer.pointer.update(from: base + range.lowerBound * size, count: range.count * size)
        }
        return result
    }

    public subscript(_ range: ClosedRange<Int>) -> Tensor { self[range.lowerBound..<range.upperBound + 1] }

    private func offset(_ indices: [Int]) -> Int {
        require(indices.count == rank, "\(indices.count) indices for a tensor of shape \(shape)")
        return zip(indices, shape).reduce(0) { offset, pair in
            require((0..<pair.1).contains(pair.0), "index \(indices) of a tensor of shape \(shape)")
            return offset * pair.1 + pair.0
        }
    }
}

// Axes of size 1 that come and go.
extension Tensor {
    /// The same elements with a new axis of size 1, which is axis `axis` of the result; −1 is the last. Costs
    /// nothing.
    public func expandingDimensions(at axis: Int) -> Tensor {
        let resolved = axis < 0 ? axis + rank + 1 : axis
        require((0...rank).contains(resolved), "a new axis \(axis) of a tensor of shape \(shape)")
        var sizes = Array(shape)
        sizes.insert(1, at: resolved)
        return reshaped(Shape(sizes))
    }

    /// The same elements without the axis, whose size is 1. Costs nothing.
    public func squeezing(_ axis: Int) -> Tensor {
        let axis = shape.resolve(axis)
        require(
            shape[axis] == 1, "axis \(axis) of a tensor of shape \(shape) cannot vanish: its size is not 1")
        return reshaped(shape.removing([axis]))
    }

    /// The same elements without the axes of size 1. Costs nothing.
    public func squeezing() -> Tensor { reshaped(Shape(shape.filter { $0 != 1 })) }
}
