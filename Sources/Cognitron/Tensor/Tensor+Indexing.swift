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

extension Tensor {
    /// Tensors of one shape side by side along a new axis, which is axis `axis` of the result.
    public static func stacked(_ tensors: [Tensor], axis: Int = 0) -> Tensor {
        guard let first = tensors.first else { return Tensor(uninitialized: [0]) }
        require(
            tensors.allSatisfy { $0.shape == first.shape },
            "stacked tensors differ in shape: \(tensors.map(\.shape).map(\.description).joined(separator: ", "))"
        )
        let axis = axis < 0 ? axis + first.rank + 1 : axis
        return concatenated(tensors.map { $0.expandingDimensions(at: axis) }, axis: axis)
    }

    /// Tensors one after another along `axis`; their other axes must agree.
    public static func concatenated(_ tensors: [Tensor], axis: Int = -1) -> Tensor {
        guard let first = tensors.first else { fail("no tensors to concatenate") }
        let axis = first.shape.resolve(axis)
        require(
            tensors.allSatisfy {
                $0.rank == first.rank && $0.shape.removing([axis]) == first.shape.removing([axis])
            },
            "tensors concatenated along axis \(axis) differ elsewhere: "
                + tensors.map(\.shape).map(\.description).joined(separator: ", "))
        let outer = first.shape.prefix(axis).reduce(1, *)
        let inner = first.shape.dropFirst(axis + 1).reduce(1, *)
        let total = tensors.reduce(0) { $0 + $1.shape[axis] }
        let result = Tensor(uninitialized: first.shape.replacing(axis, with: total))
        var column = 0
        for tensor in tensors {
            let run = tensor.shape[axis] * inner
            tensor.withUnsafeScalars { source in
                guard let base = source.baseAddress else { return }
                for o in 0..<outer {
                    result.buffer.pointer.advanced(by: (o * total) * inner + column)
                        .update(from: base + o * run, count: run)
                }
            }
            column += run
        }
        return result
    }

    /// The parts of the given sizes along `axis`: the inverse of `concatenated`.
    public func split(_ sizes: [Int], axis: Int = -1) -> [Tensor] {
        let axis = shape.resolve(axis)
        require(sizes.reduce(0, +) == shape[axis], "parts \(sizes) of axis \(axis) of shape \(shape)")
        let outer = shape.prefix(axis).reduce(1, *)
        let inner = shape.dropFirst(axis + 1).reduce(1, *)
        var column = 0
        return sizes.map { size in
            let part = Tensor(uninitialized: shape.replacing(axis, with: size))
            withUnsafeScalars { source in
                guard let base = source.baseAddress else { return }
                for o in 0..<outer {
                    part.buffer.pointer.advanced(by: o * size * inner)
                        .update(from: base + (o * shape[axis]) * inner + column, count: size * inner)
                }
            }
            column += size * inner
            return part
        }
    }
}
